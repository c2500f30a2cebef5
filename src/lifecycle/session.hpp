#pragma once

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

}  // namespace inkan::lifecycle
