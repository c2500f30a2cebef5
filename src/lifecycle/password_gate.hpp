#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"

namespace inkan::lifecycle {

/// PasswordGate checks passwords and counts wrong ones: ten in an hour give 15 minutes of rest (O28). It counts by account, and
/// who holds a certificate has an account of its own: guesses from outside never lock the login of its owner (T10). Counts live
/// in this process; a node more is ten tries more.
class PasswordGate {
 public:
  explicit PasswordGate(const Clock& clock) : clock_(clock) {}

  enum class Verdict {
    right,
    wrong,
    locked,      ///< resting: the password was not looked at
    now_locked,  ///< wrong, and the rest begins with it
  };
  /// try_password does the same work whether the password is right, wrong, or of nobody (empty hash, T9).
  Verdict try_password(const std::string& account, const std::string& hash, const Secret& password);

  /// looked_at counts the passwords that were computed, right or wrong or of nobody.
  long long looked_at() const { return looked_at_; }

 private:
  struct Tries {
    int wrong = 0;
    Instant first;
    std::optional<Instant> locked_until;
  };
  bool is_locked(const std::string& account, Instant now);
  bool count(const std::string& account, bool right, Instant now);

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Tries> tries_;
  std::atomic<long long> looked_at_{0};
  std::counting_semaphore<> hashing_{2};  // Argon2id takes memory and a core: never more than this many at once
};

}  // namespace inkan::lifecycle
