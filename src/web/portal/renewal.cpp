#include "lifecycle/enrolment.hpp"

#include "web/portal/handlers.hpp"

namespace inkan::web {

net::Response show_prepare(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  return visit.page(200, "prepare", Values{}.show("branded", visit.chose("issue.brand", "authority")));
}

net::Response open_renewal(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const std::string secret = visit.request().find_cookie(kTrialCookie).value_or("");
  const auto opened = visit.desk().enrolment.open_renewal(visit.institution(), visit.request().peer.fingerprint, secret);
  if (!opened) {
    const std::string& id = opened.error().id;
    if (id != "renewal.not_yet") return visit.problem(opened.error());
    const Day first = who->certificate.expiry_day - std::chrono::days{visit.institution().renewal.window_days};
    return message(visit, 403, "problem_not_yet", Values{}.set("first_day", visit.long_date(first)));
  }
  net::Response response = net::make_redirect("/renewal");
  if (!opened->secret.empty()) add_cookie(response, trial_cookie(visit, opened->secret));
  return response;
}

}  // namespace inkan::web
