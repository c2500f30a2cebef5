#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace inkan::pki {

/// hmac_sha256 is HMAC with SHA-256 (RFC 2104, RFC 4231). *Caller's duty*: a key of at least 16 random octets, used for one
/// purpose only; compare with same_secret.
Digest hmac_sha256(const Secret& key, ByteView message);

}  // namespace inkan::pki
