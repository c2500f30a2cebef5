#pragma once

#include <chrono>
#include <optional>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/holder.hpp"

namespace inkan::lifecycle {

/// Session is one login, bound to the certificate it was made with. Only the hash of its cookie is kept.
struct Session {
  Digest token_hash;
  HolderId holder;
  Digest fingerprint;
  Instant created_at;
  Instant expires_at;                     ///< absolute end
  std::optional<Instant> previous_login;  ///< shown as 前回ログイン
  Instant seen_at = {};                   ///< last use, exact to a minute; idle sessions end (ASVS 7.3.1)
};

/// kSessionIdle is how long a session lives that nobody uses (ASVS 7.3.1).
inline constexpr std::chrono::minutes kSessionIdle{30};

/// is_live tells whether a session can go on: before its absolute end, and not left alone for too long.
inline bool is_live(const Session& session, Instant now) {
  return now < session.expires_at && now < session.seen_at + kSessionIdle;
}

}  // namespace inkan::lifecycle
