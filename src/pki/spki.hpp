#pragma once

#include "base/bytes.hpp"
#include "pki/key.hpp"
#include "pki/openssl.hpp"

/// Private to pki: the shape of a SubjectPublicKeyInfo, and the way from it to libcrypto.
namespace inkan::pki {

/// SpkiView looks into a SubjectPublicKeyInfo whose form is known to be right; the key itself is not judged yet.
struct SpkiView {
  enum class Kind { rsa, p256, p384, mldsa44, mldsa65, mldsa87 };
  Kind kind = Kind::rsa;
  ByteView bits;      ///< the BIT STRING's octets
  ByteView modulus;   ///< RSA: magnitude, big-endian, without a leading zero
  ByteView exponent;  ///< RSA: likewise
  ByteView point;     ///< EC: 04 || X || Y
};

/// view_spki reads the form. The curve is decided by its OID before any point is touched (CVE-2022-0778), explicit parameters are
/// refused. Errors: `key.malformed`, `key.unsupported`, `key.explicit_curve`, `key.bad_point`.
Result<SpkiView> view_spki(ByteView spki);

/// open_key makes libcrypto's key from a view, without its decoder (about 100 µs each in 3.0). Error: `key.bad_point` (not on the
/// curve), `key.malformed`, `key.unavailable` (ML-DSA without OpenSSL 3.5).
Result<NativeKey> open_key(const SpkiView& view);

/// CheckedKey is a public key that passed every rule, together with libcrypto's form of it, so that a key is decoded once only.
struct CheckedKey {
  PublicKey key;
  NativeKey native;
  /// read is PublicKey::parse that keeps the native form. Errors: PublicKey's.
  static Result<CheckedKey> read(ByteView spki);
};

/// verify_with checks a signature under an AlgorithmIdentifier (DER). Errors: `signature.weak_hash` (MD5, SHA-1),
/// `signature.unsupported`, `signature.bad`.
Result<void> verify_with(EVP_PKEY* key, ByteView algorithm, ByteView message, ByteView signature);

}  // namespace inkan::pki
