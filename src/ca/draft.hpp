#pragma once

#include <map>
#include <memory>
#include <vector>

#include "base/findings.hpp"
#include "ca/issuer.hpp"
#include "ca/profile.hpp"

/// Private to ca: the half of issuing that needs no CA key.
namespace inkan::ca {

/// Drafts prepares certificates of several authorities: it builds the to-be-signed bytes, signs them with a throw-away key and
/// lints the result. Nothing in it changes after make.
class Drafts {
 public:
  /// make takes authorities as they are. Errors: `issuer.corrupt`, `key.generation`.
  static Result<Drafts> make(std::vector<Authority> authorities);

  /// prepare is Issuer::prepare.
  Result<PreparedCertificate> prepare(const CertificateOrder& order) const;
  /// find is an authority's place in the list. Error: `issuer.unknown_authority`.
  Result<std::size_t> find(const AuthorityId& id) const;
  /// find_signing is the place of one that may sign certificates. Errors: find's, `issuer.revoked_authority`.
  Result<std::size_t> find_signing(const AuthorityId& id) const;
  const std::vector<Authority>& authorities() const { return authorities_; }

 private:
  Drafts() = default;
  std::vector<Authority> authorities_;
  std::vector<HolderProfile> profiles_;
  std::map<pki::KeyAlgorithm, std::shared_ptr<const pki::PrivateKey>> throw_away_;  // one for all authorities of a kind
};

}  // namespace inkan::ca
