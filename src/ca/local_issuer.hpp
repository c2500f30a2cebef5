#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ca/issuer.hpp"
#include "ca/key_store.hpp"
#include "ca/profile.hpp"

/// Private to ca: the issuer whose keys are in this process.
namespace inkan::ca {

/// AuthorityParts is one authority as open_issuer finds it.
struct AuthorityParts {
  AuthorityId id;
  pki::Certificate certificate;
  pki::Certificate root;
  pki::Certificate responder;
  Addresses addresses;
  std::unique_ptr<SigningKey> key;
  std::unique_ptr<SigningKey> responder_key;
};

/// make_local_issuer checks that each part belongs to the others. Error: `issuer.corrupt`.
Result<std::unique_ptr<Issuer>> make_local_issuer(std::vector<AuthorityParts> parts);

}  // namespace inkan::ca
