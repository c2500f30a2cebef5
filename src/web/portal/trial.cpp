#include "lifecycle/enrolment.hpp"
#include "web/portal/handlers.hpp"
#include "web/words.hpp"

// 取り込みを確認する: a POST to a host that this browser has never been to makes it choose a certificate anew, without a restart.
// It counts only with the cookie of its own transaction.

namespace inkan::web {
namespace {

using Kind = lifecycle::CertificateVerdict::Kind;
using lifecycle::TicketKind;
using lifecycle::TicketStage;

constexpr const char* kPortalMark = "portal";
constexpr std::chrono::hours kLong{24 * 400};

/// Maker is the host where the key was made, as the pages of the trial hand it on: a label, or "portal".
std::string maker_of(std::string_view given, const Visit& visit) {
  if (is_label(given) || given == kPortalMark) return std::string(given);
  return visit.label().empty() ? kPortalMark : visit.label();
}

std::string maker_origin(const Visit& visit, const std::string& maker) {
  return maker == kPortalMark ? visit.portal() : visit.site().login_origin(maker);
}

std::string secret_of(const Visit& visit) { return visit.request().find_cookie(kTrialCookie).value_or(""); }

net::Response no_ticket(const Visit& visit, const Error& error) {
  if (error.code != Code::not_found && error.code != Code::conflict) return visit.problem(error);
  return message(visit, 404, "problem_no_ticket");
}

}  // namespace

net::Cookie trial_cookie(const Visit& visit, const std::string& secret) {
  return {.name = kTrialCookie,
          .value = secret,
          .domain = visit.site().origins.login_suffix,
          .max_age = kTicketLife,
          .same_site = net::SameSite::strict};
}

net::Response start_trial(const Visit& visit) {
  // 307 keeps the POST and its body; the label is made at each press, since a host is fresh only once.
  return net::make_redirect(visit.site().login_origin(make_label(visit.desk().services.rng)) + "/trial", 307);
}

net::Response try_certificate(const Visit& visit) {
  const auto form = net::parse_form(visit.request());
  const std::string maker = maker_of(form ? form->get("maker") : "", visit);
  const auto ticket = visit.desk().enrolment.resume(visit.institution(), secret_of(visit));
  if (!ticket) return no_ticket(visit, ticket.error());
  const auto confirmed = visit.desk().enrolment.confirm(visit.institution(), ticket->id, visit.request().peer.fingerprint);
  if (!confirmed) {
    if (confirmed.error().id == "ticket.other_certificate") return net::make_redirect("/trial/pending?maker=" + maker);
    return no_ticket(visit, confirmed.error());
  }
  net::Response response = net::make_redirect(maker_origin(visit, maker) + "/trial/clean?label=" + visit.label());
  add_cookie(response,
             {.name = kHostCookie, .value = visit.label(), .domain = visit.site().origins.login_suffix, .max_age = kLong});
  return response;
}

net::Response show_pending(const Visit& visit) {
  const auto ticket = visit.desk().enrolment.resume(visit.institution(), secret_of(visit));
  if (!ticket) return no_ticket(visit, ticket.error());
  const auto issued = visit.desk().enrolment.certificate_of(visit.institution(), *ticket);
  if (!issued) return no_ticket(visit, issued.error());
  const auto verdict = visit.desk().login.judge(visit.institution(), visit.request().peer.fingerprint);
  if (!verdict) return visit.problem(verdict.error());
  const std::string maker = maker_of(visit.request().find_query("maker").value_or(""), visit);
  const bool firefox = visit.request().find_header("User-Agent").value_or("").contains("Firefox/");
  const bool shown = verdict->certificate.has_value();

  Values values;
  values.set("new_expiry", visit.long_date(issued->expiry_day))
      .set("maker", maker)
      .set("back", maker_origin(visit, maker) + (maker == kPortalMark ? "/acquisition/issue" : "/renewal"))
      .show("has_current", ticket->kind == TicketKind::renewal)
      .show("shown", shown)
      .show("none", !shown)
      .show("is_firefox", firefox)
      .show("restart", visit.chose("completion.restart", "yes"))
      .show("branded", visit.chose("issue.brand", "authority"));
  if (shown) values.set("shown_expiry", visit.long_date(verdict->certificate->expiry_day));
  return visit.page(200, "pending", std::move(values));
}

net::Response clean_up(const Visit& visit) {
  const std::string label(visit.request().find_query("label").value_or(""));
  if (!is_label(label)) return message(visit, 404, "problem_not_found");
  net::Response response = net::make_redirect(visit.site().login_origin(label) + "/trial/done");
  const auto ticket = visit.desk().enrolment.resume(visit.institution(), secret_of(visit));
  if (!ticket && ticket.error().code != Code::not_found) return visit.problem(ticket.error());
  // Key and password go once the certificate was used, and not before, whoever links here.
  if (ticket && ticket->stage == TicketStage::confirmed) response.headers.set("Clear-Site-Data", "\"storage\"");
  return response;
}

net::Response show_done(const Visit& visit) {
  const auto ticket = visit.desk().enrolment.resume(visit.institution(), secret_of(visit));
  if (!ticket) return no_ticket(visit, ticket.error());
  const auto verdict = visit.desk().login.judge(visit.institution(), visit.request().peer.fingerprint);
  if (!verdict) return visit.problem(verdict.error());
  const bool used =
      ticket->stage == TicketStage::confirmed && verdict->kind == Kind::good && ticket->serial == verdict->certificate->serial;
  if (!used) return net::make_redirect("/trial/pending");

  return show_completion(visit, *verdict->certificate, {.replaced = ticket->kind == TicketKind::renewal, .from_file = true});
}

}  // namespace inkan::web
