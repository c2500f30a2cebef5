#pragma once

#include "base/bytes.hpp"
#include "pki/key.hpp"
#include "pki/name.hpp"

namespace inkan::pki {

inline constexpr std::size_t kCsrLimit = 16 * 1024;

/// Csr is a PKCS#10 request (RFC 2986) whose key passed every rule of PublicKey and whose signature proves possession of it.
/// *Caller's duty*: the subject and attributes are what the requester wrote; a certificate's subject never comes from here.
class Csr {
 public:
  /// parse reads DER of at most kCsrLimit bytes. Errors: `csr.too_large`, `csr.malformed`, `csr.weak_hash` (MD5,
  /// SHA-1), `csr.bad_signature`, and PublicKey's.
  static Result<Csr> parse(ByteView der);
  /// prove takes a request of another form, CRMF's (RFC 4211): a key, and a signature by it over `message` under an
  /// AlgorithmIdentifier (DER), which is what der() gives. Errors: as parse's.
  static Result<Csr> prove(ByteView spki, ByteView algorithm, ByteView message, ByteView signature, ByteView subject);
  /// make writes a request for a key pair; the subject is only a hint to the reader. Error: `csr.make`.
  static Result<Csr> make(const PrivateKey& key, const Name& subject);

  const PublicKey& key() const { return key_; }
  const Bytes& der() const { return der_; }
  /// subject_der is the Name as the requester encoded it (EST re-enrolment compares it, RFC 7030 4.2.2).
  const Bytes& subject_der() const { return subject_der_; }

 private:
  Csr(PublicKey key, Bytes der, Bytes subject) : key_(std::move(key)), der_(std::move(der)), subject_der_(std::move(subject)) {}
  PublicKey key_;
  Bytes der_;
  Bytes subject_der_;
};

}  // namespace inkan::pki
