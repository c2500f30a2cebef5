#include "ca/key_store.hpp"
#include "base/file.hpp"

#include <algorithm>

namespace inkan::ca {
namespace {

/// A key whose bytes are in this process.
class FileSigningKey : public SigningKey {
 public:
  explicit FileSigningKey(pki::PrivateKey key) : key_(std::move(key)) {}
  const pki::PublicKey& public_key() const override { return key_.public_key(); }
  Result<Bytes> sign(ByteView message) const override {
    Result<Bytes> signature = key_.sign(message);
    if (!signature) return fail(Code::unavailable, "issuer.unavailable", signature.error().detail);
    return signature;
  }

 private:
  pki::PrivateKey key_;
};

class FileKeyStore : public KeyStore {
 public:
  FileKeyStore(std::filesystem::path folder, Secret passphrase)
      : folder_(std::move(folder)), passphrase_(std::move(passphrase)) {}

  Result<std::unique_ptr<SigningKey>> make(const std::string& label, pki::KeyAlgorithm algorithm) override {
    const Result<std::filesystem::path> path = path_of(label);
    if (!path) return fail(path);
    if (std::filesystem::exists(*path)) return fail(Code::conflict, "key_store.exists", label);
    Result<pki::PrivateKey> key = pki::PrivateKey::make(algorithm);
    if (!key) return fail(key);
    const Result<std::string> pem = key->to_pem(passphrase_);
    if (!pem) return fail(pem);
    Result<void> written = make_folder(folder_);
    if (written) written = write_file(*path, *pem, FileMode::secret);
    if (!written) return fail(Code::unavailable, "key_store.write", written.error().detail);
    return std::make_unique<FileSigningKey>(std::move(*key));
  }

  Result<std::unique_ptr<SigningKey>> load(const std::string& label) const override {
    const Result<std::filesystem::path> path = path_of(label);
    if (!path) return fail(path);
    const Result<std::string> pem = read_file(*path);
    if (!pem && pem.error().id == "file.not_found") return fail(Code::not_found, "key_store.not_found", label);
    if (!pem) return fail(pem);
    Result<pki::PrivateKey> key = pki::PrivateKey::parse_pem(*pem, passphrase_);
    if (!key) return fail(key);
    return std::make_unique<FileSigningKey>(std::move(*key));
  }

 private:
  Result<std::filesystem::path> path_of(const std::string& label) const {
    if (!is_label(label)) return fail(Code::invalid, "key_store.label", label);
    return folder_ / (label + ".key");
  }

  std::filesystem::path folder_;
  Secret passphrase_;
};

}  // namespace

bool is_label(const std::string& label) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !label.empty() && label.size() <= 64 && std::ranges::all_of(label, allowed);
}

std::unique_ptr<KeyStore> open_file_key_store(std::filesystem::path folder, Secret passphrase) {
  return std::make_unique<FileKeyStore>(std::move(folder), std::move(passphrase));
}

}  // namespace inkan::ca
