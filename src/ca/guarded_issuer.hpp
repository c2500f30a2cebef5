#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "ca/issuer.hpp"
#include "ca/rules.hpp"

namespace inkan::ca {

/// GuardOptions is what a signer of its own stands on.
struct GuardOptions {
  std::vector<HolderRules> rules;
  std::filesystem::path journal;
  std::shared_ptr<const Clock> clock;
};

/// guard puts the signer's own judgement before an issuer, and its journal behind it: what the rules do not allow is refused
/// (`issuer.refused`; the detail lists findings of ca/lint and ca/rules), no serial is signed twice, no number of a list
/// comes twice or falls (per ListId), and nothing leaves before its line is on the disk. Errors: Journal::open's.
Result<std::unique_ptr<Issuer>> guard(std::unique_ptr<Issuer> issuer, GuardOptions options);

}  // namespace inkan::ca
