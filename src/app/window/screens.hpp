#pragma once

#include <QLabel>

#include "app/clerk.hpp"
#include "app/errand.hpp"
#include "app/window/screen.hpp"

/// The window's screens, each made whole by one function. What is pressed is told through the given functions; a screen that goes
/// away unanswered drops its reply, which is a no. The words are the source document's (D5-10 to D5-16) as far as they are true.
namespace inkan::app {

/// CCHK001: 証明書発行, and the list of what this PC can renew.
struct ListActs {
  std::function<void()> issue;
  std::function<void(const Found&)> renew;
  std::function<void()> again;  ///< look anew
  std::function<void()> tidy;
  std::function<void(const KnownBank&, bool)> quiet;
};
Screen* make_list_screen(const Words& say, const Overview& overview, ListActs acts);

/// 不要な電子証明書を削除する: what would go, and whether it may.
Screen* make_tidy_screen(const Words& say, const std::vector<Spare>& spare, Reply<bool> reply);

/// CCHK002, 証明書取得認証 of a renewal. `wrong` is why the last try failed.
struct PasswordActs {
  std::function<void(Secret)> go;
  std::function<void()> back;
};
Screen* make_password_screen(const Words& say, const Intent& intent, const std::optional<Error>& wrong, PasswordActs acts);

/// The same place where the bank asks for no password: one look before it begins.
Screen* make_confirm_screen(const Words& say, const Intent& intent, Reply<bool> reply);

/// CCHK002, 証明書取得 認証 of an issue.
struct IssueForm {
  std::vector<KnownBank> banks;  ///< to choose from; none: the address is typed
  KnownBank preset;
  std::string login_id;
  std::optional<Error> wrong;
};
struct IssueActs {
  std::function<void(const KnownBank&, Proof)> go;
  std::function<void()> back;
};
Screen* make_issue_screen(const Words& say, const IssueForm& form, IssueActs acts);

/// One question of the literal form (D5-22, journeys.md 1.10).
Screen* make_question_screen(const Words& say, Question question, const Intent& intent, Reply<bool> reply);
/// The question before the new certificate is kept.
Screen* make_keep_screen(const Words& say, const Intent& intent, Reply<bool> reply);
/// The short form's one consent; `asks` for the password too.
Screen* make_consent_screen(const Words& say, const Intent& intent, const std::optional<Error>& wrong, PasswordActs acts);

/// What a store has to be told before it opens.
Screen* make_unlock_screen(const Words& say, const SecretQuestion& question, bool again, PasswordActs acts);

/// 「ただいま処理中です。」: a step is ticked on its evidence alone.
class BusyScreen : public Screen {
 public:
  /// `steps`: with the four steps of a journey; without, it only looks.
  BusyScreen(const Words& say, bool steps);
  void tick(Step step);

 private:
  const Words& say_;
  std::map<Step, QLabel*> marks_;
  QLabel* said_ = nullptr;
};

/// CCHK007, 証明書取得 結果; the short form's says that the renewal is done.
struct ResultActs {
  std::function<void()> close;
  std::function<void()> again;  ///< the trial login
};
Screen* make_result_screen(const Words& say, const Outcome& outcome, int window_days, bool short_form, ResultActs acts);

/// What stands in the way, its code, and the next step.
struct RefusalActs {
  std::function<void()> close;
  std::function<void()> again;  ///< empty: trying again would not help
  std::function<void()> back;   ///< empty: there is nothing to go back to
};
Screen* make_refusal_screen(const Words& say, const Error& error, RefusalActs acts);
Screen* make_unchanged_screen(const Words& say, std::function<void()> close);
Screen* make_leave_screen(const Words& say, Reply<bool> reply);

/// facts_of are a certificate's lines, as every screen that names one shows them.
std::vector<std::pair<std::string, std::string>> facts_of(const Words& say, const Intent& intent);

}  // namespace inkan::app
