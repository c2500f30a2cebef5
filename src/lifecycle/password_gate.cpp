#include "lifecycle/password_gate.hpp"

#include "base/password.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kTriesPerHour = 10;
constexpr std::chrono::hours kWindow{1};
constexpr std::chrono::minutes kRest{15};

bool is_locked(const Tries& tries, Instant now) { return tries.locked_until && now < *tries.locked_until; }

}  // namespace

Result<PasswordGate::Verdict> PasswordGate::try_password(const std::string& account, const std::string& hash,
                                                         const Secret& password) {
  const auto before = find(account);
  if (!before) return fail(before);
  if (*before && is_locked(**before, services_.clock.now())) return Verdict::locked;
  hashing_.acquire();
  ++looked_at_;
  const bool right = verify_password(hash, password);
  hashing_.release();
  if (right && !*before) return Verdict::right;
  if (right) {
    auto forgotten = services_.store.transact([&](Writer& writer) { return writer.remove_tries(account); });
    return forgotten ? Result<Verdict>(Verdict::right) : fail(forgotten);
  }
  const auto locked = count(account);
  if (!locked) return fail(locked);
  return *locked ? Verdict::now_locked : Verdict::wrong;
}

Result<std::optional<Tries>> PasswordGate::find(const std::string& account) {
  Result<std::optional<Tries>> found = std::optional<Tries>();
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    found = reader.find_tries(account);
    return {};
  });
  if (!read) return fail(read);
  return found;
}

/// count counts a wrong one; gives whether the rest begins with it.
Result<bool> PasswordGate::count(const std::string& account) {
  bool locked = false;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    locked = false;
    const Instant now = services_.clock.now();
    const auto tries = writer.count_try(account, now, now - kWindow);
    if (!tries) return fail(tries);
    if (is_locked(*tries, now) || tries->wrong < kTriesPerHour) return {};  // locked: another try was quicker
    locked = true;
    return writer.put_tries({.account = account, .wrong = 0, .first = now, .locked_until = now + kRest});
  });
  if (!done) return fail(done);
  return locked;
}

Result<void> PasswordGate::forget() {
  return services_.store.transact([&](Writer& writer) { return writer.remove_tries_before(services_.clock.now() - kWindow); });
}

}  // namespace inkan::lifecycle
