#include "pki/hmac.hpp"

#include <openssl/hmac.h>

#include "pki/openssl.hpp"

namespace inkan::pki {

Digest hmac_sha256(const Secret& key, ByteView message) {
  const std::string_view secret = key.reveal();
  Digest mac;
  unsigned int size = 0;
  const auto* made = HMAC(sha256_method(), secret.data(), static_cast<int>(secret.size()), message.data(), message.size(),
                          mac.bytes.data(), &size);
  check(made != nullptr && size == mac.bytes.size(), "libcrypto has HMAC with SHA-256");
  return mac;
}

}  // namespace inkan::pki
