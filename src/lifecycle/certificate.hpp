#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/holder.hpp"
#include "pki/crl.hpp"
#include "pki/serial.hpp"

namespace inkan::lifecycle {

/// Stage is how far the issuing act got (I1–I3): reserved before the signature, issued after it is on record, abandoned when the
/// process died between the two; an abandoned one is also revoked, for its signature may exist outside.
enum class Stage { reserved, issued, abandoned };

std::string_view to_text(Stage stage);

/// CertificateRecord is one serial number and all that became of it.
struct CertificateRecord {
  HolderId holder;
  ca::AuthorityId authority;
  pki::SerialNumber serial;
  Stage stage = Stage::reserved;
  std::string ticket;
  Digest tbs_hash;
  Digest key_hash;
  Instant not_before;
  Instant not_after;
  Day expiry_day;
  Instant reserved_at;
  // set when issued
  Bytes der;
  std::optional<Digest> fingerprint;
  std::optional<Instant> issued_at;
  // set later
  std::optional<Instant> confirmed_at;
  std::optional<Instant> revoked_at;
  std::optional<pki::RevocationReason> reason;
  std::optional<pki::SerialNumber> replaced_by;  ///< the successor whose confirmation retired this one
  /// held_at is set while the certificate is 一時停止中. A hold is login policy: neither CRL nor OCSP speaks of it (promises.md
  /// C7).
  std::optional<Instant> held_at = {};
  std::string held_by = {};  ///< who held it, as the audit trail names an actor
};

/// CertificateStatus is the one vocabulary of states for people and programs (journeys.md 1.7).
enum class CertificateStatus {
  active,
  renewable,
  issued_unconfirmed,
  expired_grace,
  expired_closed,
  suspended,
  revoked,
  superseded,
};

std::string_view to_text(CertificateStatus status);      // "active" …
std::string_view to_japanese(CertificateStatus status);  // 有効 …

/// remaining_days is `expiry_day - today`: 0 on the expiry day itself, negative after it.
int remaining_days(const CertificateRecord& certificate, Day today);

/// is_revoked tells whether a certificate was ended before its time: by itself, or with the issuing CA that signed it. It is the
/// one place where a revoked CA's certificates are judged.
bool is_revoked(const CertificateRecord& certificate, const Institution& institution);

/// Ending is when a certificate was ended before its time, and why.
struct Ending {
  Instant at;
  pki::RevocationReason reason;
};

/// ending_of is the earlier of the two, with its own reason; nothing where it is not revoked.
std::optional<Ending> ending_of(const CertificateRecord& certificate, const std::optional<pki::RevokedEntry>& authority);
std::optional<Ending> ending_of(const CertificateRecord& certificate, const Institution& institution);

/// status_on judges by the calendar alone what expires on `expiry_day`: active, renewable, expired_grace or expired_closed.
/// Window: 0 ≤ remaining ≤ window_days; grace: 1 ≤ -remaining ≤ grace_days (journeys.md 1.7).
CertificateStatus status_on(Day expiry_day, const Institution& institution, Day today);

/// status_of judges one issued certificate on one calendar day: by the calendar, but revoked and superseded come before
/// expired, and a hold before all but expired_closed.
CertificateStatus status_of(const CertificateRecord& certificate, const Institution& institution, Day today);

/// may_log_in tells whether a certificate of this status opens a session: active, renewable, and issued_unconfirmed.
bool may_log_in(CertificateStatus status);

}  // namespace inkan::lifecycle
