#include "lifecycle/enrolment.hpp"

#include "web/portal/handlers.hpp"

namespace inkan::web {
namespace {

/// ask_first is the page before a renewal: 更新前処理中, which goes on by itself; 個人認証 where the password is asked again
/// (D5); or the short form's one consent. `refused` is why the password was not taken, or nothing.
net::Response ask_first(const Visit& visit, const lifecycle::LoggedIn& who, const std::string& way,
                        const Error* refused = nullptr) {
  const bool short_form = visit.chose("form", "short");
  const bool asks = visit.institution().renewal.asks_password && way == "file";  // the program asks by itself
  Values values;
  values.set("way", way)
      .set("login_id", who.holder.id.login_id)
      .set("expiry", visit.long_date(who.certificate.expiry_day))
      .set("new_expiry", visit.long_date(lifecycle::renewed_expiry(visit.institution(), visit.now(), who.certificate.expiry_day)))
      .show("asks_password", asks)
      .show("to_file", way == "file")
      .show("to_app", way == "app")
      .show("steps", visit.chose("issue.steps", "yes"))
      .show("branded", visit.chose("issue.brand", "authority"));
  const int status = visit.wrong_password(values, refused);
  return visit.page(status, short_form ? "consent" : asks ? "identify" : "prepare", std::move(values));
}

}  // namespace

net::Response show_prepare(const Visit& visit) {
  const Entered who = enter_renewal(visit);
  if (!who) return who.error();
  // What was begun goes on for a while after closing; open_renewal judges which it is.
  if (!lifecycle::judge_open(visit.institution(), visit.now(), true)) return visit.closed(who->certificate);
  return ask_first(visit, *who, way_of_renewal(visit, visit.request().find_query("way").value_or("")));
}

net::Response open_renewal(const Visit& visit) {
  const Entered who = enter_renewal(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  const std::string way = way_of_renewal(visit, form ? form->get("way") : "");
  if (visit.institution().renewal.asks_password && way == "file") {
    const Secret password{std::string(form ? form->get("password") : "")};
    const auto known = visit.desk().login.check_again(*who, password);
    if (!known) {
      const Error& error = known.error();
      return error.id.starts_with("login.") ? ask_first(visit, *who, way, &error) : visit.problem(error);
    }
  }
  const std::string secret = visit.request().find_cookie(kTrialCookie).value_or("");
  const auto opened = visit.desk().enrolment.open_renewal(visit.institution(), visit.request().peer.fingerprint, secret);
  if (!opened) {
    const std::string& id = opened.error().id;
    if (id == "service.closed") return visit.closed(who->certificate);
    if (id != "renewal.not_yet") return visit.problem(opened.error());
    const Day first = who->certificate.expiry_day - std::chrono::days{visit.institution().renewal.window_days};
    return message(visit, 403, "problem_not_yet", Values{}.set("first_day", visit.long_date(first)));
  }
  net::Response response = net::make_redirect(way == "app" ? "/renewal/app" : "/renewal");
  if (!opened->secret.empty()) add_cookie(response, trial_cookie(visit, opened->secret));
  return response;
}

}  // namespace inkan::web
