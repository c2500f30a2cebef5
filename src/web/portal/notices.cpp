#include "lifecycle/notices.hpp"

#include "base/text.hpp"
#include "web/portal/handlers.hpp"
#include "web/portal/reminder.hpp"
#include "web/words.hpp"

namespace inkan::web {
namespace {

std::string role_word(const Visit& visit, lifecycle::Role role) { return visit.word("role." + std::string(to_text(role))); }

void put_letters(Values& values, const Visit& visit, const std::vector<lifecycle::Notice>& sent) {
  std::vector<Values> letters;
  for (const lifecycle::Notice& notice : sent) {
    Values letter;
    letter.set("letter_link", "/notices/sent/" + notice.number)
        .set("letter_subject", notice.subject)
        .set("letter_day", visit.long_date(notice.decided_on))
        .set("number", notice.number);
    letters.push_back(std::move(letter));
  }
  values.show("letters", !letters.empty()).show("no_letters", letters.empty());
  if (!letters.empty()) values.sections["letters"].front().repeat("letter", std::move(letters));
}

/// changed_lately tells whether a change of the procedure is still to be named: for a year where the profile says since when
/// (D3-01, O37).
bool changed_lately(const Visit& visit) {
  const auto& since = visit.institution().effective_from;
  if (!visit.chose("notice.changed", "yes")) return false;
  return !since || (*since <= visit.today() && visit.today() < *since + std::chrono::days{365});
}

/// put_change fills the words about a change of the procedure, before its day and for a while after it.
void put_change(Values& values, const Visit& visit) {
  const auto& since = visit.institution().effective_from;
  values.set("effective_from", since ? visit.long_date(*since) : "")
      .show("changed", changed_lately(visit))
      .show("announced", since && visit.today() < *since);
}

void put_certificate(Values& values, const Visit& visit, const lifecycle::LoggedIn& who) {
  values.set("expiry", visit.long_date(who.certificate.expiry_day))
      .set("login_id", who.holder.id.login_id)
      .set("role", role_word(visit, who.holder.role))
      .set("serial_tail", serial_tail(who.certificate.serial))
      .show("logged_in", true);
}

}  // namespace

net::Response show_notices(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto found = load_reminder(visit, *who);
  if (!found) return visit.problem(found.error());
  const auto& notice = found->notice;
  const auto state =
      status_words(visit.site().pages.at(visit.language()).catalogue(), visit.institution(), *who, visit.language());
  if (!state) return visit.problem(state.error());
  const std::string placement = visit.screen("notice.placement");
  const bool here = notice && placement == "notices";
  const bool in_body = visit.chose("notice.opens", "body");
  const auto previous = who->session.previous_login;

  Values values;
  put_certificate(values, visit, *who);
  put_letters(values, visit, found->sent);
  values.set("company", who->holder.company)
      .set("name", who->holder.name)
      .set("previous_login", previous ? date_and_time(*previous, visit.institution().zone) : "-")
      .set("status", state->status)
      .set("next", state->next)
      .show("as_title", here && in_body)
      .show("as_guide", here && !in_body)
      .show("as_choice", notice && placement == "renewal_choice")
      .show("to_main", placement == "interstitial+main")
      .show("nothing", !notice);
  put_change(values, visit);
  if (notice) put_notice(values, visit, *notice, found->running);
  if (const auto duties = put_duties(values, visit, *who); !duties) return visit.problem(duties.error());
  return visit.page(200, "notices", std::move(values));
}

net::Response show_notice(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto found = load_reminder(visit, *who);
  if (!found) return visit.problem(found.error());
  const auto& notice = found->notice;
  if (!notice) return net::make_redirect("/notices");

  Values values;
  put_certificate(values, visit, *who);
  put_notice(values, visit, *notice, found->running);
  values
      .set("new_expiry",
           visit.long_date(lifecycle::renewed_expiry(visit.institution(), visit.now(), who->certificate.expiry_day)))
      .set("grace_days", std::to_string(visit.institution().acquisition.grace_days))
      .show("warns", visit.chose("notice.warns", "yes"))
      .show("quiet", !visit.chose("notice.warns", "yes"));
  return visit.page(200, "notice", std::move(values));
}

net::Response show_sent(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const std::string number = visit.request().path.substr(std::string_view("/notices/sent/").size());
  std::optional<lifecycle::Notice> notice;
  const auto read = visit.desk().services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto found = reader.find_notice(visit.institution().id, number);
    if (!found) return fail(found);
    notice = std::move(*found);
    return {};
  });
  if (!read) return visit.problem(read.error());
  if (!notice || notice->holder != who->holder.id) return message(visit, 404, "problem_not_found");

  Values values;
  values.set("number", notice->number)
      .set("letter_day", visit.long_date(notice->decided_on))
      .set("letter_subject", notice->subject)
      .show("logged_in", true);
  std::vector<Values> lines;
  for (std::string& line : split(notice->body, '\n')) lines.push_back(Values{}.set("letter_text", std::move(line)));
  values.repeat("letter_line", std::move(lines));
  return visit.page(200, "sent", std::move(values));
}

}  // namespace inkan::web
