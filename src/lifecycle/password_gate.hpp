#pragma once

#include <atomic>
#include <optional>
#include <semaphore>
#include <string>

#include "base/secret.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// PasswordGate checks passwords and counts wrong ones: ten in an hour give 15 minutes of rest (O28). It counts by account, and
/// who holds a certificate has an account of its own: guesses from outside never lock the login of its owner (T10). The counts
/// are in the store, the same for all nodes: a right password costs one indexed read, a wrong one a commit.
class PasswordGate {
 public:
  explicit PasswordGate(const Services& services) : services_(services) {}

  enum class Verdict {
    right,
    wrong,
    locked,      ///< resting: the password was not looked at
    now_locked,  ///< wrong, and the rest begins with it
  };
  /// Tried is a verdict, and how many wrong ones the account has left before it rests.
  struct Tried {
    Verdict verdict;
    int left = 0;
  };
  /// try_password does the same work whether the password is right, wrong, or of nobody (empty hash, T9). Errors: `store.*`.
  Result<Tried> try_password(const std::string& account, const std::string& hash, const Secret& password);

  /// forget removes counts that no longer matter; a job calls it.
  Result<void> forget();

  /// looked_at counts the passwords that were computed, right or wrong or of nobody.
  long long looked_at() const { return looked_at_; }

 private:
  Result<std::optional<Tries>> find(const std::string& account);
  Result<Tried> count(const std::string& account);

  Services services_;
  std::atomic<long long> looked_at_{0};
  std::counting_semaphore<> hashing_{2};  // Argon2id takes memory and a core: never more than this many at once
};

/// wrong_password is the refusal `login.password`. From the fifth wrong one on its detail is the number of tries that are left,
/// for whoever holds the certificate (E208): to people without one it would tell a wrong password from a wrong code.
[[nodiscard]] std::unexpected<Error> wrong_password(const PasswordGate::Tried& tried);

/// tries_left_of is that number, where a `login.password` says one.
std::optional<int> tries_left_of(const Error& error);

}  // namespace inkan::lifecycle
