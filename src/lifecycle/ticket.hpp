#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/holder.hpp"
#include "pki/serial.hpp"

namespace inkan::lifecycle {

/// TicketKind is the path by which a certificate may be issued (I6); each has its own evidence.
enum class TicketKind {
  first,        ///< approved by the bank; password and one-time code
  renewal,      ///< the present certificate, valid, in the window
  acquisition,  ///< after expiry, within the grace days: password and what the profile's methods ask (O7)
  computer,     ///< パソコンの変更: password and a code for it, while the present certificate is valid (O11)
  reissue,      ///< approved by the bank after loss or closing; password and one-time code
  bulk,         ///< approved by the bank; requested by its registration authority
};

/// TicketStage is how far the transaction got (journeys.md 1.7 c).
enum class TicketStage {
  open,       ///< may take a request
  issued,     ///< has one live certificate, not yet used
  confirmed,  ///< the certificate was used; the old one is retired
  cancelled,  ///< いいえ before anything was issued, or another way was taken
  expired,    ///< not finished in time; what it issued stays usable (1.7 a)
};

std::string_view to_text(TicketKind kind);
std::string_view to_text(TicketStage stage);
Result<TicketKind> parse_ticket_kind(std::string_view text);
Result<TicketStage> parse_ticket_stage(std::string_view text);

/// Ticket is one issue transaction: one authority to get one live certificate. It outlives windows, reloads and restarts.
struct Ticket {
  std::string id;  ///< 128 random bits, hexadecimal; opens nothing by itself
  HolderId holder;
  TicketKind kind = TicketKind::renewal;
  TicketStage stage = TicketStage::open;
  /// evidence says what the ticket stands on: "certificate:SERIAL", "code:ID", "old_key:SERIAL", "password",
  /// "approval:ra FINGERPRINT".
  std::string evidence;
  std::optional<pki::SerialNumber> replaces;  ///< the certificate to retire at confirmation
  std::optional<pki::SerialNumber> serial;    ///< the certificate issued, while it is the live one
  Digest secret_hash;                         ///< of the cookie that proves the same browser (trial login, acquisition)
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> taken_at = {};  ///< when the program first took it over from the page (handover.hpp)
};

}  // namespace inkan::lifecycle
