#pragma once

#include <QScrollArea>
#include <QVBoxLayout>
#include <QWidget>
#include <memory>
#include <set>

#include "app/window/screens.hpp"
#include "app/window/window.hpp"

namespace inkan::app {

/// MainWindow leads from screen to screen. What it knows is what was asked and answered; everything else it asks the clerk, on
/// the errand's thread.
class MainWindow : public QWidget, public Counter {
 public:
  explicit MainWindow(WindowOptions options);
  ~MainWindow() override;

  Screen* screen() const { return over_ ? over_ : base_; }

  void tell(std::function<void()> work) override;
  void forget() override;
  void ask_unlock(const SecretQuestion& question, Reply<std::shared_ptr<Secret>> reply) override;
  void ask_agree(const Intent& intent, Reply<bool> reply) override;
  void ask_password(Reply<std::shared_ptr<Secret>> reply) override;
  void ask_keep(Reply<bool> reply) override;
  void tick(Step step) override;

 protected:
  void closeEvent(QCloseEvent* event) override;

 private:
  using Journey = std::function<Result<Outcome>(Clerk&, Person&)>;

  void start();
  void look();
  void show_list();
  void show_issue();
  void show_tidy();
  void run(Journey journey);
  void finish(const Result<Outcome>& outcome);
  void ask_next(std::vector<Question> left, Reply<bool> reply);
  void show_busy();
  void put(Screen* screen);
  void put_over(Screen* screen);
  void present(Screen* screen);
  bool may_retry(const Error& error) const;

  WindowOptions options_;
  Words say_;
  QLabel* bank_ = nullptr;
  QLabel* code_ = nullptr;
  QScrollArea* frame_ = nullptr;
  Screen* base_ = nullptr;
  Screen* over_ = nullptr;  // the question whether to leave stands before what is under way
  Overview overview_;
  Journey journey_;
  std::optional<Intent> intent_;
  std::optional<Error> wrong_;  // why the last password did not do
  std::shared_ptr<Secret> typed_;
  std::set<std::string> unlocked_;  // stores whose password this journey asked for already
  std::vector<Step> done_;
  IssueForm form_;
  bool issuing_ = false;  // the journey under way is an issue
  bool agreed_ = false;   // what is under way may not be closed without a question
  bool under_way_ = false;
  std::unique_ptr<Errand> errand_;
};

}  // namespace inkan::app
