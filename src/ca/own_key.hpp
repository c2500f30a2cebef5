#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/chance.hpp"
#include "ca/key_store.hpp"

/// Private to ca: keys of the server's own below a ceremony's folder. They stand under a passphrase of their own, beside them:
/// the server's process opens them, and no CA key by it.
namespace inkan::ca {

/// OwnKey is where one stands: the folder NAME with NAME.key, its passphrase, and the public half NAME.pem.
struct OwnKey {
  std::filesystem::path folder;  ///< the ceremony's
  std::string name;
  const char* missing;  ///< the error's id where there is none

  std::filesystem::path place() const { return folder / name; }
  std::filesystem::path public_file() const { return place() / (name + ".pem"); }
};

/// make_own_key makes what is missing (P-256) and gives the names of it. Errors: `ceremony.write`, `key_store.*`.
Result<std::vector<std::string>> make_own_key(const OwnKey& which, Rng& rng);
/// open_own_key loads it. Errors: the key's own for none, `key_store.*`, `key.*`.
Result<std::unique_ptr<SigningKey>> open_own_key(const OwnKey& which);

}  // namespace inkan::ca
