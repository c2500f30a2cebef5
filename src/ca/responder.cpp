#include "ca/responder.hpp"

#include "ca/authority.hpp"

namespace inkan::ca {

Result<int> renew_responders(const Issuer& issuer, Instant now) {
  const auto* keeper = dynamic_cast<const ResponderKeeper*>(&issuer);
  if (keeper == nullptr) return 0;
  return keeper->renew_responders(now, [](const auto&...) -> Result<void> { return {}; });
}

Result<std::vector<ResponderTerm>> responder_terms(const std::filesystem::path& folder) {
  const Result<std::vector<PublicParts>> all = load_public_parts(folder);
  if (!all) return fail(all);
  std::vector<ResponderTerm> terms;
  for (const PublicParts& parts : *all) terms.push_back({parts.authority.id, parts.responder.not_after()});
  return terms;
}

}  // namespace inkan::ca
