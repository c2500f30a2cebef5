#include "web/portal/handlers.hpp"
#include "web/verdict.hpp"

namespace inkan::web {
namespace {

using Kind = lifecycle::CertificateVerdict::Kind;

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
  const bool superseded = kind == Kind::superseded && verdict.successor;

  Values values;
  values.set("portal", visit.portal() + "/")
      .set("fresh", visit.fresh_login())
      .set("acquisition", visit.portal() + "/acquisition")
      .show("to_new", superseded)
      .show("to_acquisition", unknown || kind == Kind::expired_grace || kind == Kind::revoked)
      .show("to_another", !superseded)
      .set("last_minute",
           verdict.may_renew_late ? visit.minute(renewal_end(visit.institution(), verdict.certificate->not_after).last) : "")
      .show("late", verdict.may_renew_late)
      .show("last_seen", seen.has_value())
      .show("facts", verdict.certificate.has_value());
  if (seen) values.set("last_seen", visit.long_date(*seen));
  for (auto& [name, text] : refusal_values(visit.institution(), verdict, visit.language())) values.set(name, text);
  return visit.page(403, refusal_page(verdict), std::move(values));
}

}  // namespace inkan::web
