#pragma once

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pki/crl.hpp"
#include "pki/serial.hpp"

namespace inkan::pki {

/// CertId says which certificate an OCSP request asks about (RFC 6960 4.1.1): hashes of the issuer's name and key under
/// `hash_algorithm`, and the serial. `der` is the CertID as sent, echoed in the answer.
struct CertId {
  enum class Hash { sha1, sha256, other };
  Hash hash = Hash::sha1;
  Bytes issuer_name_hash;
  Bytes issuer_key_hash;
  std::optional<SerialNumber> serial;  ///< absent when the serial sent is not a legal one
  Bytes der;
};

/// parse_cert_id reads one CertID (DER). Error: `ocsp.malformed`.
Result<CertId> parse_cert_id(ByteView der);

/// OcspRequest is a parsed request: 1 to 16 certificates, and the nonce's octets when sent (RFC 9654: 1 to 128 octets).
class OcspRequest {
 public:
  /// parse reads DER of at most 4 KiB. A signature on the request is not looked at (RFC 6960 4.1.2). Error: `ocsp.malformed`.
  static Result<OcspRequest> parse(ByteView der);
  const std::vector<CertId>& ids() const { return ids_; }
  const Bytes& nonce() const { return nonce_; }

 private:
  OcspRequest() = default;
  std::vector<CertId> ids_;
  Bytes nonce_;
};

/// StatusAnswer is what we say of one CertId.
struct StatusAnswer {
  enum class Status { good, revoked, unknown };
  Bytes cert_id_der;
  Status status = Status::unknown;
  Instant revoked_at;  ///< with `revoked`
  RevocationReason reason = RevocationReason::unspecified;
};

/// OcspFailure is the OCSPResponseStatus of such an answer.
enum class OcspFailure { malformed_request = 1, internal_error = 2, try_later = 3, unauthorized = 6 };
/// make_ocsp_failure writes an error answer; it carries no signature (RFC 6960 4.2.1).
Bytes make_ocsp_failure(OcspFailure failure);

}  // namespace inkan::pki
