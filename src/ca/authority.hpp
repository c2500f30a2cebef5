#pragma once

#include <filesystem>
#include <vector>

#include "ca/issuer.hpp"

/// Private to ca: an issuing CA as its files tell of it. Nothing here is secret.
namespace inkan::ca {

/// PublicParts is one authority without its keys.
struct PublicParts {
  Authority authority;
  pki::Certificate responder;  ///< of its OCSP answers
};

/// PublicCertificates are what PublicParts is made of.
struct PublicCertificates {
  pki::Certificate own;
  pki::Certificate root;
  pki::Certificate responder;
  std::optional<pki::Crl> root_list;
};

/// make_public_parts checks that each certificate belongs to the others. Error: `issuer.corrupt`.
Result<PublicParts> make_public_parts(const AuthorityId& id, const PublicCertificates& certificates, Addresses addresses);

/// load_public_parts reads every authority that a ceremony left in a folder. Errors: `issuer.none`, `issuer.corrupt`.
Result<std::vector<PublicParts>> load_public_parts(const std::filesystem::path& folder);

/// responder_label is what the key and the certificate of an authority's OCSP responder are kept under.
std::string responder_label(const AuthorityId& id);

/// mark_of is a hash over all that authorities say of themselves: two processes that have the same folder have the same mark.
Digest mark_of(const std::vector<Authority>& authorities);

}  // namespace inkan::ca
