#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "lifecycle/company.hpp"
#include "lifecycle/notices.hpp"
#include "lifecycle/recovery.hpp"
#include "web/portal/acts.hpp"
#include "web/words.hpp"

// 「この証明書」: what a holder sees of the certificate in use, and the three things to do about it: 一時停止, 失効,
// パソコンの変更.

namespace inkan::web {
namespace {

using lifecycle::ComputerChange;

constexpr const char* kHere = "/certificate";

Ask own_ask(const Visit& visit, const lifecycle::LoggedIn& who, const char* page) {
  return {.page = page, .facts = facts_of(visit, who.holder, who.certificate), .back = kHere};
}

bool changes_alone(const Visit& visit) { return visit.institution().acquisition.computer_change == ComputerChange::self; }

/// told is the page after an act that ended the session: what comes next is at the portal.
net::Response told(const Visit& visit, const lifecycle::LoggedIn& who, const char* page) {
  return tell(visit, {.page = page,
                      .facts = facts_of(visit, who.holder, who.certificate),
                      .links = {{"layout.to_portal", visit.portal() + "/"}},
                      .logged_in = false});
}

/// days_words writes days as people read them: 「20日前、3日前、当日」.
std::string days_words(const Visit& visit, std::vector<int> days, const std::string& each) {
  std::ranges::sort(days, std::greater<>());
  if (each == "own.day_after") std::ranges::reverse(days);
  std::string words;
  for (const int count : days) {
    const auto one = fill(visit.word(count == 0   ? "own.day_itself"
                                     : count == 1 ? each + "_one"
                                                  : each),
                          {{"days", std::to_string(count)}});
    words += (words.empty() ? "" : visit.word("own.day_between")) + one.value_or("");
  }
  return words;
}

/// put_reminders fills the mails that the profile sends beside the promised ones (O18); a profile without any shows nothing.
Result<void> put_reminders(Values& values, const Visit& visit, const lifecycle::LoggedIn& who) {
  const lifecycle::RenewalPolicy& policy = visit.institution().renewal;
  const bool any = !policy.more_mail_days.empty() || !policy.grace_mail_days.empty();
  values.set("promised_days", days_words(visit, policy.mail_days, "own.day_before"))
      .set("more_days", days_words(visit, policy.more_mail_days, "own.day_before"))
      .set("grace_days", days_words(visit, policy.grace_mail_days, "own.day_after"))
      .show("reminders", any);
  if (!any) return {};
  const auto muted = lifecycle::Notices(visit.desk().services).is_muted(who);
  if (!muted) return fail(muted);
  values.sections["reminders"]
      .front()
      .show("before", !policy.more_mail_days.empty())
      .show("after", !policy.grace_mail_days.empty())
      .show("muted", *muted)
      .show("heard", !*muted);
  return {};
}

net::Response set_mute(const Visit& visit, bool muted) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto set = lifecycle::Notices(visit.desk().services).set_mute(visit.institution(), *who, muted);
  if (!set) return visit.problem(set.error());
  return net::make_redirect(std::string(kHere) + "#reminders");
}

}  // namespace

net::Response mute_more(const Visit& visit) { return set_mute(visit, true); }
net::Response unmute_more(const Visit& visit) { return set_mute(visit, false); }

net::Response show_own(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto state =
      status_words(visit.site().pages.at(visit.language()).catalogue(), visit.institution(), *who, visit.language());
  if (!state) return visit.problem(state.error());
  const ComputerChange change = visit.institution().acquisition.computer_change;
  const auto& issued = who->certificate.issued_at;
  Values values;
  values.set("login_id", who->holder.id.login_id)
      .set("company", who->holder.company)
      .set("name", who->holder.name)
      .set("role", visit.word("role." + std::string(to_text(who->holder.role))))
      .set("status", state->status)
      .set("next", state->next)
      .set("expiry", visit.long_date(who->certificate.expiry_day))
      .set("issued", issued ? date_and_time(*issued, visit.institution().zone) : "-")
      .set("serial", grouped_serial(who->certificate.serial))
      .show("alone", change == ComputerChange::self)
      .show("by_administrator", change == ComputerChange::administrator)
      .show("by_bank", change == ComputerChange::staff)
      .show("administrator", who->holder.role == lifecycle::Role::administrator)
      .show("logged_in", true);
  if (const auto put = put_reminders(values, visit, *who); !put) return visit.problem(put.error());
  return visit.page(200, "own", std::move(values));
}

net::Response show_own_hold(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  return ask(visit, own_ask(visit, *who, "own_hold"));
}

net::Response hold_own(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  const bool knowing = form && form->get("knowing") == "yes";
  const auto held = visit.desk().company.hold(visit.institution(), *who, who->holder.id.login_id, knowing);
  if (!held) return ask(visit, own_ask(visit, *who, "own_hold"), &held.error());
  return told(visit, *who, "own_held");
}

net::Response show_own_revoke(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  Ask what = own_ask(visit, *who, "own_revoke");
  what.asks_reason = true;
  return ask(visit, what);
}

net::Response revoke_own(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  Ask what = own_ask(visit, *who, "own_revoke");
  what.asks_reason = true;
  const auto form = net::parse_form(visit.request());
  const auto reason = reason_of(form ? form->get("reason") : "");
  if (!reason) return ask(visit, what, &reason.error());
  const bool knowing = form->get("knowing") == "yes";
  const auto revoked = visit.desk().company.revoke(visit.institution(), *who, who->holder.id.login_id, *reason, knowing);
  if (!revoked) return ask(visit, what, &revoked.error());
  return told(visit, *who, "own_revoked");
}

net::Response show_computer(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  if (!changes_alone(visit)) return message(visit, 404, "problem_not_found");
  Ask what = own_ask(visit, *who, "own_computer");
  what.asks_password = true;
  return ask(visit, what);
}

net::Response make_computer_code(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  if (!changes_alone(visit)) return message(visit, 404, "problem_not_found");
  Ask what = own_ask(visit, *who, "own_computer");
  what.asks_password = true;
  const auto form = net::parse_form(visit.request());
  const Secret password{std::string(form ? form->get("password") : "")};
  const Instant now = visit.now();
  const auto code = visit.desk().recovery.make_computer_code(visit.institution(), *who, password);
  if (!code) return ask(visit, what, &code.error());
  const Instant until = now + std::chrono::minutes{visit.institution().acquisition.new_computer_minutes};
  return tell_code(
      visit,
      {.page = "own_code",
       .facts = {{"fact.login_id", who->holder.id.login_id}, {"fact.code_until", date_and_time(until, visit.institution().zone)}},
       .links = {{"own.back", kHere}}},
      *code);
}

}  // namespace inkan::web
