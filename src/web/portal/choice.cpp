#include "web/portal/handlers.hpp"
#include "web/portal/reminder.hpp"

// The form of document D5: 証明書更新選択 after login, by the program or in the browser.

namespace inkan::web {

std::string way_of_renewal(const Visit& visit, std::string_view asked) {
  for (const char* way : {"file", "app"})
    if (asked == way && visit.chose("ways", way)) return way;
  const std::string first = visit.screen("ways");
  return first.starts_with("file") ? "file" : "app";  // a token is the program's
}

net::Response show_choice(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto reminder = load_reminder(visit, *who);
  if (!reminder) return visit.problem(reminder.error());
  if (!reminder->notice) return net::make_redirect(home_of(visit));
  const bool by_program = way_of_renewal(visit, visit.request().find_query("way").value_or("")) == "app";
  Values values;
  put_notice(values, visit, *reminder->notice, reminder->running);
  values.set("home", home_of(visit))
      .set("download_page", visit.portal() + "/app")
      .show("has_token", visit.chose("ways", "token"))
      .show("has_file", visit.chose("ways", "file"))
      .show("has_app", visit.chose("ways", "app"))
      .show("logged_in", true);
  return visit.page(200, by_program ? "choice_app" : "choice_file", std::move(values));
}

net::Response follow_choice(const Visit& visit) {
  const bool renew = visit.request().find_query("choice") == "renew";
  return net::make_redirect(renew ? "/renewal/prepare?way=file" : home_of(visit));
}

}  // namespace inkan::web
