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
  /// contract is the company's number at the bank; IDs of one contract see one another on the company's own page. Without a
  /// number of its own it is the company's name.
  std::string contract = {};
};

/// actor_of is how the audit trail names a holder: "holder d1/keiri01".
std::string actor_of(const HolderId& holder);

/// is_approved tells whether the bank's approval of a certificate stands on a day.
bool is_approved(const Holder& holder, Day today);

/// CodePurpose is what a one-time code opens.
enum class CodePurpose {
  certificate,   ///< first issue, 電子証明書取得 after expiry, re-issue
  new_computer,  ///< パソコンの変更 (O11): a second certificate while the present one is valid
};

std::string_view to_text(CodePurpose purpose);
Result<CodePurpose> parse_code_purpose(std::string_view text);

/// OneTimeCode is a code released to a holder, kept as a hash, used once (promises.md A2, A5).
struct OneTimeCode {
  std::string id;
  HolderId holder;
  CodePurpose purpose = CodePurpose::certificate;
  /// hash is empty while a code by mail waits for its delay: it is made when it is sent, so that nobody can have it earlier (O7).
  std::optional<Digest> hash;
  Instant created_at;
  Instant usable_from;  ///< before it a code by mail is neither made nor sent
  Instant expires_at;
  std::optional<Instant> used_at;
  std::string released_by = {};  ///< as the audit trail names an actor
};

}  // namespace inkan::lifecycle
