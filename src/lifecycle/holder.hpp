#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "lifecycle/institution.hpp"

namespace inkan::lifecycle {

/// HolderId is one ID of one institution (管理者ID or 利用者ID), in its canonical spelling.
struct HolderId {
  std::string institution;
  std::string login_id;
  auto operator<=>(const HolderId&) const = default;
};

/// Entitlement is what an ID may get (journeys.md 1.7 b). Expiry is not a state here: it follows from the certificate's day.
enum class Entitlement {
  none,        ///< on record, nothing approved yet
  acquirable,  ///< the bank approved a certificate: first issue, or re-issue after loss or closing
  held,        ///< has (had) a certificate: renewal in the window, 電子証明書取得 in the grace days
  terminated,  ///< the contract ended; nothing is issued and nobody logs in
};

std::string_view to_text(Entitlement entitlement);
Result<Entitlement> parse_entitlement(std::string_view text);

/// Holder is one ID as the bank knows it. One ID has one certificate on one PC (O12).
struct Holder {
  HolderId id;
  Role role = Role::user;
  std::string company;  ///< O of the subject
  std::string name;     ///< person or post: 経理担当者
  std::string mail;     ///< empty: screen notices only (O16)
  std::string password_hash;
  Entitlement entitlement = Entitlement::none;
  std::optional<Day> acquire_until;  ///< last day of `acquirable`, inclusive
  Instant created_at;
  std::optional<Instant> last_login;
};

/// OneTimeCode is a code the bank released to a holder, kept as a hash, used once (promises.md A2, A5).
struct OneTimeCode {
  std::string id;
  HolderId holder;
  Digest hash;
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> used_at;
};

}  // namespace inkan::lifecycle
