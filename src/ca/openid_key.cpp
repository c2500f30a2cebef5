#include "ca/openid_key.hpp"

#include <algorithm>

#include "ca/audit_key.hpp"
#include "ca/own_key.hpp"

namespace inkan::ca {
namespace {

OwnKey openid_key(const std::filesystem::path& folder) {
  return {.folder = folder, .name = "openid", .missing = "openid.no_key"};
}

}  // namespace

Result<std::vector<std::string>> make_openid_key(const std::filesystem::path& folder, Rng& rng) {
  return make_own_key(openid_key(folder), rng);
}

Result<std::unique_ptr<SigningKey>> open_openid_key(const std::filesystem::path& folder) {
  return open_own_key(openid_key(folder));
}

Result<std::vector<pki::PublicKey>> load_openid_keys(const std::filesystem::path& folder) {
  const OwnKey which = openid_key(folder);
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(which.place(), none))
    if (entry.path().extension() == ".pem" && entry.path() != which.public_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<pki::PublicKey> keys;
  for (const std::filesystem::path& file : files) {
    auto key = read_public_key(file);
    if (!key) return fail(key);
    keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace inkan::ca
