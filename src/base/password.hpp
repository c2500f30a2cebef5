#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace inkan {

/// PasswordCost is Argon2id's work: passes over `memory` bytes. The default is OWASP's 19 MiB with two passes (about 20 ms CPU).
struct PasswordCost {
  unsigned long long passes = 2;
  std::size_t memory = std::size_t{19} * 1024 * 1024;
};

/// hash_password makes a salted Argon2id hash in the PHC text form. Error: `password.hash` when memory cannot be had.
Result<std::string> hash_password(const Secret& password, PasswordCost cost = {});

/// verify_password does the same work whether the password is right or wrong. An empty hash (no such ID) costs the same as a real
/// one and is never right (threat T9).
bool verify_password(const std::string& hash, const Secret& password);

}  // namespace inkan
