#pragma once

#include "base/bytes.hpp"

namespace inkan::pki {

/// sha1 hashes where a standard names SHA-1 as a mere label: key identifiers (RFC 5280 4.2.1.2) and OCSP's CertID (RFC
/// 6960 4.1.1). *Caller's duty*: never for a signature.
Bytes sha1(ByteView bytes);

}  // namespace inkan::pki
