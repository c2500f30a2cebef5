#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pki/key.hpp"
#include "pki/name.hpp"
#include "pki/serial.hpp"

namespace inkan::pki {

/// Certificate is a parsed X.509 certificate (RFC 5280), immutable.
class Certificate {
 public:
  /// parse reads exactly one DER certificate of at most 16 KiB. Error: `certificate.malformed`. The key is not judged here.
  static Result<Certificate> parse(ByteView der);
  /// parse_pem reads every CERTIFICATE block of a text, in order. Error: `certificate.malformed`.
  static Result<std::vector<Certificate>> parse_pem(std::string_view pem);

  const Bytes& der() const { return der_; }
  const Digest& fingerprint() const { return fingerprint_; }
  const SerialNumber& serial() const { return serial_; }
  const Name& subject() const { return subject_; }
  const Name& issuer() const { return issuer_; }
  Instant not_before() const { return not_before_; }
  Instant not_after() const { return not_after_; }
  const Bytes& spki() const { return spki_; }
  /// key_id is the subject key identifier's octets; empty when the extension is absent.
  const Bytes& key_id() const { return key_id_; }
  std::string to_pem() const;

  /// verify_by checks this certificate's signature with the issuer's key; names and dates are the caller's. Error:
  /// `certificate.bad_signature`.
  Result<void> verify_by(const Certificate& issuer) const;

 private:
  Certificate(Bytes der, SerialNumber serial, Name subject, Name issuer);
  Bytes der_;
  Digest fingerprint_;
  SerialNumber serial_;
  Name subject_;
  Name issuer_;
  Instant not_before_;
  Instant not_after_;
  Bytes spki_;
  Bytes key_id_;
};

}  // namespace inkan::pki
