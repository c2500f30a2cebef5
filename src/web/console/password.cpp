// A person of the bank gives the own desk password another value.

#include "web/console/handlers.hpp"

namespace inkan::web::console {
namespace {

net::Response form_page(const Visit& visit, int status, const std::string& wrong) {
  return visit.page(status, "desk_password", Values{}.show("wrong", !wrong.empty()).set("reason_wrong", wrong));
}

}  // namespace

net::Response show_password(const Visit& visit) {
  const Entered who = enter(visit);
  return who ? form_page(visit, 200, {}) : who.error();
}

net::Response change_password(const Visit& visit) {
  const Entered who = enter(visit);
  if (!who) return who.error();
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  if (form->get("wanted") != form->get("again")) return form_page(visit, 400, visit.word("desk_password.unequal"));
  const auto changed = visit.desk().bank_desk.change_password(who->staff.id, Secret{std::string(form->get("present"))},
                                                              Secret{std::string(form->get("wanted"))});
  if (!changed) {
    const Error& error = changed.error();
    if (error.id == "login.locked") return form_page(visit, 429, reason_words(visit, error));
    if (error.id == "login.password" || error.id == "staff.password") return form_page(visit, 403, reason_words(visit, error));
    return visit.problem(error);
  }
  return visit.message(200, "desk_password_changed", Values{}.set("back", "/login").show("to_back", true));
}

}  // namespace inkan::web::console
