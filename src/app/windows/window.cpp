#include "app/window/window.hpp"

#include <utility>

#include "app/windows/frame.hpp"
#include "app/windows/pages.hpp"

namespace inkan::app {
namespace {

/// Desk is the counter of Windows' window: it leads from page to page on the window's thread, the errand works on its own.
class Desk : public Counter {
 public:
  explicit Desk(const WindowOptions& options)
      : options_(options),
        say_(options.language),
        frame_(say_("証明書発行アプリケーション", "Certificate program"), [this] { return may_close(); }),
        errand_(std::make_unique<Errand>(*this, options.clerk)) {}
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() override { errand_.reset(); }  // what is under way comes to its safe end

  void run() {
    if (options_.refused)
      show_refusal(*options_.refused);
    else if (options_.link)
      start([link = *options_.link](Clerk& clerk, Person& person) { return clerk.follow(link, person); });
    else
      look();
    frame_.run();
  }

  void tell(std::function<void()> work) override { frame_.tell(std::move(work)); }
  void forget() override { frame_.forget(); }
  void ask_unlock(const SecretQuestion& question, Reply<std::shared_ptr<Secret>> reply) override {
    frame_.show(make_unlock_page(
        say_, question,
        [this, reply](Typed typed) {
          frame_.show(make_busy_page(say_, false, {}));
          reply(std::make_shared<Secret>(std::move(typed.fields.front())));
        },
        [reply](Typed) { reply(nullptr); }));
  }
  void ask_agree(const Intent& intent, Reply<bool> reply) override {
    intent_ = intent;
    if (intent.taken && !intent.taken->short_form) return ask_next(intent.taken->asks, std::move(reply));
    show_renewal(reply);
  }
  void ask_password(Reply<std::shared_ptr<Secret>> reply) override {
    if (typed_) return reply(std::exchange(typed_, nullptr));
    // Nothing was agreed to in this run: a key waits, of one that was cut off or whose password was wrong.
    frame_.show(make_password_page(
        say_, intent_, wrong_,
        [this, reply](Typed typed) {
          show_busy();
          reply(std::make_shared<Secret>(std::move(typed.fields.front())));
        },
        [reply](Typed) { reply(nullptr); }));
  }
  void ask_keep(Reply<bool> reply) override {
    frame_.show(make_keep_page(say_, *intent_, [this, reply](Typed) { answer(reply, true); }, [reply](Typed) { reply(false); }));
  }
  void tick(Step step) override {
    done_.push_back(step);
    if (busy_) show_busy();
  }

 private:
  using Journey = std::function<Result<Outcome>(Clerk&, Person&)>;

  bool may_close() {
    if (!busy_ || leaving_) return true;
    leaving_ = true;
    frame_.show(make_leave_page(
        say_,
        [this](Typed) {
          leaving_ = false;
          show_busy();
        },
        [this](Typed) { frame_.close(); }));
    return false;
  }

  void show_busy() {
    busy_ = true;
    if (!leaving_) frame_.show(make_busy_page(say_, true, done_));
  }

  void answer(const Reply<bool>& reply, bool yes) {
    if (yes) show_busy();
    reply(yes);
  }

  void look() {
    options_.link.reset();
    frame_.show(make_busy_page(say_, false, {}));
    errand_->post([this](Clerk& clerk, Person& person) {
      auto overview = std::make_shared<Result<Overview>>(clerk.look(person));
      tell([this, overview] {
        if (!*overview) return show_refusal(overview->error());
        overview_ = std::move(**overview);
        show_list();
      });
    });
  }

  void show_list() {
    frame_.show(make_list_page(
        say_, overview_,
        [this](Typed typed) {
          int row = typed.row;
          for (const Found& found : overview_.found)
            if (found.listed.renewable == Renewable::yes && row-- == 0)
              return start([found](Clerk& clerk, Person& person) { return clerk.renew(found, person); });
        },
        [this](Typed) { show_issue({}); }, [this](Typed) { look(); }, [this](Typed) { frame_.close(); }));
  }

  void show_issue(const std::optional<Error>& wrong) {
    KnownBank bank = options_.preset;
    if (bank.portal.empty() && !overview_.banks.empty()) bank = overview_.banks.front();
    frame_.show(make_issue_page(
        say_, bank, login_id_, wrong,
        [this, bank](Typed typed) {
          KnownBank chosen = bank;
          if (typed.text(0) != bank.portal)
            chosen = {.institution = {}, .name = {}, .portal = typed.text(0), .trust_pem = {}, .store = {}};
          chosen.trust_pem = chosen.trust_pem.empty() ? options_.preset.trust_pem : chosen.trust_pem;
          login_id_ = typed.text(1);
          const auto proof =
              std::make_shared<Proof>(Proof{login_id_, std::move(typed.fields.at(2)), std::move(typed.fields.at(3))});
          start([chosen, proof](Clerk& clerk, Person& person) { return clerk.issue(chosen, *proof, person); });
          issuing_ = true;
          show_busy();
        },
        [this](Typed) { show_list(); }));
  }

  void start(Journey journey) {
    journey_ = std::move(journey);
    issuing_ = busy_ = leaving_ = false;
    done_.clear();
    frame_.show(make_busy_page(say_, false, {}));
    errand_->post([this, run = journey_](Clerk& clerk, Person& person) {
      const auto outcome = std::make_shared<Result<Outcome>>(run(clerk, person));
      tell([this, outcome] { finish(*outcome); });
    });
  }

  void show_renewal(const Reply<bool>& reply) {
    frame_.show(make_renewal_page(
        say_, *intent_, wrong_,
        [this, reply](Typed typed) {
          if (!typed.fields.empty()) typed_ = std::make_shared<Secret>(std::move(typed.fields.front()));
          answer(reply, true);
        },
        [reply](Typed) { reply(false); }));
  }

  /// ask_next asks the literal form's questions one after another, and for the password at the end where the bank wants it.
  void ask_next(std::vector<Question> left, Reply<bool> reply) {
    if (left.empty()) return intent_->bank.asks_password ? show_renewal(reply) : answer(reply, true);
    const Question question = left.front();
    left.erase(left.begin());
    frame_.show(make_question_page(
        say_, question, *intent_, [this, left, reply](Typed) { ask_next(left, reply); }, [reply](Typed) { reply(false); }));
  }

  void show_refusal(const Error& error) {
    frame_.show(make_refusal_page(say_, error, [this](Typed) { look(); }, [this](Typed) { frame_.close(); }));
  }

  void finish(const Result<Outcome>& outcome) {
    const bool issued = std::exchange(issuing_, false);
    busy_ = leaving_ = false;
    if (outcome) {
      wrong_.reset();
      const bool short_form = !issued && intent_ && intent_->taken && intent_->taken->short_form;
      return frame_.show(
          make_result_page(say_, *outcome, short_form, [this](Typed) { start(journey_); }, [this](Typed) { frame_.close(); }));
    }
    const Error& error = outcome.error();
    const bool typed_wrong = error.id == "login.password" || error.id == "acquisition.refused";
    if (typed_wrong && issued) return show_issue(error);
    if (typed_wrong) {
      wrong_ = error;
      return start(journey_);
    }
    wrong_.reset();
    if (error.id == "renewal.declined") return look();
    show_refusal(error);
  }

  WindowOptions options_;
  Words say_;
  Overview overview_;
  Journey journey_;
  std::optional<Intent> intent_;
  std::optional<Error> wrong_;
  std::string login_id_;
  std::vector<Step> done_;
  bool busy_ = false;     // what is under way may not be closed without a question
  bool leaving_ = false;  // that question is shown
  bool issuing_ = false;
  std::shared_ptr<Secret> typed_;  // the password, on its way to the errand
  Frame frame_;
  std::unique_ptr<Errand> errand_;
};

}  // namespace

bool can_show_window() { return true; }

int show_window(const WindowOptions& options) {
  Desk(options).run();
  return 0;
}

}  // namespace inkan::app
