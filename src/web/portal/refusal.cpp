#include "web/portal/handlers.hpp"
#include "web/portal/words.hpp"

namespace inkan::web {
namespace {

using Kind = lifecycle::CertificateVerdict::Kind;

const char* page_of(Kind kind) {
  switch (kind) {
    case Kind::expired_grace: return "refusal_grace";
    case Kind::expired_closed: return "refusal_closed";
    case Kind::terminated: return "refusal_terminated";
    case Kind::other_bank: return "refusal_other_bank";
    case Kind::suspended: return "refusal_held";
    case Kind::revoked: return "refusal_revoked";
    case Kind::superseded: return "refusal_superseded";
    case Kind::none:
    case Kind::unknown:
    case Kind::good: return "refusal_none";
  }
  return "refusal_none";
}

/// put_dates fills what the words of a known certificate speak of.
void put_dates(Values& values, const Visit& visit, const lifecycle::CertificateVerdict& verdict) {
  const lifecycle::CertificateRecord& certificate = *verdict.certificate;
  const int grace = visit.institution().acquisition.grace_days;
  values.set("expiry", visit.long_date(certificate.expiry_day))
      .set("left", std::to_string(grace + verdict.remaining))
      .set("until", visit.short_date(certificate.expiry_day + std::chrono::days{grace}))
      .set("login_id", certificate.holder.login_id)
      .set("serial_tail", serial_tail(certificate.serial));
  if (certificate.revoked_at) values.set("since", visit.long_date(visit.institution().zone.day_of(*certificate.revoked_at)));
  if (certificate.held_at) values.set("held_since", visit.long_date(visit.institution().zone.day_of(*certificate.held_at)));
  if (verdict.successor) values.set("new_expiry", visit.long_date(verdict.successor->expiry_day));
}

/// last_seen is the expiry day of the certificate that this browser last logged in with: the browser hides an expired one, and
/// its owner wonders why (E101).
std::optional<Day> last_seen(const Visit& visit) {
  const auto cookie = visit.request().find_cookie(kUntilCookie);
  if (!cookie) return {};
  const auto day = parse_day(*cookie);
  if (!day) return {};
  return *day;
}

}  // namespace

net::Response refuse(const Visit& visit, const lifecycle::CertificateVerdict& verdict) {
  const Kind kind = verdict.kind;
  const bool unknown = kind == Kind::none || kind == Kind::unknown;
  const auto seen = unknown ? last_seen(visit) : std::nullopt;
  // A certificate that our own record calls superseded has a successor; without it the words would be empty.
  const bool superseded = kind == Kind::superseded && verdict.successor;

  Values values;
  values.set("portal", visit.portal() + "/")
      .set("fresh", visit.fresh_login())
      .set("acquisition", visit.portal() + "/acquisition")
      .show("to_new", superseded)
      .show("to_acquisition", unknown || kind == Kind::expired_grace || kind == Kind::revoked)
      .show("to_another", !superseded)
      .show("last_seen", seen.has_value())
      .show("facts", verdict.certificate.has_value());
  if (seen) values.set("last_seen", visit.long_date(*seen));
  if (verdict.certificate) put_dates(values, visit, verdict);
  const Kind shown = kind == Kind::superseded && !superseded ? Kind::revoked : kind;
  return visit.page(403, page_of(shown), std::move(values));
}

}  // namespace inkan::web
