#include "lifecycle/tickets.hpp"

#include "lifecycle/codes.hpp"

namespace inkan::lifecycle {

void audit_ticket(Writer& writer, const Ticket& ticket, Instant now, const std::string& actor, const char* action) {
  AuditEntry entry = entry_for(ticket.holder, now, actor, action);
  entry.detail = {{"ticket", ticket.id}, {"kind", std::string(to_text(ticket.kind))}, {"evidence", ticket.evidence}};
  writer.audit(std::move(entry));
}

Result<void> close_ticket(Writer& writer, Ticket ticket, TicketStage stage, Instant now, const std::string& actor) {
  ticket.stage = stage;
  if (auto put = writer.put_ticket(ticket); !put) return put;
  audit_ticket(writer, ticket, now, actor, stage == TicketStage::expired ? "ticket.expired" : "ticket.cancelled");
  return {};
}

Result<void> end_under_way(Writer& writer, const HolderId& holder, Instant now, const std::string& actor) {
  if (auto ended = end_codes(writer, holder, now); !ended) return fail(ended);
  auto running = writer.find_current_ticket(holder);
  if (!running) return fail(running);
  if (!*running) return {};
  return close_ticket(writer, std::move(**running), TicketStage::cancelled, now, actor);
}

}  // namespace inkan::lifecycle
