#include "web/verdict.hpp"

#include "web/words.hpp"

namespace inkan::web {

using Kind = lifecycle::CertificateVerdict::Kind;

std::string refusal_page(const lifecycle::CertificateVerdict& verdict) {
  switch (verdict.kind) {
    case Kind::expired_grace: return "refusal_grace";
    case Kind::expired_closed: return "refusal_closed";
    case Kind::terminated: return "refusal_terminated";
    case Kind::other_bank: return "refusal_other_bank";
    case Kind::suspended: return "refusal_held";
    case Kind::revoked: return "refusal_revoked";
    // A certificate that our own record calls superseded has a successor; without it the words would be empty.
    case Kind::superseded: return verdict.successor ? "refusal_superseded" : "refusal_revoked";
    case Kind::none:
    case Kind::unknown:
    case Kind::good: return "refusal_none";
  }
  return "refusal_none";
}

std::map<std::string, std::string> refusal_values(const lifecycle::Institution& institution,
                                                  const lifecycle::CertificateVerdict& verdict, const std::string& language) {
  std::map<std::string, std::string> values;
  if (!verdict.certificate) return values;
  const lifecycle::CertificateRecord& certificate = *verdict.certificate;
  const int grace = institution.acquisition.grace_days;
  values["expiry"] = long_date(certificate.expiry_day, language);
  values["left"] = std::to_string(grace + verdict.remaining);
  values["until"] = short_date(certificate.expiry_day + std::chrono::days{grace}, language);
  values["login_id"] = certificate.holder.login_id;
  values["serial_tail"] = serial_tail(certificate.serial);
  if (const auto ending = ending_of(certificate, institution))
    values["since"] = long_date(institution.zone.day_of(ending->at), language);
  if (certificate.held_at) values["held_since"] = long_date(institution.zone.day_of(*certificate.held_at), language);
  if (verdict.successor) values["new_expiry"] = long_date(verdict.successor->expiry_day, language);
  return values;
}

}  // namespace inkan::web
