#pragma once

#include "base/findings.hpp"
#include "ca/infrastructure.hpp"

namespace inkan::ca {

/// lint_infrastructure reads bytes about to be signed (TBSCertificate) back and holds them against their order, their rank and
/// RFC 5280. It knows nothing of the code that wrote them.
Findings lint_infrastructure(ByteView tbs, const InfrastructureOrder& order);

}  // namespace inkan::ca
