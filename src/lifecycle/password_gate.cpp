#include "lifecycle/password_gate.hpp"

#include "lifecycle/read_from.hpp"

#include <charconv>

#include "base/password.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kTriesPerHour = 10;
constexpr int kLeftTold = 5;
constexpr std::chrono::hours kWindow{1};
constexpr std::chrono::minutes kRest{15};

bool is_locked(const Tries& tries, Instant now) { return tries.locked_until && now < *tries.locked_until; }

}  // namespace

Result<PasswordGate::Tried> PasswordGate::try_password(const std::string& account, const std::string& hash,
                                                       const Secret& password) {
  const auto before = find(account);
  if (!before) return fail(before);
  if (*before && is_locked(**before, services_.clock.now())) return Tried{Verdict::locked};
  hashing_.acquire();
  ++looked_at_;
  const bool right = verify_password(hash, password);
  hashing_.release();
  if (!right) return count(account);
  if (*before) {
    const auto forgotten = services_.store.transact([&](Writer& writer) { return writer.remove_tries(account); });
    if (!forgotten) return fail(forgotten);
  }
  return Tried{Verdict::right};
}

Result<std::optional<Tries>> PasswordGate::find(const std::string& account) {
  return read_from(services_.store, [&](Reader& reader) { return reader.find_tries(account); });
}

/// count counts a wrong one; the rest begins with the last that an hour allows.
Result<PasswordGate::Tried> PasswordGate::count(const std::string& account) {
  Tried tried{Verdict::wrong};
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    tried = {Verdict::wrong};
    const Instant now = services_.clock.now();
    const auto tries = writer.count_try(account, now, now - kWindow);
    if (!tries) return fail(tries);
    if (is_locked(*tries, now)) return {};  // another try was quicker
    tried.left = kTriesPerHour - tries->wrong;
    if (tried.left > 0) return {};
    tried = {Verdict::now_locked};
    return writer.put_tries({.account = account, .wrong = 0, .first = now, .locked_until = now + kRest});
  });
  if (!done) return fail(done);
  return tried;
}

Result<void> PasswordGate::forget() {
  return services_.store.transact([&](Writer& writer) { return writer.remove_tries_before(services_.clock.now() - kWindow); });
}

std::unexpected<Error> wrong_password(const PasswordGate::Tried& tried) {
  return fail(Code::unauthenticated, "login.password", tried.left <= kLeftTold ? std::to_string(tried.left) : std::string());
}

std::optional<int> tries_left_of(const Error& error) {
  int left = 0;
  const char* end = error.detail.data() + error.detail.size();
  if (error.id != "login.password" || std::from_chars(error.detail.data(), end, left).ptr != end || error.detail.empty())
    return std::nullopt;
  return left;
}

}  // namespace inkan::lifecycle
