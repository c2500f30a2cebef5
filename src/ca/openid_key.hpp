#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/chance.hpp"
#include "ca/key_store.hpp"

/// The OpenID key of an installation: it signs what applications of the bank are told of a login, and nothing else.
namespace inkan::ca {

/// make_openid_key makes below a ceremony's folder, in "openid", what is missing of the key `openid` (P-256) and its public half
/// openid.pem, and gives the names of what it made. Errors: `ceremony.write`, `key_store.*`.
Result<std::vector<std::string>> make_openid_key(const std::filesystem::path& folder, Rng& rng);

/// open_openid_key loads the key. Errors: `openid.no_key` (an installation made before there was one: `inkan ca init` makes it),
/// `key_store.*`, `key.*`.
Result<std::unique_ptr<SigningKey>> open_openid_key(const std::filesystem::path& folder);

/// load_openid_keys are the public halves of further keys beside it, files NAME.pem: the one before, as long as what it signed is
/// still held against it, or the next one. Errors: `file.*`, `key.*`.
Result<std::vector<pki::PublicKey>> load_openid_keys(const std::filesystem::path& folder);

}  // namespace inkan::ca
