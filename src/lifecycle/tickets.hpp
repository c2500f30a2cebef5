#pragma once

#include <string>

#include "lifecycle/services.hpp"

/// What several acts do to a transaction that is under way, inside a running store transaction on its locked holder.
namespace inkan::lifecycle {

/// audit_ticket adds an entry about a ticket: "ticket.opened", "ticket.cancelled" …
void audit_ticket(Writer& writer, const Ticket& ticket, Instant now, const std::string& actor, const char* action);

/// close_ticket ends a ticket as `cancelled` or `expired`; a certificate it issued stays as it is.
Result<void> close_ticket(Writer& writer, Ticket ticket, TicketStage stage, Instant now, const std::string& actor);

/// end_under_way ends what a holder has begun: every unused code, and the transaction that runs. Whoever a certificate is taken
/// from loses these with it (I7).
Result<void> end_under_way(Writer& writer, const HolderId& holder, Instant now, const std::string& actor);

}  // namespace inkan::lifecycle
