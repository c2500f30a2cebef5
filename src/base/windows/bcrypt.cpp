// windows.h comes first: bcrypt.h leans on it.
#include <windows.h>

#include <bcrypt.h>

#include "base/native.hpp"
#include "base/result.hpp"

/// What native.hpp promises, by Windows' CNG.
namespace inkan {

void wipe(void* memory, std::size_t size) { SecureZeroMemory(memory, size); }

bool same_octets(const void* a, const void* b, std::size_t size) {
  const auto* left = static_cast<const unsigned char*>(a);
  const auto* right = static_cast<const unsigned char*>(b);
  volatile unsigned char difference = 0;  // volatile: every octet is looked at
  for (std::size_t i = 0; i < size; ++i) difference = static_cast<unsigned char>(difference | (left[i] ^ right[i]));
  return difference == 0;
}

void hash_sha256(std::span<const std::uint8_t> bytes, std::span<std::uint8_t, 32> out) {
  static BCRYPT_ALG_HANDLE const algorithm = [] {
    BCRYPT_ALG_HANDLE opened = nullptr;
    check(BCryptOpenAlgorithmProvider(&opened, BCRYPT_SHA256_ALGORITHM, nullptr, 0) == 0, "Windows has no SHA-256");
    return opened;
  }();
  BCRYPT_HASH_HANDLE hash = nullptr;
  const bool done = BCryptCreateHash(algorithm, &hash, nullptr, 0, nullptr, 0, 0) == 0 &&
                    BCryptHashData(hash, const_cast<PUCHAR>(bytes.data()), static_cast<ULONG>(bytes.size()), 0) == 0 &&
                    BCryptFinishHash(hash, out.data(), static_cast<ULONG>(out.size()), 0) == 0;
  if (hash != nullptr) BCryptDestroyHash(hash);
  check(done, "Windows cannot hash");
}

void fill_by_system(std::span<std::uint8_t> out) {
  check(out.empty() || BCryptGenRandom(nullptr, out.data(), static_cast<ULONG>(out.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0,
        "Windows finds no source of random bytes");
}

}  // namespace inkan
