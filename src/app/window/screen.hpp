#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>
#include <functional>
#include <utility>
#include <vector>

#include "app/words.hpp"

namespace inkan::app {

inline QString to_qt(const std::string& text) { return QString::fromStdString(text); }

/// Screen is one page of the window: a heading, what it says, what it asks, and its buttons, in that order also for the keyboard.
/// Enter presses the first button, Escape the one that goes back. The window shows its permanent number (docs/screens.md).
class Screen : public QWidget {
 public:
  Screen(QString code, const QString& title);

  const QString& code() const { return code_; }
  const QString& title() const { return title_; }

  QLabel* add_text(const std::string& text);
  QLabel* add_hint(const std::string& text);
  void add_heading(const std::string& text);
  /// add_notice stands out: what went wrong, and what to do.
  QLabel* add_notice(const std::string& text);
  void add_facts(const std::vector<std::pair<std::string, std::string>>& facts);
  /// add_field is a line to type in; `label` holds the mnemonic ("パスワード(&P)").
  QLineEdit* add_field(const std::string& label, bool secret);
  void add_widget(QWidget* widget, int stretch = 0);

  enum class Act { first, other, back };
  QPushButton* add_act(const std::string& label, Act act, std::function<void()> press);

  /// begin puts the keyboard where a person starts.
  void begin();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QString code_;
  QString title_;
  QVBoxLayout* body_ = nullptr;
  QHBoxLayout* acts_ = nullptr;
  QPushButton* first_ = nullptr;
  QPushButton* back_ = nullptr;
  QWidget* start_ = nullptr;
};

/// plain is a label's text without its mnemonic, for screen readers: "はい(&Y)" is はい.
QString plain(const QString& label);

}  // namespace inkan::app
