#pragma once

#include "pki/certificate.hpp"

namespace inkan::pki {

/// seal encrypts a text for the key of a certificate: CMS EnvelopedData (RFC 5652 6) in DER, AES-256-CBC, the content key by RSA
/// OAEP or ECDH. Whoever holds the private key opens it, for example with `openssl cms -decrypt`. Error: `cms.make`.
Result<Bytes> seal(ByteView text, const Certificate& recipient);

/// seal_whole is seal with AES-256-GCM: CMS AuthEnvelopedData (RFC 5083), which nobody changes unnoticed. `openssl cms -decrypt`
/// opens it too. At most 1 GiB. Error: `cms.make`.
Result<Bytes> seal_whole(ByteView content, const Certificate& recipient);

/// open_sealed opens what seal_whole made for the key. Error: `cms.open` (another key, changed, or cut off).
Result<Bytes> open_sealed(ByteView der, const PrivateKey& key);

}  // namespace inkan::pki
