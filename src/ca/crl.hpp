#pragma once

#include "ca/issuer.hpp"

/// Private to ca: certificate revocation lists (RFC 5280 5; promises.md C5 to C7, I8).
namespace inkan::ca {

/// crl_tbs writes TBSCertList: version 2, authority key identifier, CRLNumber, entries in the caller's order with their reasons.
Bytes crl_tbs(const CrlOrder& order, const Authority& authority);

/// check_crl reads a signed list back and holds it against its order: issuer, signature, number, dates, and each serial once (a
/// list with one twice was published by a real CA in 2025). Error: `issuer.refused`.
Result<void> check_crl(ByteView der, const CrlOrder& order, const Authority& authority);

}  // namespace inkan::ca
