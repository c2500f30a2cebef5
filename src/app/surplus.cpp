#include "app/surplus.hpp"

#include <algorithm>

namespace inkan::app {
namespace {

bool replaces(const pki::Certificate& later, const pki::Certificate& earlier) {
  return later.subject().der() == earlier.subject().der() && later.issuer().find("O") == earlier.issuer().find("O") &&
         later.not_after() > earlier.not_after();
}

}  // namespace

std::string_view to_text(Surplus::Reason reason) {
  switch (reason) {
    case Surplus::Reason::replaced: return "replaced";
    case Surplus::Reason::expired: return "expired";
  }
  return "expired";
}

Result<std::vector<Surplus>> find_surplus(KeyStore& store, const Zone& zone, Instant now) {
  const auto all = store.certificates();
  if (!all) return fail(all);
  std::vector<pki::Certificate> used;
  for (const pki::Certificate& certificate : *all) {
    const auto unused = store.is_unused(certificate);
    if (!unused) return fail(unused);
    if (!*unused) used.push_back(certificate);
  }
  std::vector<Surplus> surplus;
  for (const pki::Certificate& certificate : used) {
    const bool replaced = std::ranges::any_of(used, [&](const auto& other) { return replaces(other, certificate); });
    Listed listed = list_certificate(certificate, zone, now);
    if (replaced || listed.remaining < 0)
      surplus.push_back({certificate, replaced ? Surplus::Reason::replaced : Surplus::Reason::expired, std::move(listed)});
  }
  return surplus;
}

}  // namespace inkan::app
