#include "lifecycle/ticket.hpp"

#include <array>

namespace inkan::lifecycle {
namespace {

constexpr std::array kKinds = {TicketKind::first,    TicketKind::renewal, TicketKind::acquisition,
                               TicketKind::computer, TicketKind::reissue, TicketKind::bulk};
constexpr std::array kStages = {TicketStage::open, TicketStage::issued, TicketStage::confirmed, TicketStage::cancelled,
                                TicketStage::expired};

}  // namespace

std::string_view to_text(TicketKind kind) {
  switch (kind) {
    case TicketKind::first: return "first";
    case TicketKind::renewal: return "renewal";
    case TicketKind::acquisition: return "acquisition";
    case TicketKind::computer: return "computer";
    case TicketKind::reissue: return "reissue";
    case TicketKind::bulk: return "bulk";
  }
  return "renewal";
}

std::string_view to_text(TicketStage stage) {
  switch (stage) {
    case TicketStage::open: return "open";
    case TicketStage::issued: return "issued";
    case TicketStage::confirmed: return "confirmed";
    case TicketStage::cancelled: return "cancelled";
    case TicketStage::expired: return "expired";
  }
  return "open";
}

Result<TicketKind> parse_ticket_kind(std::string_view text) {
  for (const TicketKind kind : kKinds)
    if (to_text(kind) == text) return kind;
  return fail(Code::invalid, "ticket.unknown_kind", std::string(text));
}

Result<TicketStage> parse_ticket_stage(std::string_view text) {
  for (const TicketStage stage : kStages)
    if (to_text(stage) == text) return stage;
  return fail(Code::invalid, "ticket.unknown_stage", std::string(text));
}

}  // namespace inkan::lifecycle
