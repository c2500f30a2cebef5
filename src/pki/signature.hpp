#pragma once

#include "base/bytes.hpp"
#include "pki/key.hpp"

namespace inkan::pki {

/// signature_algorithm is the AlgorithmIdentifier (DER) of what PrivateKey::sign makes with a key of this kind:
/// sha256WithRSAEncryption with NULL parameters (RFC 4055 5), ecdsa-with-SHA256 or, for P-384, ecdsa-with-SHA384 without any
/// (RFC 5758 3.2), id-ml-dsa-* without any (RFC 9881 2).
ByteView signature_algorithm(KeyAlgorithm algorithm);

/// verify_signature checks a signature by the key of a SubjectPublicKeyInfo, under an AlgorithmIdentifier (both DER).
/// RSA (PKCS#1 v1.5 and PSS) and ECDSA with SHA-256, SHA-384 or SHA-512, ML-DSA with an empty context; the key's strength is
/// not judged.
/// Errors: `signature.weak_hash` (MD5, SHA-1), `signature.unsupported`, `signature.bad`, and `key.*`.
Result<void> verify_signature(ByteView spki, ByteView algorithm, ByteView message, ByteView signature);

/// to_raw_ecdsa writes a P-256 signature, which X.509 has in DER, as JOSE has it: r and s, 32 octets each (RFC 7518 3.4).
/// from_raw_ecdsa writes it back. Error: `signature.malformed`.
Result<Bytes> to_raw_ecdsa(ByteView der);
Result<Bytes> from_raw_ecdsa(ByteView raw);

}  // namespace inkan::pki
