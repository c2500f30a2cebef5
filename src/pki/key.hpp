#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace inkan::pki {

/// KeyAlgorithm names the key types Inkan issues for and signs with. ML-DSA (FIPS 204, RFC 9881) needs OpenSSL 3.5 or newer, and
/// is known by name where that is missing.
enum class KeyAlgorithm { rsa2048, rsa3072, rsa4096, p256, p384, mldsa44, mldsa65, mldsa87 };

std::string_view to_text(KeyAlgorithm algorithm);  // "rsa2048" … "mldsa87"
/// to_words is for people's eyes: "RSA 2048 bit", "ECDSA P-256", "ML-DSA-65".
std::string_view to_words(KeyAlgorithm algorithm);
/// parse_key_algorithm reads what to_text wrote. Error: `key.unknown_algorithm`.
Result<KeyAlgorithm> parse_key_algorithm(std::string_view text);

/// KeyFamily is what key algorithms have in common but for their size.
enum class KeyFamily { rsa, ec, ml_dsa };
KeyFamily family_of(KeyAlgorithm algorithm);
/// is_available tells whether this machine's OpenSSL makes keys and signatures of that kind.
bool is_available(KeyAlgorithm algorithm);

/// PublicKey is a SubjectPublicKeyInfo (RFC 5280 4.1.2.7) that passed every rule for keys: a known algorithm and size, a named
/// curve with an uncompressed point on it, no weak modulus or exponent.
class PublicKey {
 public:
  /// parse reads DER. Errors: `key.malformed`, `key.unsupported` (algorithm or size we do not take), `key.too_small`,
  /// `key.explicit_curve`, `key.bad_point`, `key.weak_exponent`, `key.even_modulus`, `key.small_factor`, `key.roca`,
  /// `key.close_primes`, `key.unavailable` (ML-DSA without OpenSSL 3.5).
  static Result<PublicKey> parse(ByteView spki);

  KeyAlgorithm algorithm() const { return algorithm_; }
  const Bytes& der() const { return der_; }
  /// hash is SHA-256 over the DER: what "the same key" means everywhere.
  const Digest& hash() const { return hash_; }
  /// bits is the key alone, the BIT STRING's octets: what OCSP names an issuer by (RFC 6960 4.1.1).
  Bytes bits() const;
  /// key_id is SHA-1 over the key's bits: the subject key identifier (RFC 5280 4.2.1.2, method 1).
  Bytes key_id() const;

 private:
  friend class PrivateKey;
  friend struct CheckedKey;
  PublicKey(KeyAlgorithm algorithm, Bytes der) : algorithm_(algorithm), der_(std::move(der)), hash_(sha256(der_)) {}
  KeyAlgorithm algorithm_;
  Bytes der_;
  Digest hash_;
};

/// PrivateKey is a key pair held by OpenSSL. It moves but does not copy; its bytes leave only encrypted.
class PrivateKey {
 public:
  /// make generates a key pair with OpenSSL's generator. Errors: `key.generation`, `key.unavailable`.
  static Result<PrivateKey> make(KeyAlgorithm algorithm);
  /// parse_pem reads an encrypted PKCS#8 PEM block. Errors: `key.malformed`, `key.wrong_passphrase`.
  static Result<PrivateKey> parse_pem(std::string_view pem, const Secret& passphrase);

  /// parse_open_pem reads a PEM block that no passphrase protects (PKCS#8, or the older forms): keys that a file's mode guards.
  /// Errors: `key.malformed`, PublicKey::parse's.
  static Result<PrivateKey> parse_open_pem(const Secret& pem);

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  const PublicKey& public_key() const;

  /// sign makes a signature with SHA-256 (P-384: SHA-384); RSA is PKCS#1 v1.5, ECDSA is DER; ML-DSA takes the message itself.
  /// Error: `key.sign`.
  Result<Bytes> sign(ByteView message) const;

  /// to_pem writes encrypted PKCS#8 (PBES2, AES-256-CBC, HMAC-SHA-256). Error: `key.encrypt`.
  Result<std::string> to_pem(const Secret& passphrase) const;

  /// Native is OpenSSL's EVP_PKEY*; only pki and net's TLS may look inside.
  void* native() const;

 private:
  friend struct AdoptedKey;
  struct Held;
  explicit PrivateKey(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

}  // namespace inkan::pki
