#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "server/demo/mail_dialogue.hpp"

namespace inkan::server::demo {

/// make_delivery_report is the report (RFC 3464) that a mail server would send back about one recipient, addressed to the
/// envelope sender: 5.1.1 for a local part that begins with "bounce", 5.2.2 for "full"; none for any other, who got the letter.
std::optional<std::string> make_delivery_report(const ReceivedMail& mail, const std::string& recipient, Instant now);

}  // namespace inkan::server::demo
