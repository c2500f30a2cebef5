#include "lifecycle/login.hpp"

#include "web/portal/handlers.hpp"
#include "web/portal/reminder.hpp"
#include "web/portal/sign_on.hpp"

namespace inkan::web {
namespace {

using Kind = lifecycle::CertificateVerdict::Kind;

constexpr std::chrono::hours kLong{24 * 400};

std::string session_token(const Visit& visit) { return visit.request().find_cookie(kSessionCookie).value_or(""); }

net::Response password_page(const Visit& visit, const lifecycle::CertificateVerdict& verdict, const Error* refused) {
  const lifecycle::Holder& holder = *verdict.holder;
  const auto asked = find_carried(visit);
  Values values;
  values.set("company", holder.company)
      .set("role", visit.word("role." + std::string(to_text(holder.role))))
      .set("login_id", holder.id.login_id)
      .set("expiry", visit.long_date(verdict.certificate->expiry_day))
      .set("fresh", visit.fresh_login())
      .set("application", asked ? asked->party->name : std::string())
      .set("action", "/login" + visit.carry())
      .show("going_to", asked.has_value());
  const int status = visit.wrong_password(values, refused);
  return visit.page(status, "password", std::move(values));
}

/// refuse_or gives the words for a certificate that may not log in, or what stands to be said otherwise.
template <class Otherwise>
net::Response refuse_or(const Visit& visit, Otherwise otherwise) {
  const auto verdict = visit.desk().login.judge(visit.institution(), visit.request().peer.fingerprint);
  if (!verdict) return visit.problem(verdict.error());
  if (!verdict->may_renew()) return refuse(visit, *verdict);
  return otherwise(*verdict);
}

Entered entered(const Visit& visit, Result<lifecycle::LoggedIn> session, bool renews) {
  if (session) return std::move(*session);
  if (session.error().code != Code::unauthenticated) return std::unexpected(visit.problem(session.error()));
  return std::unexpected(refuse_or(visit, [&](const lifecycle::CertificateVerdict& verdict) {
    // A certificate that may only renew (O19) opens no other page.
    return verdict.kind == Kind::good || renews ? net::make_redirect("/login") : refuse(visit, verdict);
  }));
}

}  // namespace

Entered enter(const Visit& visit) {
  return entered(visit, visit.desk().login.resume(visit.institution(), session_token(visit), visit.request().peer.fingerprint),
                 false);
}

Entered enter_renewal(const Visit& visit) {
  return entered(visit,
                 visit.desk().login.resume_renewal(visit.institution(), session_token(visit), visit.request().peer.fingerprint),
                 true);
}

net::Response go_home(const Visit& visit) { return net::make_redirect(home_of(visit)); }

net::Response show_password(const Visit& visit) {
  return refuse_or(visit, [&](const auto& verdict) { return password_page(visit, verdict, nullptr); });
}

net::Response log_in(const Visit& visit) {
  const auto form = net::parse_form(visit.request());
  if (!form) return message(visit, 400, "problem_forbidden");
  const Secret password{std::string(form->get("password"))};
  const auto opened = visit.desk().login.open(visit.institution(), visit.request().peer.fingerprint, password);
  if (!opened) {
    const Error& error = opened.error();
    if (error.id != "login.password" && error.id != "login.locked" && error.id != "login.certificate")
      return visit.problem(error);
    return refuse_or(visit, [&](const auto& verdict) { return password_page(visit, verdict, &error); });
  }
  const bool late = !may_log_in(opened->logged_in.status);
  const auto asked = late ? std::nullopt : find_carried(visit);
  net::Response response = asked ? go_to_application(visit, *asked, opened->logged_in)
                                 : net::make_redirect(late ? "/renewal/prepare" : first_page(visit, opened->logged_in));
  const std::string& everywhere = visit.site().origins.login_suffix;
  add_cookie(response, {.name = kSessionCookie, .value = opened->token, .domain = {}, .same_site = net::SameSite::strict});
  add_cookie(response, {.name = kHostCookie, .value = visit.label(), .domain = everywhere, .max_age = kLong});
  add_cookie(
      response,
      {.name = kUntilCookie, .value = to_iso(opened->logged_in.certificate.expiry_day), .domain = everywhere, .max_age = kLong});
  return response;
}

net::Response log_out(const Visit& visit) {
  if (const auto closed = visit.desk().login.close(session_token(visit)); !closed) return visit.problem(closed.error());
  // 戻る of D4-10 leads back to the login screen (O36).
  const auto form = net::parse_form(visit.request());
  const bool back = form && form->get("to") == "portal";
  net::Response response = net::make_redirect(back ? visit.portal() + "/" : "/logged-out");
  add_cookie(response, {.name = kSessionCookie,
                        .value = "",
                        .domain = {},
                        .max_age = std::chrono::seconds{0},
                        .same_site = net::SameSite::strict});
  return response;
}

net::Response show_logged_out(const Visit& visit) { return message(visit, 200, "logged_out"); }

}  // namespace inkan::web
