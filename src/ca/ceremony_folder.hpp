#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/chance.hpp"
#include "ca/key_store.hpp"
#include "pki/certificate.hpp"

namespace inkan::ca {

/// CeremonyFolder is a folder on its way through a ceremony: what exists is used as it is, what is missing is made and noted.
class CeremonyFolder {
 public:
  /// CeremonyFolder takes the store of the folder's keys, which may be elsewhere, in a token.
  CeremonyFolder(KeyStore& keys, std::filesystem::path path) : keys_(keys), path_(std::move(path)) {}

  /// make makes the folder where there is none. Error: `ceremony.write`.
  Result<void> make() const;
  std::filesystem::path path(const std::string& name) const { return path_ / name; }
  const KeyStore& keys() const { return keys_; }
  /// load_or_make gives the key of a label. Errors: KeyStore::load's but `key_store.not_found`, KeyStore::make's.
  Result<std::unique_ptr<SigningKey>> load_or_make(const std::string& label, pki::KeyAlgorithm algorithm);
  /// write puts down what anybody may read. Error: `ceremony.write`.
  Result<void> write(const std::string& name, std::string_view content);
  /// take_made gives the names of what was made.
  std::vector<std::string> take_made() { return std::move(made_); }

 private:
  KeyStore& keys_;
  std::filesystem::path path_;
  std::vector<std::string> made_;
};

/// make_key_folder opens a folder of keys that stand under a passphrase of their own, beside them, and makes both where they are
/// missing: whoever reads the folder opens these keys, and no others by them. Error: `ceremony.write`.
Result<std::unique_ptr<KeyStore>> make_key_folder(const std::filesystem::path& folder, Rng& rng);
/// open_key_folder opens such a folder. Errors: read_file's, of the passphrase.
Result<std::unique_ptr<KeyStore>> open_key_folder(const std::filesystem::path& folder);

/// load_key loads the key of a certificate. Errors: KeyStore::load's, `issuer.corrupt` (the key is another's).
Result<std::unique_ptr<SigningKey>> load_key(const KeyStore& keys, const std::string& label, const pki::Certificate& certificate);

/// read_certificate reads a file with one certificate. Errors: `file.not_found`, `issuer.corrupt`.
Result<pki::Certificate> read_certificate(const std::filesystem::path& path);

}  // namespace inkan::ca
