#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pki/serial.hpp"

namespace inkan::pki {

/// RevocationReason is CRLReason (RFC 5280 5.3.1), the values Inkan uses. Hold is never put on a CRL (promises.md C7).
enum class RevocationReason {
  unspecified = 0,
  key_compromise = 1,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
};

std::string_view to_text(RevocationReason reason);  // the standard's spelling: "keyCompromise" …
/// parse_revocation_reason reads what to_text wrote. Error: `revocation.unknown_reason`.
Result<RevocationReason> parse_revocation_reason(std::string_view text);

struct RevokedEntry {
  SerialNumber serial;
  Instant revoked_at;
  RevocationReason reason = RevocationReason::unspecified;
};

/// Crl is a parsed certificate revocation list (RFC 5280 section 5), immutable.
class Crl {
 public:
  /// parse reads DER. Error: `crl.malformed`.
  static Result<Crl> parse(ByteView der);
  const Bytes& der() const { return der_; }
  unsigned long long number() const { return number_; }
  Instant this_update() const { return this_update_; }
  Instant next_update() const { return next_update_; }
  const std::vector<RevokedEntry>& entries() const { return entries_; }

 private:
  Crl() = default;
  Bytes der_;
  unsigned long long number_ = 0;
  Instant this_update_;
  Instant next_update_;
  std::vector<RevokedEntry> entries_;
};

}  // namespace inkan::pki
