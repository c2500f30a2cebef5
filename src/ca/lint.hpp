#pragma once

#include "base/findings.hpp"
#include "ca/issuer.hpp"
#include "ca/rules.hpp"

namespace inkan::ca {

/// lint reads a holder's certificate (DER) back, byte by byte, and holds it against its order, its authority and RFC 5280. It
/// knows nothing of the code that built it. Each finding bears a stable id ("cert.eku.purpose") and its source; the signature's
/// value is not verified, since before signing it is a throw-away key's.
Findings lint(ByteView certificate_der, const CertificateOrder& order, const Authority& authority);

/// lint_tbs is the last look at bytes about to be signed: this authority's name, and what a holder may be (no CA,
/// digitalSignature, clientAuth alone). It needs no order.
Findings lint_tbs(ByteView tbs, const Authority& authority);

/// lint_by_rules is the signer's own judgement of bytes about to be signed now: everything that lint holds against an order is
/// held against the signer's rules instead, since who ordered is not believed.
Findings lint_by_rules(ByteView tbs, const Authority& authority, const HolderRules& rules, Instant now);

}  // namespace inkan::ca
