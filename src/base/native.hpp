#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Private to base: the few acts that portable C++ cannot do well, by libsodium (sodium.cpp) or, in the customer's program for
/// Windows, by Windows' own library (windows/bcrypt.cpp).
namespace inkan {

/// wipe overwrites memory, also where the compiler sees that nobody reads it again.
void wipe(void* memory, std::size_t size);

/// same_octets compares in a time that does not tell where the first difference is.
bool same_octets(const void* a, const void* b, std::size_t size);

/// hash_sha256 writes the SHA-256 of `bytes` into `out`.
void hash_sha256(std::span<const std::uint8_t> bytes, std::span<std::uint8_t, 32> out);

/// fill_by_system fills `out` from the system's generator.
void fill_by_system(std::span<std::uint8_t> out);

}  // namespace inkan
