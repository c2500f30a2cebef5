#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ca/authority.hpp"
#include "ca/issuer.hpp"
#include "ca/key_store.hpp"

/// Private to ca: the issuer whose keys are in this process.
namespace inkan::ca {

/// AuthorityParts is one authority as open_issuer finds it.
struct AuthorityParts {
  PublicParts known;
  std::unique_ptr<SigningKey> key;
  std::unique_ptr<SigningKey> responder_key;
  /// keep_responder puts a renewed certificate where the next start finds it.
  std::function<Result<void>(const pki::Certificate&)> keep_responder = {};
};

/// make_local_issuer checks that each key is its certificate's. Error: `issuer.corrupt`.
Result<std::unique_ptr<Issuer>> make_local_issuer(std::vector<AuthorityParts> parts);

}  // namespace inkan::ca
