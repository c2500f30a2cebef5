#include "lifecycle/password_gate.hpp"

#include "base/password.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kTriesPerHour = 10;
constexpr std::chrono::hours kWindow{1};
constexpr std::chrono::minutes kRest{15};
constexpr std::size_t kKept = 100'000;

}  // namespace

PasswordGate::Verdict PasswordGate::try_password(const std::string& account, const std::string& hash, const Secret& password) {
  const Instant now = clock_.now();
  if (is_locked(account, now)) return Verdict::locked;
  hashing_.acquire();
  ++looked_at_;
  const bool right = verify_password(hash, password);
  hashing_.release();
  if (count(account, right, now)) return Verdict::now_locked;
  return right ? Verdict::right : Verdict::wrong;
}

bool PasswordGate::is_locked(const std::string& account, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto tries = tries_.find(account);
  return tries != tries_.end() && tries->second.locked_until && now < *tries->second.locked_until;
}

bool PasswordGate::count(const std::string& account, bool right, Instant now) {
  const std::lock_guard lock(mutex_);
  if (right) {
    tries_.erase(account);
    return false;
  }
  if (tries_.size() > kKept) std::erase_if(tries_, [&](const auto& item) { return item.second.first + kWindow < now; });
  Tries& tries = tries_[account];
  if (tries.wrong == 0 || tries.first + kWindow < now) tries = {.wrong = 0, .first = now, .locked_until = {}};
  if (++tries.wrong < kTriesPerHour) return false;
  tries = {.wrong = 0, .first = now, .locked_until = now + kRest};
  return true;
}

}  // namespace inkan::lifecycle
