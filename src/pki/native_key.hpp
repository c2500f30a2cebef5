#pragma once

#include "pki/key.hpp"
#include "pki/openssl.hpp"

/// Private to pki: how a key that libcrypto read elsewhere (PKCS#8, PKCS#12) becomes a PrivateKey.
namespace inkan::pki {

/// AdoptedKey makes a PrivateKey of a key pair; the public half passes the same rules as a stranger's.
/// Errors: PublicKey::parse's, `key.sign`.
struct AdoptedKey {
  static Result<PrivateKey> from(NativeKey native);
};

}  // namespace inkan::pki
