#pragma once

#include "pki/certificate.hpp"

namespace inkan::pki {

/// seal encrypts a text for the key of a certificate: CMS EnvelopedData (RFC 5652 6) in DER, AES-256-CBC, the content key by RSA
/// OAEP or ECDH. Whoever holds the private key opens it, for example with `openssl cms -decrypt`. Error: `cms.make`.
Result<Bytes> seal(ByteView text, const Certificate& recipient);

}  // namespace inkan::pki
