#include "base/log.hpp"
#include "web/console/handlers.hpp"
#include "web/cookies.hpp"
#include "web/password_words.hpp"

namespace inkan::web::console {
namespace {

constexpr std::chrono::hours kLong{24 * 400};

const PasswordWords kPassword = {"desk_login.wrong_password", "desk_login.few_left", "desk_login.locked"};

net::Response login_page(const Visit& visit, const Error* refused, bool ended = false) {
  Values values;
  values.set("institution", visit.institution().name).show("ended", ended).show("wrong", refused != nullptr);
  if (refused) values.set("wrong_words", password_words(*refused, kPassword, [&](const auto& key) { return visit.word(key); }));
  return visit.page(refused ? password_status(*refused) : 200, "desk_login", std::move(values), false);
}

net::Cookie staff_cookie(std::string token) {
  return {.name = kStaffCookie, .value = std::move(token), .domain = {}, .max_age = {}, .same_site = net::SameSite::strict};
}

}  // namespace

net::Response turn_away(const Visit& visit) {
  if (visit.trouble()) return visit.problem(*visit.trouble());
  const net::Peer& peer = visit.request().peer;
  if (peer.certificate_refused) return visit.message(403, "desk_refused");
  return visit.message(403, peer.fingerprint ? "desk_unknown" : "desk_none");
}

Entered enter(const Visit& visit) {
  if (!visit.staff()) return std::unexpected(turn_away(visit));
  auto found = visit.desk().bank_desk.resume(visit.institution(), visit.token(), visit.request().peer.fingerprint);
  if (found) return std::move(*found);
  if (found.error().code != Code::unauthenticated) return std::unexpected(visit.problem(found.error()));
  return std::unexpected(net::make_redirect(visit.token().empty() ? "/login" : "/login?ended=1"));
}

net::Response go_to_search(const Visit& /*visit*/) { return net::make_redirect("/search"); }

net::Response choose_language(const Visit& visit) {
  const std::string chosen = name_of(visit, "/language/");
  if (chosen != "ja" && chosen != "en") return visit.message(404, "desk_not_found");
  net::Response response = net::make_redirect("/search");
  add_cookie(response, {.name = kLanguageCookie, .value = chosen, .domain = {}, .max_age = kLong});
  return response;
}

net::Response show_login(const Visit& visit) {
  if (!visit.staff()) return turn_away(visit);
  return login_page(visit, nullptr, visit.request().find_query("ended").has_value());
}

net::Response log_in(const Visit& visit) {
  if (!visit.staff()) return turn_away(visit);
  const auto form = net::parse_form(visit.request());
  if (!form) return visit.message(400, "desk_forbidden");
  const Secret password{std::string(form->get("password"))};
  const auto opened = visit.desk().bank_desk.open(visit.institution(), visit.request().peer.fingerprint, password);
  if (!opened) {
    const Error& error = opened.error();
    if (error.id == "staff.certificate") return visit.message(403, "desk_unknown");
    if (error.id != "login.password" && error.id != "login.locked") return visit.problem(error);
    return login_page(visit, &error);
  }
  net::Response response = net::make_redirect("/search");
  add_cookie(response, staff_cookie(opened->token));
  return response;
}

net::Response log_out(const Visit& visit) {
  if (const auto closed = visit.desk().bank_desk.close(visit.token()); !closed) return visit.problem(closed.error());
  net::Response response = net::make_redirect("/logged-out");
  net::Cookie gone = staff_cookie({});
  gone.max_age = std::chrono::seconds{0};
  add_cookie(response, gone);
  return response;
}

net::Response show_logged_out(const Visit& visit) {
  return visit.message(200, "desk_logged_out", Values{}.set("back", "/login").show("to_back", true));
}

}  // namespace inkan::web::console
