#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

namespace inkan::mail {

/// DkimKey is one key that signs for a domain: whoever reads the letter finds its public half in DNS at
/// SELECTOR._domainkey.DOMAIN.
struct DkimKey {
  std::string domain;
  std::string selector;
  Secret key;  ///< open PEM: RSA of 2048 bits or more, or Ed25519
};

/// Dkim signs messages (RFC 6376): rsa-sha256 or, by its key, ed25519-sha256 (RFC 8463), header and body relaxed. The headers a
/// reader sees are signed once more often than they stand there, so that none can be added. Not for several threads at once.
class Dkim {
 public:
  /// load takes a key and the address letters come from. Errors: `mail.dkim_domain` (no domain, or the sender's is neither it nor
  /// below it, so that DMARC would not count the signature), `mail.dkim_selector`, `mail.dkim_key` (cannot be read, of another
  /// kind, or too small).
  static Result<Dkim> load(DkimKey key, std::string_view sender);
  Dkim(Dkim&&) noexcept;
  Dkim& operator=(Dkim&&) noexcept;
  ~Dkim();

  /// sign gives the DKIM-Signature header, CRLF at its end, that belongs above `message` (as make_message writes it); `now`
  /// stands in it. Error: `mail.dkim_sign`.
  Result<std::string> sign(const std::string& message, Instant now);

 private:
  struct Held;
  explicit Dkim(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

}  // namespace inkan::mail
