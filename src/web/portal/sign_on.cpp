#include "web/portal/sign_on.hpp"

#include <algorithm>

#include "web/portal/handlers.hpp"
#include "web/portal/reminder.hpp"

// The authorization endpoint of OpenID Connect (docs/decisions/0024). An application's page sends the customer to the portal,
// which asks for no certificate; the session is on a login host, with a cookie that goes along with our own pages' requests
// alone. So the portal answers with a page that goes on by itself, and nobody is sent from another site straight to where a code
// is given.

namespace inkan::web {
namespace {

constexpr std::chrono::hours kLong{24 * 400};

/// send_back answers an application: its address, with what it is told, the state it gave, and who says so (RFC 9207).
net::Response send_back(const Visit& visit, const std::string& redirect_uri, net::Pairs told, const std::string& state) {
  told.emplace_back("state", state);
  told.emplace_back("iss", visit.portal());
  return net::make_redirect(with_query(redirect_uri, told));
}

net::Response refuse_request(const Visit& visit, const AuthorizationRefusal& refusal) {
  if (refusal.redirect_uri.empty()) return message(visit, 400, "problem_application");
  return send_back(visit, refusal.redirect_uri, {{"error", refusal.error}, {"error_description", refusal.description}},
                   refusal.state);
}

bool is_served(const Visit& visit) {
  return visit.desk().sign_on != nullptr && visit.desk().sign_on->serves(visit.institution().id);
}

/// going is a page that names the application and goes on to `address`: by itself, unless there is something to read first.
net::Response going(const Visit& visit, const lifecycle::RelyingParty& party, const std::string& address, Values values,
                    bool by_itself) {
  values.set("application", party.name).set("address", address).show("by_itself", by_itself);
  net::Response response = visit.page(200, "going", std::move(values));
  if (by_itself && response.status == 200) response.headers.set("Refresh", "0;url=" + address);
  return response;
}

/// fits tells whether a session is what the application asks for: young enough, and of whom it thinks.
bool fits(const Visit& visit, const Authorization& asked, const lifecycle::LoggedIn& who) {
  if (asked.anew) return false;
  if (asked.max_age && visit.now() >= who.session.created_at + *asked.max_age) return false;
  if (asked.hint.empty()) return true;
  const auto hint = visit.desk().read_id_token(visit.institution().id, asked.hint);
  return hint && hint->subject == who.holder.id.login_id;
}

net::Response to_password(const Visit& visit, const Authorization& asked) {
  if (asked.silent)
    return send_back(visit, asked.redirect_uri,
                     {{"error", "login_required"}, {"error_description", "the customer has to log in"}}, asked.state);
  return net::make_redirect("/login?for=" + net::percent_encode(asked.query));
}

}  // namespace

std::optional<Authorization> find_carried(const Visit& visit) {
  const auto carried = visit.request().find_query("for");
  if (!carried || !is_served(visit)) return {};
  const auto target = net::parse_target("/?" + std::string(*carried));
  if (!target) return {};
  auto asked = parse_authorization(*visit.desk().sign_on, visit.institution().id, target->query);
  if (!asked) return {};
  return std::move(*asked);
}

net::Response begin_authorization(const Visit& visit) {
  if (!is_served(visit)) return message(visit, 404, "problem_not_found");
  const auto asked = parse_authorization(*visit.desk().sign_on, visit.institution().id, visit.request().query);
  if (!asked) return refuse_request(visit, asked.error());
  const auto known = visit.request().find_cookie(kHostCookie);
  const bool there = known && is_label(*known) && !asked->another;
  const std::string label = there ? *known : make_label(visit.desk().services.rng);
  net::Response response = going(visit, *asked->party, visit.site().login_origin(label) + "/authorize?" + asked->query,
                                 Values{}.show("due", false), true);
  add_cookie(response, {.name = kHostCookie, .value = label, .domain = visit.site().origins.login_suffix, .max_age = kLong});
  return response;
}

net::Response begin_posted_authorization(const Visit& visit) {
  const auto form = net::parse_form(visit.request());
  if (!form) return message(visit, 400, "problem_application");
  return net::make_redirect(with_query("/authorize", form->fields()));
}

net::Response authorize(const Visit& visit) {
  if (!is_served(visit)) return message(visit, 404, "problem_not_found");
  const auto asked = parse_authorization(*visit.desk().sign_on, visit.institution().id, visit.request().query);
  if (!asked) return refuse_request(visit, asked.error());
  const std::string token = visit.request().find_cookie(kSessionCookie).value_or("");
  const auto session = visit.desk().login.resume(visit.institution(), token, visit.request().peer.fingerprint);
  if (!session && session.error().code != Code::unauthenticated) return visit.problem(session.error());
  if (!session || !fits(visit, *asked, *session)) return to_password(visit, *asked);
  const auto code = visit.desk().sign_on->grant(visit.institution(), *session,
                                                {.party = *asked->party,
                                                 .redirect_uri = asked->redirect_uri,
                                                 .scope = asked->scope,
                                                 .challenge = asked->challenge,
                                                 .nonce = asked->nonce});
  if (!code && code.error().code == Code::unauthenticated) return to_password(visit, *asked);
  if (!code) return visit.problem(code.error());
  return send_back(visit, asked->redirect_uri, {{"code", *code}}, asked->state);
}

net::Response go_to_application(const Visit& visit, const Authorization& asked, const lifecycle::LoggedIn& who) {
  const auto reminder = load_reminder(visit, who);
  if (!reminder) return visit.problem(reminder.error());
  const bool due = reminder->notice.has_value();
  Values values;
  values.show("due", due);
  if (due)
    values.sections["due"]
        .front()
        .set("expiry", visit.long_date(who.certificate.expiry_day))
        .set("first", first_page(visit, who));
  return going(visit, *asked.party, "/authorize?" + asked.after_login, std::move(values), !due);
}

net::Response end_session(const Visit& visit) {
  if (!is_served(visit)) return message(visit, 404, "problem_not_found");
  net::Pairs fields = visit.request().query;
  if (visit.request().method == "POST") {
    const auto form = net::parse_form(visit.request());
    if (!form) return message(visit, 400, "problem_application");
    fields = form->fields();
  }
  const net::Form form(std::move(fields));
  const auto hint = visit.desk().read_id_token(visit.institution().id, form.get("id_token_hint"));
  const lifecycle::RelyingParty* party = hint ? visit.desk().sign_on->find(visit.institution().id, hint->client) : nullptr;
  const std::string back(form.get("post_logout_redirect_uri"));
  const bool known = party != nullptr && (back.empty() || std::ranges::count(party->logout_uris, back) > 0) &&
                     form.find("client_id").value_or(hint->client) == hint->client;
  if (!known) return message(visit, 400, "problem_application");
  if (const auto ended = visit.desk().sign_on->sign_out(visit.institution(), *party, hint->sid); !ended)
    return visit.problem(ended.error());
  if (back.empty()) return message(visit, 200, "logged_out");
  return net::make_redirect(with_query(back, {{"state", std::string(form.get("state"))}}));
}

}  // namespace inkan::web
