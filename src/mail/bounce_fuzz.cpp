#include <cstdint>

#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/bounce.hpp"

/// What is read from a report is fit for a record: addresses, codes and plain text within their limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto ours = inkan::mail::BounceAddress::make("bounce.bank.test", inkan::Secret("0123456789abcdef")).value();
  inkan::check(!inkan::mail::read_bounces({data, size}, ours), "a forged report");
  const auto report = inkan::mail::parse_delivery_report({data, size});
  if (!report) return 0;
  inkan::check(inkan::is_plain_text(report->message_id) && report->message_id.size() <= 250, "a Message-ID unfit for a record");
  inkan::check(!report->statuses.empty(), "a report about nobody");
  for (const inkan::mail::DeliveryStatus& status : report->statuses) {
    inkan::check(status.recipient.empty() || inkan::mail::is_address(status.recipient), "a recipient that is no address");
    inkan::check(inkan::is_plain_text(status.text) && status.text.size() <= 200, "a text unfit for a record");
    inkan::check(status.status.size() >= 5 && status.status.size() <= 9, "a status that is none");
  }
  return 0;
}
