#pragma once

#include <filesystem>

#include "ca/issuer.hpp"
#include "ca/key_store.hpp"

/// The end of an issuing CA before its time (RFC 5280 5.3.1): its root's next list names it, for good.
namespace inkan::ca {

/// RevocationPlan is which issuing CA ends, and why.
struct RevocationPlan {
  AuthorityId authority;
  pki::RevocationReason reason = pki::RevocationReason::ca_compromise;
};

/// parse_authority_reason reads why an issuing CA ends: cACompromise, superseded or cessationOfOperation. Error:
/// `ca.revocation_reason`.
Result<pki::RevocationReason> parse_authority_reason(std::string_view text);

/// check_revocation makes sure that the root could revoke an issuing CA of the folder, and gives its certificate. Errors:
/// `issuer.unknown_authority`, `ca.already_revoked` (detail: when and why), `issuer.corrupt`.
Result<pki::Certificate> check_revocation(const RevocationPlan& plan, const std::filesystem::path& folder);

/// revoke_authority makes the root's next list, which names the issuing CA from now on, and puts it into the folder. It cannot be
/// undone. Gives the list. Errors: check_revocation's, `key_store.*` (the root's key), `ceremony.write`.
Result<pki::Crl> revoke_authority(const RevocationPlan& plan, const KeyStore& keys, const std::filesystem::path& folder,
                                  Instant now);

}  // namespace inkan::ca
