#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ca/ceremony.hpp"

/// Who answers CMP for an issuing CA: a certificate of its own (id-kp-cmcCA, RFC 9810 4.5, RFC 6402 2.10) whose key signs answers
/// and nothing else, so that the CA's key never signs what strangers have a part in.
namespace inkan::ca {

/// make_delegates makes what is missing for every authority of a plan whose ceremony was held in the folder: below it, in "cmp",
/// the key ID-cmp and the certificate ID-cmp.pem, as long as the CA's own. The keys stand there under a passphrase of their own,
/// beside them: whoever answers CMP can open these, and not the CA's. What exists is left as it is. Gives the names of what it
/// made. Errors: `issuer.corrupt`, `ceremony.write`, `key_store.*`.
Result<std::vector<std::string>> make_delegates(const CeremonyPlan& plan, const KeyStore& keys,
                                                const std::filesystem::path& folder, Rng& rng, Instant now);

/// Delegate answers CMP for one authority.
struct Delegate {
  AuthorityId authority;
  pki::Certificate certificate;
  std::unique_ptr<SigningKey> key;
};

/// open_delegates loads every delegate of a ceremony's folder; none where none was made, or where this process may not read them.
/// Errors: `issuer.corrupt` (key or CA is another's), `key_store.*`.
Result<std::vector<Delegate>> open_delegates(const std::filesystem::path& folder);

}  // namespace inkan::ca
