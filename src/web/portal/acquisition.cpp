#include "lifecycle/enrolment.hpp"

#include "web/portal/handlers.hpp"

namespace inkan::web {
namespace {

net::Response form_page(const Visit& visit, const std::string& typed_id, const std::string& wrong) {
  const bool any = wrong == "acquisition.refused";
  const lifecycle::AcquisitionPolicy& policy = visit.institution().acquisition;
  // A browser cannot show an expired certificate, so only a profile that asks for the password alone lets the code be left out.
  const bool needs_code = !policy.allows(lifecycle::RecoveryMethod::password);
  Values values;
  values.set("typed_id", typed_id)
      .show("wrong", !wrong.empty())
      .show("needs_code", needs_code)
      .show("code_optional", !needs_code)
      .show("mail_code", policy.allows(lifecycle::RecoveryMethod::mail_code))
      .show("wrong_any", any)
      .show("locked", wrong == "login.locked")
      .show("closed", wrong == "acquisition.closed")
      .show("held", wrong == "acquisition.held")
      .show("has_certificate", wrong == "acquisition.has_certificate");
  return visit.page(wrong.empty() ? 200 : wrong == "login.locked" ? 429 : 403, "acquisition", std::move(values));
}

}  // namespace

net::Response show_acquisition(const Visit& visit) {
  if (!lifecycle::judge_open(visit.institution(), visit.now(), false)) return visit.closed();
  return form_page(visit, {}, {});
}

net::Response open_acquisition(const Visit& visit) {
  const auto form = net::parse_form(visit.request());
  if (!form) return message(visit, 400, "problem_forbidden");
  const std::string login_id(form->get("login_id"));
  const auto opened = visit.desk().enrolment.open_acquisition(
      visit.institution(), login_id, Secret{std::string(form->get("password"))}, Secret{std::string(form->get("code"))});
  if (!opened) {
    const Error& error = opened.error();
    const bool known = error.id.starts_with("acquisition.") || error.id == "login.locked";
    return known ? form_page(visit, login_id, error.id) : visit.problem(error);
  }
  net::Response response = net::make_redirect("/acquisition/issue");
  add_cookie(response, trial_cookie(visit, opened->secret));
  add_cookie(
      response,
      {.name = kTicketCookie, .value = opened->secret, .domain = {}, .max_age = kTicketLife, .same_site = net::SameSite::strict});
  return response;
}

}  // namespace inkan::web
