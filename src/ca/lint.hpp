#pragma once

#include "base/findings.hpp"
#include "ca/issuer.hpp"

namespace inkan::ca {

/// lint reads a holder's certificate (DER) back, byte by byte, and holds it against its order, its authority and RFC 5280. It
/// knows nothing of the code that built it. Each finding bears a stable id ("cert.eku.purpose") and its source; the signature's
/// value is not verified, since before signing it is a throw-away key's.
Findings lint(ByteView certificate_der, const CertificateOrder& order, const Authority& authority);

/// lint_tbs is the last look at bytes about to be signed: this authority's name, and what a holder may be (no CA,
/// digitalSignature, clientAuth alone). It needs no order.
Findings lint_tbs(ByteView tbs, const Authority& authority);

}  // namespace inkan::ca
