#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "mail/bounce_address.hpp"

namespace inkan::mail {

/// BounceKind is what a failed delivery says of the address.
enum class BounceKind {
  hard,  ///< the address is wrong or gone
  soft,  ///< it may be right: mailbox full, message refused for its content or origin, a way that was closed too long
};

/// Bounce is a delivery that failed for good, as the reporting mail server tells it.
struct Bounce {
  long long letter = 0;  ///< number in the outbox, proven by the address the report came to
  BounceKind kind = BounceKind::soft;
  std::string recipient;   ///< Original-Recipient's address where given, else Final-Recipient's; empty when it is not an address
  std::string status;      ///< RFC 3463, "5.1.1"; the one in the diagnostic text where the report itself says x.0.0 only
  std::string text;        ///< Diagnostic-Code, one line of plain text of at most 200 octets; may be empty
  std::string message_id;  ///< of the returned letter, as the report says; empty when it says none. Not proven
};

/// DeliveryStatus is what a report says about one recipient (RFC 3464 2.3).
struct DeliveryStatus {
  std::string recipient;
  std::string action;  ///< lower case: "failed", "delayed", "delivered", "relayed", "expanded"
  std::string status;
  std::string text;
};

/// DeliveryReport is a delivery status notification as it came, nothing proven yet.
struct DeliveryReport {
  std::string message_id;  ///< of the letter it is about
  std::vector<DeliveryStatus> statuses;
};

/// kMostReportBytes is how large a report may be: a letter of ours, returned whole, fits in twice.
inline constexpr std::size_t kMostReportBytes = 256 * 1024;

/// parse_delivery_report reads a message that is a multipart/report with a message/delivery-status part (RFC 6522, RFC 3464).
/// Errors: `bounce.too_large`, `bounce.malformed` (not such a report, or without a recipient, action and status).
Result<DeliveryReport> parse_delivery_report(ByteView message);

/// judge_bounce tells what a failed delivery's status code (RFC 3463) says of the address. Hard are the codes that speak of it:
/// 5.1.x (but 5.1.7 and 5.1.8, the sender's), 5.2.0 and 5.2.1 (the mailbox), 5.4.4 (no way to the domain), and 5.0.x, permanent
/// without a word why. A full mailbox, a refused content or sender and everything else are soft.
BounceKind judge_bounce(std::string_view status);

/// read_bounces reads a report that came to one of our bounce addresses: one Bounce for each recipient it failed for; none when
/// it only tells of delay or success. The address is looked for in the header before anything else is read, so that strangers
/// give the reader no work. Errors: `bounce.unknown_address` (to none of ours, or forged), parse_delivery_report's.
Result<std::vector<Bounce>> read_bounces(ByteView message, const BounceAddress& ours);

}  // namespace inkan::mail
