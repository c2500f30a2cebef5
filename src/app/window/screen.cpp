#include "app/window/screen.hpp"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QRegularExpression>

namespace inkan::app {
namespace {

constexpr int kMargin = 32;
constexpr int kGap = 14;

QLabel* make_label(const std::string& text, const char* look) {
  auto* label = new QLabel(to_qt(text));
  label->setObjectName(look);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

}  // namespace

QString plain(const QString& label) {
  static const QRegularExpression mnemonic(QStringLiteral("\\(&.\\)"));
  return QString(label).remove(mnemonic).remove(QLatin1Char('&'));
}

Screen::Screen(QString code, const QString& title) : code_(std::move(code)), title_(title) {
  setObjectName("screen");
  setAttribute(Qt::WA_StyledBackground);
  setAccessibleName(title);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(kMargin, kMargin - 8, kMargin, kMargin - 12);
  all->setSpacing(kGap);
  all->addWidget(make_label(title.toStdString(), "title"));
  body_ = new QVBoxLayout;
  body_->setSpacing(kGap);
  all->addLayout(body_);
  all->addStretch(1);
  acts_ = new QHBoxLayout;
  acts_->setSpacing(kGap);
  acts_->addStretch(1);
  all->addLayout(acts_);
}

QLabel* Screen::add_text(const std::string& text) {
  auto* label = make_label(text, "text");
  body_->addWidget(label);
  return label;
}

QLabel* Screen::add_hint(const std::string& text) {
  auto* label = make_label(text, "hint");
  body_->addWidget(label);
  return label;
}

void Screen::add_heading(const std::string& text) {
  body_->addSpacing(kGap / 2);
  body_->addWidget(make_label(text, "heading"));
}

QLabel* Screen::add_notice(const std::string& text) {
  auto* label = make_label(text, "notice");
  body_->addWidget(label);
  return label;
}

void Screen::add_facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  auto* box = new QWidget;
  box->setObjectName("facts");
  box->setAttribute(Qt::WA_StyledBackground);
  auto* form = new QFormLayout(box);
  form->setContentsMargins(18, 14, 18, 14);
  form->setHorizontalSpacing(24);
  form->setVerticalSpacing(8);
  form->setRowWrapPolicy(QFormLayout::WrapLongRows);
  for (const auto& [name, value] : facts) {
    auto* shown = make_label(value, "value");
    shown->setAccessibleName(to_qt(name + " " + value));
    form->addRow(make_label(name, "name"), shown);
  }
  body_->addWidget(box);
}

QLineEdit* Screen::add_field(const std::string& label, bool secret) {
  auto* field = new QLineEdit;
  auto* name = new QLabel(to_qt(label));
  name->setObjectName("label");
  name->setBuddy(field);
  field->setAccessibleName(plain(to_qt(label)));
  if (secret) {
    field->setEchoMode(QLineEdit::Password);
    field->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoAutoUppercase | Qt::ImhNoPredictiveText);
  }
  field->setMaximumWidth(420);
  auto* pair = new QVBoxLayout;
  pair->setSpacing(4);
  pair->addWidget(name);
  pair->addWidget(field);
  body_->addLayout(pair);
  if (start_ == nullptr) start_ = field;
  return field;
}

void Screen::add_widget(QWidget* widget, int stretch) {
  body_->addWidget(widget, stretch);
  if (start_ == nullptr && widget->focusPolicy() != Qt::NoFocus) start_ = widget;
}

QPushButton* Screen::add_act(const std::string& label, Act act, std::function<void()> press) {
  auto* button = new QPushButton(to_qt(label));
  button->setAccessibleName(plain(to_qt(label)));
  button->setProperty("first", act == Act::first);
  button->setCursor(Qt::PointingHandCursor);
  connect(button, &QPushButton::clicked, this, [press = std::move(press)] { press(); });
  acts_->insertWidget(acts_->count() - 1, button);
  if (act == Act::first) first_ = button;
  if (act == Act::back) back_ = button;
  return button;
}

void Screen::begin() {
  if (start_ != nullptr && start_->isEnabled())
    start_->setFocus(Qt::OtherFocusReason);
  else if (first_ != nullptr && first_->isEnabled())
    first_->setFocus(Qt::OtherFocusReason);
  else if (back_ != nullptr)
    back_->setFocus(Qt::OtherFocusReason);
}

void Screen::keyPressEvent(QKeyEvent* event) {
  const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  auto* held = qobject_cast<QPushButton*>(focusWidget());
  if (enter && held != nullptr) return held->click();
  if (enter && first_ != nullptr && first_->isEnabled()) return first_->click();
  if (event->key() == Qt::Key_Escape && back_ != nullptr) return back_->click();
  QWidget::keyPressEvent(event);
}

}  // namespace inkan::app
