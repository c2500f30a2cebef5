#include "base/password.hpp"

#include <sodium.h>

#include <array>

#include "base/sodium.hpp"

namespace inkan {

Result<std::string> hash_password(const Secret& password, PasswordCost cost) {
  start_sodium();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const auto text = password.reveal();
  if (crypto_pwhash_str_alg(out.data(), text.data(), text.size(), cost.passes, cost.memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Code::unavailable, "password.hash", "not enough memory for Argon2id");
  return std::string(out.data());
}

bool verify_password(const std::string& hash, const Secret& password) {
  start_sodium();
  static const std::string kNobody = hash_password(Secret("nobody has this password")).value_or(std::string());
  const auto text = password.reveal();
  const bool right = crypto_pwhash_str_verify(hash.empty() ? kNobody.c_str() : hash.c_str(), text.data(), text.size()) == 0;
  return right && !hash.empty();
}

}  // namespace inkan
