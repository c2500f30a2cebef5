#pragma once

#include "base/findings.hpp"
#include "ca/issuer.hpp"

/// Private to ca: what is said of lists and status answers before their signature (promises.md I8).
namespace inkan::ca {

/// lint_list reads bytes about to be signed (TBSCertList) back and holds them against RFC 5280 5, the authority and their order.
/// It knows nothing of the code that wrote them. A finding about entries comes once, whatever their number.
Findings lint_list(ByteView tbs, const CrlOrder& order, const Authority& authority);

/// lint_answer does the same for ResponseData (RFC 6960 4.2.1, RFC 5019 2.2, RFC 9654). An answer other than unknown about a
/// certificate of another authority is a finding.
Findings lint_answer(ByteView data, const OcspOrder& order, const Authority& authority, ByteView responder_key_id);

}  // namespace inkan::ca
