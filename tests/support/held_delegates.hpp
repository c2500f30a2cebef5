#pragma once

#include <memory>
#include <vector>

#include "ca/delegate.hpp"
#include "support/installation.hpp"

namespace inkan {

/// hold_delegates makes and opens who answers CMP for each of an installation's authorities.
inline std::vector<ca::Delegate> hold_delegates(Installation& bank) {
  ca::CeremonyPlan plan{.root_subject = *pki::Name::make({{"CN", "Root"}}), .authorities = {}};
  for (const lifecycle::Institution& institution : bank.institutions.all())
    plan.authorities.push_back(
        {.id = institution.authority,
         .subject = *pki::Name::make({{"C", "JP"}, {"O", institution.name}, {"CN", institution.authority}})});
  const auto folder = bank.folder.path() / "ca";
  const auto made = ca::make_delegates(plan, *bank.keys, folder, bank.rng, bank.clock.now());
  check(made.has_value(), made ? "" : made.error().detail);
  auto opened = ca::open_delegates(folder);
  check(opened.has_value(), opened ? "" : opened.error().detail);
  return std::move(*opened);
}

}  // namespace inkan
