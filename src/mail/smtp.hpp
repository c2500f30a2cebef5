#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace inkan::mail {

/// Relay is the mail server that takes our letters (message submission, RFC 6409).
struct Relay {
  std::string url;   ///< "smtp://host:port" (STARTTLS, RFC 3207) or "smtps://host:port" (TLS at once, RFC 8314)
  std::string user;  ///< empty: no AUTH
  Secret password;
  std::filesystem::path trust;  ///< PEM file of the CAs that may vouch for the relay; empty: the machine's
  std::string sender;           ///< the address letters come from

  /// require_tls refuses a relay that offers no STARTTLS. Without it letters go out in the clear where there is none, and a
  /// password is never sent at all (see check_relay).
  bool require_tls = true;
  std::chrono::milliseconds connect_timeout{10'000};  ///< to the end of the TCP and TLS handshakes
  std::chrono::milliseconds letter_timeout{60'000};   ///< for one letter, connecting included
};

/// check_relay tells whether a Relay can be used at all, without calling it. Errors: `mail.relay_url` (not smtp: or smtps:, no
/// host, or with user, path or query in it), `mail.relay_sender` (not an address), `mail.relay_trust` (file unreadable),
/// `mail.relay_timeout` (not positive, or over two minutes), `mail.relay_password` (a user without password, or a password
/// without require_tls).
Result<void> check_relay(const Relay& relay);

/// Outcome is what became of one attempt to hand a letter over.
enum class Outcome {
  accepted,  ///< the relay answered 250 after the data: the letter is its business now
  later,     ///< not now, or nobody knows: try again with the same Message-ID
  refused,   ///< the relay will never take this letter for this recipient
};

/// Delivery is an Outcome and its reason, for the audit trail.
struct Delivery {
  Outcome outcome = Outcome::later;
  std::string why;  ///< "RCPT 550 5.1.1 No such user", "relay_unreachable"; empty when accepted
  /// relay_fault tells that the relay or our access to it was at fault and not the letter: the next letter would fare no better.
  bool relay_fault = false;
};

/// Smtp hands letters to one relay over one connection, kept for the letters that follow. Not for several threads at once.
///
/// What the relay answers is read as RFC 5321 4.2.1 says, with two exceptions that keep letters from being lost to a wrong
/// setting of ours: 5yz to AUTH or MAIL, and 530, 534, 535, 538 anywhere (RFC 4954 6), speak of us and not of the letter, so they
/// are `later` with an error in the log. So are a missing STARTTLS and a certificate that does not hold. A connection that breaks
/// between the data and its 250 is `later`: the repeat may double the letter (RFC 1047), under the same Message-ID.
///
/// Log: `mail.relay_misconfigured`, `mail.relay_without_tls`, `mail.relay_untrusted`, `mail.relay_login`, `mail.relay_sender`
/// (errors), `mail.relay_unreachable` (warning). Neither password nor address is ever in it.
class Smtp {
 public:
  explicit Smtp(Relay relay);
  Smtp(Smtp&&) noexcept;
  Smtp& operator=(Smtp&&) noexcept;
  ~Smtp();  ///< says QUIT

  const Relay& relay() const;

  /// send hands over one message (as make_message writes it) for one recipient. It returns within `letter_timeout`, or twice that
  /// when the relay had closed the kept connection. An empty envelope_from is the null sender.
  Delivery send(const std::string& envelope_from, const std::string& to, const std::string& message);

 private:
  struct Line;
  std::unique_ptr<Line> line_;
};

}  // namespace inkan::mail
