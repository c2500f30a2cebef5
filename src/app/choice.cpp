#include "app/choice.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace inkan::app {
namespace {

/// weight orders what cannot be renewed by how much its reason tells: what will be renewed one day, what was, what never can.
int weight(const Listed& listed) {
  switch (listed.renewable) {
    case Renewable::yes: return 0;
    case Renewable::not_yet: return 1;
    case Renewable::refused: return 2;
    case Renewable::expired: return 3;
    default: return 4;
  }
}

bool is_better(const Candidate& a, const Candidate& b) {
  const int of_a = weight(a.listed);
  const int of_b = weight(b.listed);
  if (of_a != of_b) return of_a < of_b;
  // Of those to come the first, of those that were the last.
  return of_a == 1 ? a.listed.not_after < b.listed.not_after : a.listed.not_after > b.listed.not_after;
}

/// add_keyless adds certificates of the bank that nothing can be done with, where their ID has no other: why is what the person
/// has to know (E204).
Result<void> add_keyless(std::vector<Candidate>& candidates, KeyStore& store, const Choice& choice, const Bank& bank,
                         const std::vector<pki::Certificate>& authorities) {
  const auto all = store.keyless();
  if (!all) return fail(all);
  for (const pki::Certificate& certificate : *all) {
    const bool of_bank = issuer_of(certificate, authorities) != nullptr &&
                         std::ranges::find(authorities, certificate.der(), &pki::Certificate::der) == authorities.end();
    if (!of_bank || !choice.fits(certificate)) continue;
    Listed listed = list_certificate(certificate, bank.discovery(), authorities);
    const bool has_other = std::ranges::any_of(candidates, [&](const Candidate& other) { return other.listed.id == listed.id; });
    if (listed.remaining < 0 || has_other) continue;
    listed.renewable = Renewable::refused;
    listed.refusal = Error{Code::not_found, "store.no_key", {}};
    candidates.push_back({certificate, std::move(listed)});
  }
  return {};
}

}  // namespace

Result<Choice> parse_choice(const std::string& login_id, const std::string& serial) {
  Choice chosen;
  if (!login_id.empty()) {
    auto canonical = canonical_login_id(login_id);
    if (!canonical) return fail(canonical);
    chosen.login_id = std::move(*canonical);
  }
  if (!serial.empty()) {
    const auto number = pki::SerialNumber::parse_hex(serial);
    if (!number) return fail(number);
    chosen.serial = number->hex();
  }
  return chosen;
}

bool Choice::fits(const pki::Certificate& certificate) const {
  return (login_id.empty() || certificate.subject().find("CN") == login_id) &&
         (serial.empty() || certificate.serial().hex() == serial);
}

const pki::Certificate* issuer_of(const pki::Certificate& certificate, const std::vector<pki::Certificate>& authorities) {
  const auto found = std::ranges::find_if(authorities, [&](const pki::Certificate& authority) {
    return authority.subject().der() == certificate.issuer().der() && certificate.verify_by(authority);
  });
  return found == authorities.end() ? nullptr : &*found;
}

Result<std::vector<Candidate>> list_store(KeyStore& store, const Choice& choice, Bank& bank,
                                          const std::vector<pki::Certificate>& authorities) {
  const auto all = store.certificates();
  if (!all) return fail(all);
  std::vector<Candidate> candidates;
  for (const pki::Certificate& certificate : *all) {
    if (!choice.fits(certificate)) continue;
    auto listed = list_certificate(certificate, bank.discovery(), authorities);
    if (is_open(listed.renewable)) {
      const auto identity = store.open(certificate);
      if (!identity) return fail(identity);
      auto looked = look_at(bank, *identity, std::move(listed));
      if (!looked) {
        if (auto reached = store.reach(); !reached) return fail(reached);
        return fail(looked);
      }
      listed = std::move(*looked);
    }
    candidates.push_back({certificate, std::move(listed)});
  }
  if (const auto added = add_keyless(candidates, store, choice, bank, authorities); !added) return fail(added);
  return candidates;
}

Result<Candidate> choose_renewable(std::vector<Candidate> candidates) {
  if (candidates.empty()) return fail(Code::not_found, "certificate.not_here");
  std::ranges::sort(candidates, is_better);
  std::string names;
  int renewable = 0;
  for (const Candidate& candidate : candidates) {
    if (candidate.listed.renewable != Renewable::yes) continue;
    ++renewable;
    names += (names.empty() ? "" : ", ") + candidate.listed.id + " (--serial " + candidate.listed.serial + ", " +
             to_iso(candidate.listed.expiry_day) + ")";
  }
  if (renewable > 1) return fail(Code::conflict, "certificate.several", names);
  return std::move(candidates.front());
}

}  // namespace inkan::app
