#include "app/window/main_window.hpp"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <utility>

#include "app/place.hpp"

namespace inkan::app {
namespace {

constexpr int kWidth = 680;
constexpr int kHeight = 640;

}  // namespace

MainWindow::MainWindow(WindowOptions options) : options_(std::move(options)), say_(options_.language) {
  setObjectName("window");
  setAttribute(Qt::WA_StyledBackground);
  setWindowTitle(to_qt(say_("証明書発行アプリケーション", "Certificate program")));
  resize(kWidth, kHeight);
  setMinimumSize(420, 360);

  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(0);
  const auto strip = [&](const char* name, QLabel* left, QLabel* right) {
    auto* bar = new QWidget;
    bar->setObjectName(name);
    bar->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(32, 10, 32, 10);
    row->addWidget(left, 1);
    if (right != nullptr) row->addWidget(right);
    return bar;
  };
  bank_ = new QLabel(windowTitle());
  all->addWidget(strip("band", bank_, nullptr));
  frame_ = new QScrollArea;
  frame_->setWidgetResizable(true);
  frame_->setFrameShape(QFrame::NoFrame);
  frame_->setFocusPolicy(Qt::NoFocus);
  all->addWidget(frame_, 1);
  code_ = new QLabel;
  all->addWidget(strip("foot", new QLabel(to_qt(say_("時刻と日付は銀行のものです", "Dates are the bank's own"))), code_));

  errand_ = std::make_unique<Errand>(*this, options_.clerk);
  start();
}

MainWindow::~MainWindow() {
  // Screens first: what they were asked is a no from here on, so that the errand comes to its end.
  delete over_;
  delete base_;
  over_ = base_ = nullptr;
  errand_.reset();
}

void MainWindow::tell(std::function<void()> work) { QMetaObject::invokeMethod(this, std::move(work), Qt::QueuedConnection); }

void MainWindow::forget() { QCoreApplication::removePostedEvents(this, QEvent::MetaCall); }

void MainWindow::present(Screen* screen) {
  if (frame_->widget() != screen) {
    frame_->takeWidget();
    frame_->setWidget(screen);
  }
  screen->show();
  code_->setText(to_qt(say_("画面番号 ", "Screen ")) + screen->code());
  setWindowTitle(to_qt(say_("証明書発行アプリケーション", "Certificate program")) + QStringLiteral(" – ") + screen->title());
  screen->begin();
}

void MainWindow::put(Screen* screen) {
  Screen* old = std::exchange(base_, screen);
  if (over_ == nullptr) present(screen);
  if (old != nullptr) {
    old->hide();
    old->deleteLater();
  }
}

void MainWindow::put_over(Screen* screen) {
  Screen* old = std::exchange(over_, screen);
  present(screen != nullptr ? screen : base_);
  if (old != nullptr) {
    old->hide();
    old->deleteLater();
  }
}

void MainWindow::start() {
  if (options_.refused) {
    put(make_refusal_screen(say_, *options_.refused, {.close = [this] { close(); }, .again = {}, .back = [this] { look(); }}));
  } else if (options_.link) {
    run([link = *options_.link](Clerk& clerk, Person& person) { return clerk.follow(link, person); });
  } else {
    look();
  }
}

void MainWindow::look() {
  options_.link.reset();
  intent_.reset();
  wrong_.reset();
  put(new BusyScreen(say_, false));
  errand_->post([this, errand = errand_.get()](Clerk& clerk, Person& person) {
    auto overview = std::make_shared<Result<Overview>>(clerk.look(person));
    errand->tell([this, overview] {
      if (!*overview)
        return put(make_refusal_screen(say_, overview->error(),
                                       {.close = [this] { close(); }, .again = [this] { look(); }, .back = {}}));
      unlocked_.clear();
      overview_ = std::move(**overview);
      show_list();
    });
  });
}

void MainWindow::show_list() {
  put(make_list_screen(
      say_, overview_,
      {.issue =
           [this] {
             form_ = {.banks = {}, .preset = options_.preset, .login_id = {}, .wrong = {}};
             std::set<std::string> seen;
             if (options_.preset.portal.empty())
               for (const KnownBank& bank : overview_.banks)
                 if (seen.insert(bank.institution).second) form_.banks.push_back(bank);
             show_issue();
           },
       .renew = [this](const Found& found) { run([found](Clerk& clerk, Person& person) { return clerk.renew(found, person); }); },
       .again = [this] { look(); },
       .tidy = [this] { show_tidy(); },
       .quiet =
           [this](const KnownBank& bank, bool yes) {
             errand_->post([this, errand = errand_.get(), bank, yes](Clerk&, Person&) {
               const auto set = std::make_shared<Result<void>>(options_.quiet(bank, yes));
               errand->tell([this, set] {
                 if (*set) return;
                 put(make_refusal_screen(say_, set->error(),
                                         {.close = [this] { close(); }, .again = {}, .back = [this] { look(); }}));
               });
             });
           }}));
}

void MainWindow::show_tidy() {
  put(make_tidy_screen(say_, overview_.spare, [this](bool yes) {
    if (!yes) return show_list();
    put(new BusyScreen(say_, false));
    errand_->post([this, errand = errand_.get(), spare = overview_.spare](Clerk& clerk, Person& person) {
      const auto done = std::make_shared<Result<void>>(clerk.tidy(spare, person));
      errand->tell([this, done] {
        if (*done) return look();
        put(make_refusal_screen(say_, done->error(), {.close = [this] { close(); }, .again = {}, .back = [this] { look(); }}));
      });
    });
  }));
}

void MainWindow::show_issue() {
  put(make_issue_screen(say_, form_,
                        {.go =
                             [this](const KnownBank& bank, Proof proof) {
                               form_.login_id = proof.login_id;
                               form_.wrong.reset();
                               const auto kept = std::make_shared<Proof>(std::move(proof));
                               run([bank, kept](Clerk& clerk, Person& person) { return clerk.issue(bank, *kept, person); });
                               issuing_ = agreed_ = true;
                               show_busy();
                             },
                         .back = [this] { show_list(); }}));
}

void MainWindow::run(Journey journey) {
  journey_ = std::move(journey);
  issuing_ = agreed_ = false;
  under_way_ = true;
  done_.clear();
  put(new BusyScreen(say_, false));
  errand_->post([this, errand = errand_.get(), run = journey_](Clerk& clerk, Person& person) {
    const auto outcome = std::make_shared<Result<Outcome>>(run(clerk, person));
    errand->tell([this, outcome] { finish(*outcome); });
  });
}

void MainWindow::show_busy() {
  auto* busy = new BusyScreen(say_, true);
  for (const Step step : done_) busy->tick(step);
  put(busy);
}

void MainWindow::tick(Step step) {
  done_.push_back(step);
  if (auto* busy = dynamic_cast<BusyScreen*>(base_)) busy->tick(step);
}

void MainWindow::ask_unlock(const SecretQuestion& question, Reply<std::shared_ptr<Secret>> reply) {
  put(make_unlock_screen(say_, question, unlocked_.contains(question.name),
                         {.go =
                              [this, reply, name = question.name](Secret secret) {
                                unlocked_.insert(name);
                                put(new BusyScreen(say_, false));
                                reply(std::make_shared<Secret>(std::move(secret)));
                              },
                          .back = [reply] { reply(nullptr); }}));
}

void MainWindow::ask_agree(const Intent& intent, Reply<bool> reply) {
  const bool again = intent_ && wrong_;  // only the password has to be typed anew
  intent_ = intent;
  bank_->setText(to_qt(intent.bank.name));
  const auto answer = [this, reply](bool yes) {
    agreed_ = yes;
    if (yes) show_busy();
    reply(yes);
  };
  const PasswordActs acts{.go =
                              [this, answer](Secret secret) {
                                typed_ = std::make_shared<Secret>(std::move(secret));
                                answer(true);
                              },
                          .back = [answer] { answer(false); }};
  if (intent.taken && intent.taken->short_form) return put(make_consent_screen(say_, intent, wrong_, acts));
  if (intent.taken && !again) return ask_next(intent.taken->asks, answer);
  if (intent.taken) return answer(true);
  put(intent.bank.asks_password ? make_password_screen(say_, intent, wrong_, acts) : make_confirm_screen(say_, intent, answer));
}

void MainWindow::ask_next(std::vector<Question> left, Reply<bool> reply) {
  if (left.empty()) return reply(true);
  const Question question = left.front();
  left.erase(left.begin());
  put(make_question_screen(say_, question, *intent_, [this, left = std::move(left), reply](bool yes) {
    if (!yes) return reply(false);
    ask_next(left, reply);
  }));
}

void MainWindow::ask_password(Reply<std::shared_ptr<Secret>> reply) {
  if (typed_) return reply(std::exchange(typed_, nullptr));
  if (!intent_) return;  // cannot be: the bank asks for no password before anything is agreed; dropped, it is a no
  put(make_password_screen(say_, *intent_, wrong_,
                           {.go =
                                [this, reply](Secret secret) {
                                  agreed_ = true;
                                  show_busy();
                                  reply(std::make_shared<Secret>(std::move(secret)));
                                },
                            .back = [reply] { reply(nullptr); }}));
}

void MainWindow::ask_keep(Reply<bool> reply) {
  put(make_keep_screen(say_, *intent_, [this, reply](bool yes) {
    show_busy();
    reply(yes);
  }));
}

bool MainWindow::may_retry(const Error& error) const {
  return error.code == Code::unavailable || error.code == Code::too_many || error.code == Code::conflict ||
         error.code == Code::unauthenticated || error.id == "renewal.not_kept";
}

void MainWindow::finish(const Result<Outcome>& outcome) {
  const bool issued = std::exchange(issuing_, false);
  under_way_ = agreed_ = false;
  if (over_ != nullptr) put_over(nullptr);
  if (outcome) {
    wrong_.reset();
    unlocked_.clear();
    const int window =
        outcome->certificate.opens ? days_between(*outcome->certificate.opens, outcome->certificate.expiry_day) : 0;
    const bool short_form = !issued && intent_ && intent_->taken && intent_->taken->short_form;
    return put(make_result_screen(say_, *outcome, window, short_form,
                                  {.close = [this] { close(); }, .again = [this] { run(journey_); }}));
  }
  const Error& error = outcome.error();
  const bool typed_wrong = error.id == "login.password" || error.id == "acquisition.refused";
  if (typed_wrong && issued) {
    form_.wrong = error;
    return show_issue();
  }
  if (typed_wrong) {
    wrong_ = error;
    return run(journey_);
  }
  if (error.id == "pkcs12.wrong_password" || error.id.starts_with("token.pin_wrong")) return run(journey_);
  wrong_.reset();
  unlocked_.clear();
  const bool declined = error.id == "renewal.declined" || error.id == "window.not_opened";
  if (declined && options_.link) return put(make_unchanged_screen(say_, [this] { close(); }));
  if (declined) return look();
  const auto again = may_retry(error) ? std::function<void()>([this] { run(journey_); }) : std::function<void()>();
  put(make_refusal_screen(say_, error, {.close = [this] { close(); }, .again = again, .back = [this] { look(); }}));
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!under_way_ || !agreed_) return event->accept();
  event->ignore();
  if (over_ != nullptr) return;
  put_over(make_leave_screen(say_, [this](bool leave) {
    put_over(nullptr);
    if (!leave) return;
    agreed_ = false;
    close();
  }));
}

}  // namespace inkan::app
