#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/chance.hpp"
#include "base/time.hpp"
#include "ca/issuer.hpp"
#include "ca/key_store.hpp"
#include "pki/key.hpp"

namespace inkan::ca {

/// AuthorityPlan is one issuing CA to be made under the root.
struct AuthorityPlan {
  AuthorityId id;     ///< "d1-g1"
  pki::Name subject;  ///< for example C=JP, O=…, CN=… CA G1
  pki::KeyAlgorithm key = pki::KeyAlgorithm::rsa2048;
  std::string crl_url;     ///< CRL distribution point of the certificates it issues
  std::string ocsp_url;    ///< AIA OCSP
  std::string ca_url;      ///< AIA caIssuers
  std::string policy_oid;  ///< certificate policy of the certificates it issues
  int years = 10;
  unsigned crl_shards = 0;  ///< shards of its list (Addresses)
};

struct CeremonyPlan {
  pki::Name root_subject;
  pki::KeyAlgorithm root_key = pki::KeyAlgorithm::rsa3072;
  int root_years = 20;
  std::string root_crl_url;  ///< where the root's list is published: CRL distribution point of the issuing CAs; empty: none
  std::vector<AuthorityPlan> authorities;
};

/// hold_ceremony makes what is missing of the plan: the root, each issuing CA, and each CA's OCSP responder certificate
/// (id-kp-OCSPSigning, id-pkix-ocsp-nocheck). What exists is left as it is, so that a broken-off ceremony is simply held again.
/// The folder then holds root.pem, root.crl, ID.pem, ID-ocsp.pem and ID.json (the plan's addresses); keys are in the key store.
/// The root's list alone is renewed, by any ceremony that has the root's key (root_list.hpp). Gives the names of what it made.
/// Errors: `ceremony.plan` (an id, address or term that cannot be), `ceremony.write`, `issuer.corrupt` (a file of another
/// ceremony), `key_store.*`.
Result<std::vector<std::string>> hold_ceremony(const CeremonyPlan& plan, KeyStore& keys, const std::filesystem::path& folder,
                                               Rng& rng, Instant now);

/// open_issuer loads every issuing CA found in the folder. Errors: `issuer.none` (no ceremony was held), `issuer.corrupt`,
/// `key_store.*`.
Result<std::unique_ptr<Issuer>> open_issuer(const KeyStore& keys, const std::filesystem::path& folder);

}  // namespace inkan::ca
