#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "lifecycle/notice.hpp"
#include "mail/smime.hpp"

namespace inkan::mail {

/// Sender is who a letter comes from: an optional name for people ("サンプル銀行") and the address.
struct Sender {
  std::string name;
  std::string address;
};

/// make_message writes a letter as an Internet message (RFC 5322): one text/plain part in UTF-8 and base64 (RFC 2045), subject
/// and name as encoded words (RFC 2047), CRLF line ends, no line over 76 characters but for long addresses and ids. The
/// Message-ID is the letter's own, so that a repeat after a broken DATA is known as one (I10); Date is `now` in UTC. Nothing but
/// the letter, the sender and the time goes in. With `smime` the part is signed and its signature stands beside it.
///
/// Errors: `mail.address` (sender or recipient), `mail.message_id`, `mail.text` (a subject or name that is not one line of plain
/// text, a body with other control characters than '\n' and tab), `mail.too_large` (subject or name over 1,000 octets, body over
/// 64 KiB), `mail_signer.sign`.
Result<std::string> make_message(const lifecycle::Letter& letter, const Sender& sender, Instant now,
                                 const Smime* smime = nullptr);

/// to_mail_date writes an instant as RFC 5322 3.3 has it, in UTC.
std::string to_mail_date(Instant instant);

/// base64_lines writes RFC 2045 6.8: lines of 76 characters, each ended by CRLF.
std::string base64_lines(ByteView bytes);

}  // namespace inkan::mail
