#pragma once

#include "ca/issuer.hpp"
#include "ca/key_store.hpp"

/// Private to ca: certificate revocation lists (RFC 5280 5; promises.md C5 to C7, I8).
namespace inkan::ca {

/// crl_tbs writes TBSCertList: version 2, authority key identifier, CRLNumber, entries in the caller's order with their reasons;
/// a shard's with its distribution point.
Bytes crl_tbs(const CrlOrder& order, const Authority& authority);

/// sign_crl writes a list, lints it and signs exactly that. Errors: `issuer.refused`, SigningKey::sign's.
Result<Bytes> sign_crl(const CrlOrder& order, const Authority& authority, const SigningKey& key);

/// check_crl reads a list that another process signed: its signature, and all that lint_list says. Error: `issuer.refused`.
Result<void> check_crl(ByteView der, const CrlOrder& order, const Authority& authority);

}  // namespace inkan::ca
