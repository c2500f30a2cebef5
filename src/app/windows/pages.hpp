#pragma once

#include "app/clerk.hpp"
#include "app/windows/page.hpp"
#include "app/words.hpp"

/// The window's pages, with the words of the source document's screens (D5-10 to D5-16) as far as they are true.
namespace inkan::app {

using Press = std::function<void(Typed)>;

/// CCHK001. `renew` is told the row among those that can be renewed.
Page make_list_page(const Words& say, const Overview& overview, Press renew, Press issue, Press again, Press close);
/// CCHK002 of a renewal; `wrong` is why the last password did not do.
Page make_renewal_page(const Words& say, const Intent& intent, const std::optional<Error>& wrong, Press go, Press back);
/// CCHK002 where a renewal that was begun goes on, so that only the password is asked for.
Page make_password_page(const Words& say, const std::optional<Intent>& intent, const std::optional<Error>& wrong, Press go,
                        Press back);
/// CCHK002 of an issue: address (where no bank is given), login ID, password, code.
Page make_issue_page(const Words& say, const KnownBank& bank, const std::string& login_id, const std::optional<Error>& wrong,
                     Press go, Press back);
/// One question of the literal form (journeys.md 1.10).
Page make_question_page(const Words& say, Question question, const Intent& intent, Press yes, Press no);
/// What has to be told before the bank can be reached: of a company's proxy (the store itself is opened by Windows).
Page make_unlock_page(const Words& say, const SecretQuestion& question, Press go, Press back);
Page make_keep_page(const Words& say, const Intent& intent, Press yes, Press no);
/// 「ただいま処理中です。」; with `steps`, its last four parts are those of a journey, in their order.
Page make_busy_page(const Words& say, bool steps, const std::vector<Step>& done);
/// tick_of is the line of a step.
std::string tick_of(const Words& say, Step step, bool done);
/// CCHK007.
Page make_result_page(const Words& say, const Outcome& outcome, bool short_form, Press again, Press close);
Page make_refusal_page(const Words& say, const Error& error, Press back, Press close);
Page make_leave_page(const Words& say, Press stay, Press leave);

}  // namespace inkan::app
