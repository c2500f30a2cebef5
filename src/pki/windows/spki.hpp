#pragma once

#include "pki/key.hpp"

/// Private to pki on Windows.
namespace inkan::pki {

/// CheckedKey makes a PublicKey of a SubjectPublicKeyInfo that Windows itself wrote of a key in its stores. Only its kind is
/// read: the rules for strangers' keys are the server's. Errors: `key.malformed`, `key.unsupported`.
struct CheckedKey {
  static Result<PublicKey> read(ByteView spki);
};

}  // namespace inkan::pki
