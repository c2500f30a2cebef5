#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lifecycle/store.hpp"

namespace inkan::lifecycle {

/// walk_audit gives every record of every node to `visit`, each chain in its order. Errors: `store.*`, and visit's.
Result<void> walk_audit(AuditReader& reader, const std::function<Result<void>(const AuditRecord&)>& visit);

/// AuditHead is where one node's chain stands.
struct AuditHead {
  std::string node;
  long long sequence = 0;
  Digest hash;

  bool operator==(const AuditHead&) const = default;
};

/// verify_audit checks every link of every chain and gives the heads, to be kept outside the store. Errors, with node and
/// sequence as detail: `audit.gap`, `audit.broken_link`, `audit.changed`; and `store.*`.
Result<std::vector<AuditHead>> verify_audit(AuditReader& reader);

}  // namespace inkan::lifecycle
