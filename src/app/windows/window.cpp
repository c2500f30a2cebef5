#include "app/window/window.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <thread>

#include "app/windows/frame.hpp"
#include "app/windows/pages.hpp"

namespace inkan::app {
namespace {

using Yes = std::function<void(bool)>;

/// Counter leads from page to page on the window's thread; the clerk's work runs on a thread of its own, one task after another.
/// To the clerk it is the person: what the clerk asks there is shown here, and a page thrown away unanswered is a no.
class Counter : public Person {
 public:
  explicit Counter(const WindowOptions& options)
      : options_(options),
        say_(options.language),
        frame_(say_("証明書発行アプリケーション", "Certificate program"), [this] { return may_close(); }),
        thread_([this] { serve(); }) {}

  ~Counter() override {
    {
      const std::scoped_lock lock(mutex_);
      ending_ = true;
      tasks_.clear();
    }
    frame_.forget();
    arrived_.notify_one();
    thread_.join();  // what is under way comes to its safe end
  }

  void run() {
    if (options_.refused)
      show_refusal(*options_.refused);
    else if (options_.link)
      start([link = *options_.link](Clerk& clerk, Person& person) { return clerk.follow(link, person); });
    else
      look();
    frame_.run();
  }

  // On the worker's thread.
  Result<Secret> unlock(const SecretQuestion&) override {
    return fail(Code::internal, "window.not_opened");
  }  // Windows asks itself
  bool agree(const Intent& intent) override {
    return ask([this, intent](Yes reply) { show_agree(intent, std::move(reply)); });
  }
  Result<Secret> password() override {
    if (auto typed = take_typed(); !typed.empty()) return typed;
    // Nothing was agreed to in this run: a key waits, of one that was cut off or whose password was wrong.
    if (!ask([this](Yes reply) { show_password(std::move(reply)); })) return fail(Code::refused, "renewal.declined");
    return take_typed();
  }
  bool keep() override {
    return ask([this](Yes reply) {
      frame_.show(
          make_keep_page(say_, *intent_, [this, reply](Typed) { answer(reply, true); }, [reply](Typed) { reply(false); }));
    });
  }
  void step(Step step) override {
    frame_.tell([this, step] {
      done_.push_back(step);
      if (busy_) show_busy();
    });
  }

 private:
  using Task = std::function<void(Clerk&, Person&)>;
  using Journey = std::function<Result<Outcome>(Clerk&, Person&)>;

  void serve() {
    Clerk clerk = options_.clerk();
    while (true) {
      Task task;
      {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
        if (ending_) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task(clerk, *this);
    }
  }

  void post(Task task) {
    {
      const std::scoped_lock lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    arrived_.notify_one();
  }

  Secret take_typed() {
    const std::scoped_lock lock(mutex_);
    return std::move(typed_);
  }

  bool ask(const std::function<void(Yes)>& show) {
    auto promise = std::make_shared<std::promise<bool>>();
    auto reply = promise->get_future();
    {
      const std::scoped_lock lock(mutex_);
      if (ending_) return false;
      frame_.tell([show, kept = Yes([held = std::move(promise)](bool yes) { held->set_value(yes); })] { show(kept); });
    }
    try {
      return reply.get();
    } catch (const std::future_error&) {
      return false;
    }
  }

  // On the window's thread.
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

  void answer(const Yes& reply, bool yes) {
    if (yes) show_busy();
    reply(yes);
  }

  void look() {
    options_.link.reset();
    frame_.show(make_busy_page(say_, false, {}));
    post([this](Clerk& clerk, Person& person) {
      auto overview = std::make_shared<Result<Overview>>(clerk.look(person));
      frame_.tell([this, overview] {
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
    post([this, run = journey_](Clerk& clerk, Person& person) {
      const auto outcome = std::make_shared<Result<Outcome>>(run(clerk, person));
      frame_.tell([this, outcome] { finish(*outcome); });
    });
  }

  void show_agree(const Intent& intent, Yes reply) {
    intent_ = intent;
    if (intent.taken && !intent.taken->short_form) return ask_next(intent.taken->asks, std::move(reply));
    show_renewal(std::move(reply));
  }

  Press typing(Yes reply) {
    return [this, reply = std::move(reply)](Typed typed) {
      if (!typed.fields.empty()) {
        const std::scoped_lock lock(mutex_);
        typed_ = std::move(typed.fields.front());
      }
      answer(reply, true);
    };
  }

  void show_renewal(Yes reply) {
    const auto no = [reply](Typed) { reply(false); };
    frame_.show(make_renewal_page(say_, *intent_, wrong_, typing(reply), no));
  }

  void show_password(Yes reply) {
    const auto no = [reply](Typed) { reply(false); };
    frame_.show(make_password_page(say_, intent_, wrong_, typing(reply), no));
  }

  /// ask_next asks the literal form's questions one after another, and for the password at the end where the bank wants it.
  void ask_next(std::vector<Question> left, Yes reply) {
    if (left.empty()) return intent_->bank.asks_password ? show_renewal(std::move(reply)) : answer(reply, true);
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
  Frame frame_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Task> tasks_;
  Secret typed_;  // the password, on its way to the worker
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace

bool can_show_window() { return true; }

int show_window(const WindowOptions& options) {
  Counter(options).run();
  return 0;
}

}  // namespace inkan::app
