#include "lifecycle/enrolment.hpp"
#include "web/portal/handlers.hpp"
#include "web/portal/json.hpp"

// The program's way: an `inkan:` link carries institution and transaction, never an address. The page follows what the server
// holds and completes only once the program has logged in with the new certificate.

namespace inkan::web {
namespace {

using Kind = lifecycle::CertificateVerdict::Kind;
using lifecycle::TicketStage;

/// find_running is the renewal that runs for the certificate of this session. The program, which knows no cookie of ours, carries
/// it on; so it is found by holder and certificate.
Result<std::optional<lifecycle::Ticket>> find_running(const Visit& visit, const lifecycle::LoggedIn& who) {
  std::optional<lifecycle::Ticket> running;
  auto read = visit.desk().services.store.read([&](lifecycle::Reader& reader) -> Result<void> {
    auto ticket = reader.find_current_ticket(who.holder.id);
    if (!ticket) return fail(ticket);
    if (*ticket && (*ticket)->replaces == who.certificate.serial) running = std::move(**ticket);
    return {};
  });
  if (!read) return fail(read);
  const bool over = running && running->stage == TicketStage::open && running->expires_at <= visit.now();
  return over ? std::optional<lifecycle::Ticket>() : std::move(running);
}

net::Response state(std::string_view stage) {
  return net::make_response(200, "application/json", JsonObject().text("stage", std::string(stage)).close());
}

/// stage_of is what the page may say of a running renewal: nothing that the server has not seen.
std::string_view stage_of(const lifecycle::Ticket& ticket) {
  if (ticket.stage == TicketStage::issued) return "issued";
  return ticket.taken_at ? "connected" : "open";
}

/// successor_of is the certificate that took over from the one shown; its own login has confirmed it.
Result<std::optional<lifecycle::CertificateRecord>> successor_of(const Visit& visit) {
  const auto verdict = visit.desk().login.judge(visit.institution(), visit.request().peer.fingerprint);
  if (!verdict) return fail(verdict);
  return verdict->kind == Kind::superseded ? verdict->successor : std::nullopt;
}

}  // namespace

net::Response show_program(const Visit& visit) {
  const Entered who = enter_renewal(visit);
  if (!who) return who.error();
  const auto running = find_running(visit, *who);
  if (!running) return visit.problem(running.error());
  if (!*running || !visit.chose("ways", "app")) return net::make_redirect("/renewal/prepare");
  const lifecycle::Ticket& ticket = **running;
  Values values;
  values.set("bank_id", visit.institution().id)
      .set("transaction", ticket.id)
      .set("stage", std::string(stage_of(ticket)))
      .set("short", visit.chose("form", "short") ? "yes" : "no")
      .set("login_id", who->holder.id.login_id)
      .set("expiry", visit.long_date(who->certificate.expiry_day))
      .set("new_expiry",
           visit.long_date(lifecycle::renewed_expiry(visit.institution(), visit.now(), who->certificate.expiry_day)))
      .set("download_page", visit.portal() + "/app")
      .show("branded", visit.chose("issue.brand", "authority"));
  return visit.page(200, "program", std::move(values));
}

net::Response show_program_state(const Visit& visit) {
  const auto successor = successor_of(visit);
  if (!successor) return visit.problem(successor.error());
  if (*successor) return state("confirmed");
  const Entered who = enter_renewal(visit);
  if (!who) return state("gone");
  const auto running = find_running(visit, *who);
  if (!running) return visit.problem(running.error());
  if (!*running) return state("gone");
  return state(stage_of(**running));
}

net::Response show_program_done(const Visit& visit) {
  const auto successor = successor_of(visit);
  if (!successor) return visit.problem(successor.error());
  if (!*successor) return net::make_redirect("/renewal/app");
  return show_completion(visit, **successor, {.replaced = true, .from_file = false});
}

net::Response show_download(const Visit& visit) {
  const auto& program = visit.desk().program;
  Values values;
  values.show("placed", program.has_value()).show("absent", !program.has_value());
  if (program) {
    values.set("file_name", program->name)
        .set("version", program->version)
        .set("file_size", std::to_string(program->content.size()))
        .set("hash", sha256(as_bytes(program->content)).hex())
        .show("is_linux", program->content.starts_with("\x7f"
                                                       "ELF"))
        .show("is_windows", program->content.starts_with("MZ"))
        .show("is_other", !program->content.starts_with("\x7f"
                                                        "ELF") &&
                              !program->content.starts_with("MZ"));
  }
  return visit.page(200, "download", std::move(values));
}

net::Response send_program(const Visit& visit) {
  const auto& program = visit.desk().program;
  if (!program) return message(visit, 404, "problem_not_found");
  net::Response response = net::make_response(200, "application/octet-stream", program->content);
  response.headers.set("Content-Disposition", "attachment; filename=\"" + program->name + "\"");
  return response;
}

}  // namespace inkan::web
