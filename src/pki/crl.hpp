#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pki/certificate.hpp"
#include "pki/serial.hpp"

namespace inkan::pki {

/// RevocationReason is CRLReason (RFC 5280 5.3.1), the values Inkan uses. Hold is never put on a CRL (promises.md C7).
enum class RevocationReason {
  unspecified = 0,
  key_compromise = 1,
  ca_compromise = 2,  ///< of an issuing CA, on its root's list alone
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
};

std::string_view to_text(RevocationReason reason);  // the standard's spelling: "keyCompromise" …
/// parse_revocation_reason reads what to_text wrote of a holder's certificate. Error: `revocation.unknown_reason`.
Result<RevocationReason> parse_revocation_reason(std::string_view text);

struct RevokedEntry {
  SerialNumber serial;
  Instant revoked_at;
  RevocationReason reason = RevocationReason::unspecified;
};

/// Crl is a parsed certificate revocation list (RFC 5280 section 5), immutable.
class Crl {
 public:
  /// parse reads a version 2 list in DER, at most 128 MiB, whose reasons are ours. The one critical extension it knows is an
  /// issuing distribution point that is one address and nothing else. Error: `crl.malformed`.
  static Result<Crl> parse(ByteView der);
  const Bytes& der() const { return der_; }
  const Name& issuer() const { return issuer_; }
  /// authority_key_id is the key identifier of the signing key; empty when absent.
  const Bytes& authority_key_id() const { return authority_key_id_; }
  unsigned long long number() const { return number_; }
  /// distribution_point is the address whose certificates alone the list speaks of (RFC 5280 5.2.5); empty: of all its issuer's.
  const std::string& distribution_point() const { return distribution_point_; }
  Instant this_update() const { return this_update_; }
  Instant next_update() const { return next_update_; }
  const std::vector<RevokedEntry>& entries() const { return entries_; }

  /// verify_by checks the signature with the issuer's key; names and dates are the caller's. Error: `crl.bad_signature`.
  Result<void> verify_by(const Certificate& issuer) const;

 private:
  Crl(Bytes der, Name issuer) : der_(std::move(der)), issuer_(std::move(issuer)) {}
  Bytes der_;
  Name issuer_;
  Bytes authority_key_id_;
  std::string distribution_point_;
  unsigned long long number_ = 0;
  Instant this_update_;
  Instant next_update_;
  std::vector<RevokedEntry> entries_;
};

}  // namespace inkan::pki
