#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "lifecycle/notice.hpp"

namespace inkan::mail {

/// Sender is who a letter comes from: an optional name for people ("サンプル銀行") and the address.
struct Sender {
  std::string name;
  std::string address;
};

/// make_message writes a letter as an Internet message (RFC 5322): one text/plain part in UTF-8 and base64 (RFC 2045), subject
/// and name as encoded words (RFC 2047), CRLF line ends, no line over 76 characters but for long addresses and ids. The
/// Message-ID is the letter's own, so that a repeat after a broken DATA is known as one (I10); Date is `now` in UTC. Nothing but
/// the letter, the sender and the time goes in.
///
/// Errors: `mail.address` (sender or recipient), `mail.message_id`, `mail.text` (a subject or name that is not one line of plain
/// text, a body with other control characters than '\n' and tab), `mail.too_large` (subject or name over 1,000 octets, body over
/// 64 KiB).
Result<std::string> make_message(const lifecycle::Letter& letter, const Sender& sender, Instant now);

/// is_address tells whether text is an address we can write to: dot-atom "@" host name in ASCII, at most 254 octets (RFC
/// 5321 4.1.2 and 4.5.3.1). Quoted local parts and address literals are not taken: no bank's record needs them.
bool is_address(std::string_view text);

}  // namespace inkan::mail
