#include "base/sodium.hpp"

#include <sodium.h>

#include "base/native.hpp"
#include "base/result.hpp"

namespace inkan {

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  check(started, "libsodium finds no source of random bytes");
}

void wipe(void* memory, std::size_t size) { sodium_memzero(memory, size); }

bool same_octets(const void* a, const void* b, std::size_t size) { return sodium_memcmp(a, b, size) == 0; }

void hash_sha256(std::span<const std::uint8_t> bytes, std::span<std::uint8_t, 32> out) {
  crypto_hash_sha256(out.data(), bytes.data(), bytes.size());
}

void fill_by_system(std::span<std::uint8_t> out) {
  start_sodium();
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

}  // namespace inkan
