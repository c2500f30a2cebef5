#include "lifecycle/certificate.hpp"

#include <algorithm>

namespace inkan::lifecycle {

std::string_view to_text(Stage stage) {
  switch (stage) {
    case Stage::reserved: return "reserved";
    case Stage::issued: return "issued";
    case Stage::abandoned: return "abandoned";
  }
  return "reserved";
}

std::string_view to_text(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::active: return "active";
    case CertificateStatus::renewable: return "renewable";
    case CertificateStatus::issued_unconfirmed: return "issued_unconfirmed";
    case CertificateStatus::expired_grace: return "expired_grace";
    case CertificateStatus::expired_closed: return "expired_closed";
    case CertificateStatus::suspended: return "suspended";
    case CertificateStatus::revoked: return "revoked";
    case CertificateStatus::superseded: return "superseded";
  }
  return "revoked";
}

std::string_view to_japanese(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::active: return "有効";
    case CertificateStatus::renewable: return "更新できます";
    case CertificateStatus::issued_unconfirmed: return "発行済み（ログイン確認待ち）";
    case CertificateStatus::expired_grace: return "期限切れ（再取得できます）";
    case CertificateStatus::expired_closed: return "期限切れ（再発行が必要）";
    case CertificateStatus::suspended: return "一時停止中";
    case CertificateStatus::revoked: return "失効";
    case CertificateStatus::superseded: return "更新済み（旧）";
  }
  return "失効";
}

int remaining_days(const CertificateRecord& certificate, Day today) { return days_between(today, certificate.expiry_day); }

std::optional<Ending> ending_of(const CertificateRecord& certificate, const std::optional<pki::RevokedEntry>& authority) {
  if (authority && authority->revoked_at <= certificate.revoked_at.value_or(Instant::max()))
    return Ending{authority->revoked_at, authority->reason};
  if (!certificate.revoked_at) return std::nullopt;
  return Ending{*certificate.revoked_at, certificate.reason.value_or(pki::RevocationReason::unspecified)};
}

std::optional<Ending> ending_of(const CertificateRecord& certificate, const Institution& institution) {
  const auto authority = institution.revoked.find(certificate.authority);
  return ending_of(certificate, authority == institution.revoked.end() ? std::nullopt : std::optional(authority->second));
}

bool is_revoked(const CertificateRecord& certificate, const Institution& institution) {
  return certificate.stage != Stage::issued || ending_of(certificate, institution);
}

CertificateStatus status_on(Day expiry_day, const Institution& institution, Day today) {
  const int remaining = days_between(today, expiry_day);
  if (remaining < -institution.acquisition.grace_days) return CertificateStatus::expired_closed;
  if (remaining < 0) return CertificateStatus::expired_grace;
  return remaining <= institution.renewal.window_days ? CertificateStatus::renewable : CertificateStatus::active;
}

CertificateStatus status_of(const CertificateRecord& certificate, const Institution& institution, Day today) {
  if (certificate.replaced_by) return CertificateStatus::superseded;
  if (is_revoked(certificate, institution)) return CertificateStatus::revoked;
  const CertificateStatus by_calendar = status_on(certificate.expiry_day, institution, today);
  if (by_calendar == CertificateStatus::expired_closed) return by_calendar;
  if (certificate.held_at) return CertificateStatus::suspended;  // also past expiry: a hold keeps the grace days shut
  if (by_calendar == CertificateStatus::expired_grace) return by_calendar;
  return certificate.confirmed_at ? by_calendar : CertificateStatus::issued_unconfirmed;
}

bool may_log_in(CertificateStatus status) {
  return status == CertificateStatus::active || status == CertificateStatus::renewable ||
         status == CertificateStatus::issued_unconfirmed;
}

}  // namespace inkan::lifecycle
