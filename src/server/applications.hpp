#pragma once

#include <memory>

#include "lifecycle/sign_on.hpp"
#include "server/bank.hpp"
#include "wire/id_token.hpp"

namespace inkan::server {

/// Applications is what the bank's applications need of a site to stand behind certificate login; both parts are null where the
/// configuration names none.
struct Applications {
  std::unique_ptr<lifecycle::SignOn> sign_on;
  std::shared_ptr<const wire::IdTokenKeys> keys;
};

/// load_applications reads the [[oidc_client]] of a configuration, their certificates, and the OpenID key. Errors: `config.*`,
/// `openid.no_key`, `key.*`.
Result<Applications> load_applications(Bank& bank);

}  // namespace inkan::server
