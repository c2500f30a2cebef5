#include "app/listing.hpp"

#include "app/choice.hpp"

namespace inkan::app {

std::string_view to_text(Renewable renewable) {
  switch (renewable) {
    case Renewable::yes: return "yes";
    case Renewable::unknown: return "unknown";
    case Renewable::not_yet: return "not_yet";
    case Renewable::expired: return "expired";
    case Renewable::other_bank: return "other_bank";
    case Renewable::refused: return "refused";
  }
  return "unknown";
}

Listed list_certificate(const pki::Certificate& certificate, const Zone& zone, Instant now) {
  const Day expiry = zone.day_of(certificate.not_after());
  return {.id = certificate.subject().find("CN"),
          .organization = certificate.subject().find("O"),
          .unit = certificate.subject().find("OU"),
          .bank = certificate.issuer().find("O"),
          .serial = certificate.serial().hex(),
          .not_after = certificate.not_after(),
          .expiry_day = expiry,
          .remaining = days_between(zone.day_of(now), expiry)};
}

Listed list_certificate(const pki::Certificate& certificate, const Discovery& bank,
                        const std::vector<pki::Certificate>& authorities) {
  Listed listed = list_certificate(certificate, bank.zone, bank.now);
  if (!issuer_of(certificate, authorities)) {
    listed.renewable = Renewable::other_bank;
    return listed;
  }
  listed.bank = bank.name;
  listed.opens = listed.expiry_day - std::chrono::days{bank.window_days};
  if (listed.remaining < -bank.late_days)
    listed.renewable = Renewable::expired;
  else if (listed.remaining > bank.window_days)
    listed.renewable = Renewable::not_yet;
  else
    listed.renewable = Renewable::yes;
  return listed;
}

Result<Listed> look_at(Bank& bank, const Identity& present, Listed listed) {
  const auto taken = bank.look(present);
  if (taken) return listed;
  if (!taken.error().id.starts_with("certificate.")) return fail(taken);
  listed.renewable = Renewable::refused;
  listed.refusal = taken.error();
  return listed;
}

}  // namespace inkan::app
