#include "lifecycle/enrolment.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "web/portal/handlers.hpp"
#include "web/portal/json.hpp"
#include "web/words.hpp"

namespace inkan::web {
namespace {

using lifecycle::Ticket;
using lifecycle::TicketKind;
using lifecycle::TicketStage;

/// Way is what differs between the two ways to an issue.
struct Way {
  const char* path;
  const char* page;
  const char* cancelled;
  const char* start;   ///< where to begin again
  const char* cookie;  ///< holds the ticket's secret
};

const Way kRenewal = {"/renewal", "renewal", "cancelled", "/renewal/prepare", kTrialCookie};
const Way kAcquisition = {"/acquisition", "acquisition_issue", "acquisition_cancelled", "/acquisition", kTicketCookie};

const Way& way_of(const Visit& visit) { return visit.label().empty() ? kAcquisition : kRenewal; }

/// InHand is a running transaction and whose it is.
struct InHand {
  Ticket ticket;
  lifecycle::Holder holder;
};

/// load_ticket finds the transaction of this browser's secret. A renewal's must also be the session's holder's.
Result<Ticket> load_ticket(const Visit& visit, const lifecycle::HolderId* holder) {
  const auto secret = visit.request().find_cookie(way_of(visit).cookie);
  if (!secret || secret->empty()) return fail(Code::not_found, "ticket.not_found");
  auto ticket = visit.desk().enrolment.resume(visit.institution(), *secret);
  if (!ticket) return ticket;
  if (holder ? ticket->holder != *holder : ticket->kind == TicketKind::renewal) return fail(Code::not_found, "ticket.not_found");
  if (ticket->stage == TicketStage::cancelled || ticket->stage == TicketStage::expired)
    return fail(Code::expired, "ticket.expired");
  if (ticket->stage == TicketStage::open && ticket->expires_at <= visit.now()) return fail(Code::expired, "ticket.expired");
  return ticket;
}

Result<lifecycle::Holder> load_holder(const Visit& visit, const lifecycle::HolderId& id) {
  Result<lifecycle::Holder> holder = fail(Code::not_found, "holder.unknown");
  auto read = visit.desk().services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto found = reader.find_holder(id);
    if (!found) return fail(found);
    if (*found) holder = std::move(**found);
    return {};
  });
  if (!read) return fail(read);
  return holder;
}

/// Taken is a transaction in hand, or the answer to give instead.
using Taken = std::expected<InHand, net::Response>;

/// take finds transaction and holder for a page; who has none is led to where one begins.
Taken take(const Visit& visit, std::optional<lifecycle::CertificateRecord>* present) {
  std::optional<lifecycle::Holder> holder;
  if (!visit.label().empty()) {
    Entered who = enter_renewal(visit);
    if (!who) return std::unexpected(who.error());
    if (present) *present = std::move(who->certificate);
    holder = std::move(who->holder);
  }
  auto ticket = load_ticket(visit, holder ? &holder->id : nullptr);
  if (!ticket) {
    const bool none = ticket.error().code == Code::not_found || ticket.error().code == Code::expired;
    return std::unexpected(none ? net::make_redirect(way_of(visit).start) : visit.problem(ticket.error()));
  }
  if (!holder) {
    auto found = load_holder(visit, ticket->holder);
    if (!found) return std::unexpected(visit.problem(found.error()));
    holder = std::move(*found);
  }
  return InHand{std::move(*ticket), std::move(*holder)};
}

/// put_system opens the import steps of the browser that asks; without a sign, those of Windows.
void put_system(Values& values, const Visit& visit) {
  const auto agent = visit.request().find_header("User-Agent").value_or("");
  const bool firefox = agent.contains("Firefox/");
  const bool linux = !firefox && agent.contains("Linux");
  values.show("is_firefox", firefox).show("is_linux", linux).show("is_windows", !firefox && !linux);
}

/// put_questions opens the questions of the institution's form, in its order: those before the act, in `asks`, are answered
/// before anything is done; the last, for the file, follows the issue.
void put_questions(Values& values, const Visit& visit) {
  const bool short_form = visit.chose("form", "short");
  std::string asks;
  for (const std::string& name : split(visit.screen("issue.asks"), ' '))
    if (name != "file") asks += (asks.empty() ? "" : " ") + name;
  values.set("asks", asks)
      .set("short", short_form ? "yes" : "no")
      .set("key_words", std::string(pki::to_words(visit.institution().page_key)))
      .show("asks_key", visit.chose("issue.asks", "key"))
      .show("asks_both", visit.chose("issue.asks", "both"))
      .show("asks_protection", visit.chose("issue.asks", "protection"))
      .show("steps", visit.chose("issue.steps", "yes"))
      .show("aborts", visit.chose("issue.aborts", "yes"))
      .show("branded", visit.chose("issue.brand", "authority"));
}

net::Response json_answer(int status, std::string body) {
  return net::make_response(status, "application/json", std::move(body));
}

int status_of(Code code) {
  switch (code) {
    case Code::invalid: return 400;
    case Code::too_large: return 413;
    case Code::unauthenticated: return 401;
    case Code::not_found: return 404;
    case Code::conflict:
    case Code::expired: return 409;
    case Code::too_many: return 429;
    case Code::unavailable: return 503;
    case Code::forbidden:
    case Code::refused: return 403;
    case Code::corrupt:
    case Code::internal: return 500;
  }
  return 500;
}

/// refuse_request gives the page's script the stable id, and whether to ask again by itself.
net::Response refuse_request(const Error& error) {
  const bool later = error.code == Code::unavailable && error.id != "service.closed";
  const bool again = later || error.id == "issuance.running" || error.id == "issuance.abandoned";
  log(LogLevel::info, "web", "web.request_refused", {{"id", error.id}, {"detail", error.detail}});
  return json_answer(status_of(error.code), JsonObject().text("code", error.id).flag("again", again).close());
}

/// issued_answer is all that the page needs to write the file.
net::Response issued_answer(const Visit& visit, const lifecycle::CertificateRecord& certificate) {
  std::vector<std::string> chain;
  for (const ca::Authority& authority : visit.desk().services.issuer.authorities())
    if (authority.id == certificate.authority) chain.push_back(to_base64(authority.certificate.der()));
  const std::string& login_id = certificate.holder.login_id;
  return json_answer(200, JsonObject()
                              .text("certificate", to_base64(certificate.der))
                              .texts("chain", chain)
                              .text("expiry", to_iso(certificate.expiry_day))
                              .text("serial", certificate.serial.hex())
                              .text("file_name", login_id + "_" + to_compact(certificate.expiry_day) + ".p12")
                              .text("friendly_name", visit.institution().name + " " + login_id + " " +
                                                         to_japanese(certificate.expiry_day) + "まで")
                              .close());
}

}  // namespace

net::Response show_issue(const Visit& visit) {
  std::optional<lifecycle::CertificateRecord> present;
  const Taken taken = take(visit, &present);
  if (!taken) return taken.error();
  const auto& [ticket, holder] = *taken;
  const Way& way = way_of(visit);
  if (ticket.stage == TicketStage::confirmed) return net::make_redirect(visit.label().empty() ? "/" : "/notices");

  const bool renews = ticket.kind == lifecycle::TicketKind::renewal && present;
  Day new_expiry =
      lifecycle::renewed_expiry(visit.institution(), visit.now(), renews ? std::optional(present->expiry_day) : std::nullopt);
  if (ticket.stage == TicketStage::issued) {
    const auto issued = visit.desk().enrolment.certificate_of(visit.institution(), ticket);
    if (!issued) return visit.problem(issued.error());
    new_expiry = issued->expiry_day;
  }
  const bool inside = visit.chose("issue.screen", "inline");
  const bool short_form = visit.chose("form", "short");
  Values values;
  values.set("ticket", ticket.id)
      .set("stage", std::string(to_text(ticket.stage)))
      .set("key_kind", std::string(to_text(visit.institution().page_key)))
      .set("login_id", holder.id.login_id)
      .set("company", holder.company)
      .set("path", way.path)
      .set("start", way.start)
      .set("maker", visit.label().empty() ? "portal" : visit.label())
      .set("new_expiry", visit.long_date(new_expiry))
      .show("past_start", ticket.stage == TicketStage::issued || short_form)
      .show("inline", inside)
      .show("own_screen", !inside)
      .show("has_current", present.has_value());
  if (present) values.set("expiry", visit.long_date(present->expiry_day));
  put_questions(values, visit);
  put_system(values, visit);
  return visit.page(200, way.page, std::move(values));
}

net::Response take_request(const Visit& visit) {
  std::optional<lifecycle::HolderId> holder;
  if (!visit.label().empty()) {
    const auto token = visit.request().find_cookie(kSessionCookie).value_or("");
    const auto who = visit.desk().login.resume_renewal(visit.institution(), token, visit.request().peer.fingerprint);
    if (!who) return refuse_request(who.error());
    holder = who->holder.id;
  }
  const auto ticket = load_ticket(visit, holder ? &*holder : nullptr);
  if (!ticket) return refuse_request(ticket.error());
  // The page names the ticket it was made for: a page that was left open is not taken for the transaction that runs now.
  if (visit.request().find_header("Inkan-Ticket") != ticket->id)
    return refuse_request({Code::not_found, "ticket.not_found", "other page"});
  if (visit.request().find_header("Content-Type") != "application/pkcs10")
    return refuse_request({Code::invalid, "csr.media_type", {}});
  const auto request = pki::Csr::parse(as_bytes(visit.request().body));
  if (!request) return refuse_request(request.error());
  const auto issued = visit.desk().enrolment.submit(visit.institution(), ticket->id, *request, actor_of(ticket->holder));
  if (!issued) return refuse_request(issued.error());
  return issued_answer(visit, *issued);
}

net::Response cancel_issue(const Visit& visit) {
  const Taken taken = take(visit, nullptr);
  if (!taken) return taken.error();
  const auto cancelled = visit.desk().enrolment.cancel(visit.institution(), taken->ticket.id, actor_of(taken->ticket.holder));
  if (!cancelled) return visit.problem(cancelled.error());
  // Something was issued meanwhile, in another window: then it is not true that nothing was changed.
  const std::string path = way_of(visit).path;
  return net::make_redirect(cancelled->stage == TicketStage::issued ? path : path + "/cancelled");
}

net::Response show_cancelled(const Visit& visit) {
  const Way& way = way_of(visit);
  const bool renewal = !visit.label().empty();
  Values values;
  values.set("again", renewal ? way.start : std::string(way.path) + "/issue").show("to_again", true).show("closable", renewal);
  values.show("branded", renewal && visit.chose("issue.brand", "authority"));
  return message(visit, 200, way.cancelled, std::move(values));
}

net::Response make_anew(const Visit& visit) {
  const Taken taken = take(visit, nullptr);
  if (!taken) return taken.error();
  const Way& way = way_of(visit);
  const auto reopened = visit.desk().enrolment.make_anew(visit.institution(), taken->ticket.id, actor_of(taken->ticket.holder));
  if (!reopened && reopened.error().id != "ticket.stage") return visit.problem(reopened.error());
  return net::make_redirect(visit.label().empty() ? std::string(way.path) + "/issue" : way.path);
}

}  // namespace inkan::web
