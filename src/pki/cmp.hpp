#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "pki/certificate.hpp"

/// The envelope of the Certificate Management Protocol (RFC 9810 5.1): header, body, protection, certificates. What stands in a
/// body is in cmp_body.hpp. Reading is strict: what has no meaning here is refused, never skipped.
namespace inkan::pki {

inline constexpr std::size_t kCmpLimit = 64 * 1024;

/// CmpBody is the kind of a body, by its number in PKIBody (RFC 9810 5.1.2). Kinds we never read or write have no name.
enum class CmpBody : std::uint8_t {
  ir = 0,
  ip = 1,
  cr = 2,
  cp = 3,
  p10cr = 4,
  kur = 7,
  kup = 8,
  rr = 11,
  rp = 12,
  pkiconf = 19,
  genm = 21,
  genp = 22,
  error = 23,
  cert_conf = 24,
  poll_req = 25,
  poll_rep = 26,
};

/// CmpMessage is one PKIMessage as it came. Names are the DER of directoryName; empty for the NULL-DN.
class CmpMessage {
 public:
  /// parse reads DER of at most kCmpLimit octets. Nothing in it is to be believed before one of the two verify_ says so. Errors:
  /// `cmp.too_large`, `cmp.malformed`.
  static Result<CmpMessage> parse(ByteView der);

  unsigned long long version() const { return version_; }
  const Bytes& sender() const { return sender_; }
  const Bytes& recipient() const { return recipient_; }
  const std::optional<Instant>& message_time() const { return message_time_; }
  const Bytes& sender_kid() const { return sender_kid_; }
  const Bytes& transaction_id() const { return transaction_id_; }
  const Bytes& sender_nonce() const { return sender_nonce_; }
  const Bytes& recip_nonce() const { return recip_nonce_; }
  CmpBody body() const { return body_; }
  /// content is the one element that the body's tag holds.
  const Bytes& content() const { return content_; }
  /// extra_certs are the certificates that came along; RFC 9483 3.3 has the one that protects the message first.
  const std::vector<Certificate>& extra_certs() const { return extra_certs_; }

  /// Protection is what kind the header names: none, a password-based MAC (RFC 9810 5.1.3.1), or anything else for a signature.
  enum class Protection { none, mac, signature };
  Protection protection() const { return protection_kind_; }

  /// verify_by checks the signature with a certificate's key. Errors: verify_signature's; `cmp.unprotected`.
  Result<void> verify_by(const Certificate& signer) const;
  /// verify_mac checks a password-based MAC: one-way function and HMAC of SHA-256, -384 or -512, 100 to 100,000 rounds. Errors:
  /// `cmp.unprotected`, `cmp.mac_algorithm`, `cmp.mac` (wrong).
  Result<void> verify_mac(const Secret& secret) const;

 private:
  friend class CmpReply;  // answers a MAC in kind
  CmpMessage() = default;
  unsigned long long version_ = 0;
  Bytes sender_, recipient_, sender_kid_, transaction_id_, sender_nonce_, recip_nonce_;
  std::optional<Instant> message_time_;
  CmpBody body_ = CmpBody::error;
  Bytes content_;
  Protection protection_kind_ = Protection::none;
  Bytes protection_algorithm_;
  Bytes protection_;
  Bytes protected_part_;
  std::vector<Certificate> extra_certs_;
};

/// cmp_certificate_hash is what certConf names a certificate by: under the hash of its own signature (RFC 9810 5.3.18).
Bytes cmp_certificate_hash(ByteView certificate, KeyAlgorithm signed_by);

/// CmpReply is an answer on its way: header and body, to be protected in one of two ways.
class CmpReply {
 public:
  struct Fields {
    Bytes sender;     ///< DER of our Name
    Bytes recipient;  ///< DER of the asker's Name; empty: NULL-DN
    Bytes sender_kid;
    Bytes transaction_id;
    Bytes sender_nonce;
    Bytes recip_nonce;
    Instant time;
    CmpBody body = CmpBody::error;
    Bytes content;
  };
  explicit CmpReply(Fields fields) : fields_(std::move(fields)) {}

  /// to_sign is what a signature under this AlgorithmIdentifier (DER) is made over.
  Bytes to_sign(ByteView algorithm) const;
  /// signed_by is the whole message with that signature, and certificates: the signer's first.
  Bytes signed_by(ByteView algorithm, ByteView signature, const std::vector<Certificate>& extra_certs) const;
  /// with_mac protects in the way the request was, under the same secret, with a new salt. Error: `cmp.mac_algorithm`.
  Result<Bytes> with_mac(const CmpMessage& request, const Secret& secret, const std::vector<Certificate>& extra_certs) const;

 private:
  Fields fields_;
};

}  // namespace inkan::pki
