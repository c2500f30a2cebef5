#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

/// Private to pki: the password-based MAC of CMP (RFC 9810 5.1.3.1), computed by libcrypto.
namespace inkan::pki {

/// password_mac computes the MAC that an AlgorithmIdentifier (DER) describes. Rounds are bounded on both sides: too few would
/// give the secret away, too many would cost us a stranger's choice of time. Error: `cmp.mac_algorithm`.
Result<Bytes> password_mac(ByteView algorithm, const Secret& secret, ByteView message);

/// sha384 hashes; SHA-256 is base's.
Bytes sha384(ByteView bytes);

/// fresh_password_mac is the same algorithm with a new salt. Error: `cmp.mac_algorithm`.
Result<Bytes> fresh_password_mac(ByteView algorithm);

}  // namespace inkan::pki
