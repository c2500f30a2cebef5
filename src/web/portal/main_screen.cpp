#include "lifecycle/notices.hpp"
#include "web/portal/handlers.hpp"
#include "web/portal/reminder.hpp"
#include "web/words.hpp"

// The form of document D4: a notice between login and main screen, and the button 証明書更新 on the main screen.

namespace inkan::web {

net::Response show_interstitial(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto reminder = load_reminder(visit, *who);
  if (!reminder) return visit.problem(reminder.error());
  if (!reminder->notice) return net::make_redirect("/main");
  Values values;
  put_notice(values, visit, *reminder->notice, reminder->running);
  values.set("today", to_slashes(visit.today())).set("expiry_slashes", to_slashes(who->certificate.expiry_day));
  return visit.page(200, "interstitial", std::move(values));
}

net::Response show_main(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto reminder = load_reminder(visit, *who);
  if (!reminder) return visit.problem(reminder.error());
  const Zone& zone = visit.institution().zone;
  const auto previous = who->session.previous_login;
  const auto& since = visit.institution().effective_from;
  Values values;
  values.set("name", who->holder.name)
      .set("this_login", date_and_time(who->session.created_at, zone))
      .set("previous_login", previous ? date_and_time(*previous, zone) : "-")
      .set("effective_from", since ? visit.long_date(*since) : "")
      .show("announced", since && visit.today() < *since)
      .show("due", reminder->notice.has_value())
      .show("logged_in", true);
  if (reminder->notice) put_notice(values, visit, *reminder->notice, reminder->running);
  if (const auto duties = put_duties(values, visit, *who); !duties) return visit.problem(duties.error());
  return visit.page(200, "main", std::move(values));
}

net::Response show_banking(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  Values values;
  values.show("logged_in", true).show("to_main", true);
  return message(visit, 200, "banking", std::move(values));
}

}  // namespace inkan::web
