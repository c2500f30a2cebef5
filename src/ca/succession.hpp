#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/chance.hpp"
#include "base/time.hpp"
#include "ca/key_store.hpp"
#include "pki/name.hpp"

/// A root ages too: the next one is made beside it, and the two vouch for each other's keys (RFC 9810 4.4).
namespace inkan::ca {

/// SuccessionPlan is the next root.
struct SuccessionPlan {
  pki::Name subject;  ///< another than any root's before it: programs that build chains by names then find one way alone
  pki::KeyAlgorithm key = pki::KeyAlgorithm::rsa3072;
  int years = 20;
  std::string status_url;  ///< the cross-certificates' CRL distribution points and caIssuers stand below it
};

/// hold_succession makes the next root, its list, and two cross-certificates: NewWithOld, by which those who trust the old root
/// alone verify what comes from the new one, and OldWithNew for the reverse. From then on ceremonies make issuing CAs under the
/// new one. Both roots' keys must be there. One that was broken off is simply held again: the new root's certificate is written
/// last. Gives the names of what was made. Errors: `ceremony.plan`, `ca.next_root_pending` (no issuing CA is under the newest
/// root yet; detail: its label), `issuer.corrupt`, `key_store.*`, `ceremony.write`.
Result<std::vector<std::string>> hold_succession(const SuccessionPlan& plan, KeyStore& keys, const std::filesystem::path& folder,
                                                 Rng& rng, Instant now);

}  // namespace inkan::ca
