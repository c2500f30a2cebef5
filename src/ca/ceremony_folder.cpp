#include "ca/ceremony_folder.hpp"

#include "base/file.hpp"

namespace inkan::ca {
namespace {

constexpr const char* kPassphrase = "passphrase";

std::unexpected<Error> unwritten(const Error& error) { return fail(Code::unavailable, "ceremony.write", error.detail); }

}  // namespace

Result<void> CeremonyFolder::make() const {
  const Result<void> made = make_folder(path_);
  return made ? made : unwritten(made.error());
}

Result<std::unique_ptr<SigningKey>> CeremonyFolder::load_or_make(const std::string& label, pki::KeyAlgorithm algorithm) {
  Result<std::unique_ptr<SigningKey>> key = keys_.load(label);
  if (key || key.error().id != "key_store.not_found") return key;
  key = keys_.make(label, algorithm);
  if (key) made_.push_back(label + ".key");
  return key;
}

Result<void> CeremonyFolder::write(const std::string& name, std::string_view content) {
  if (const Result<void> written = write_file(path(name), content, FileMode::open); !written) return unwritten(written.error());
  made_.push_back(name);
  return {};
}

Result<std::unique_ptr<KeyStore>> make_key_folder(const std::filesystem::path& folder, Rng& rng) {
  if (const Result<void> made = make_folder(folder); !made) return unwritten(made.error());
  // One that is there and cannot be read is never replaced: its keys would be lost.
  if (const auto known = read_file(folder / kPassphrase); !known && known.error().id == "file.not_found") {
    const Result<void> written = write_file(folder / kPassphrase, make_token(rng, 24), FileMode::secret);
    if (!written) return unwritten(written.error());
  }
  return open_key_folder(folder);
}

Result<std::unique_ptr<KeyStore>> open_key_folder(const std::filesystem::path& folder) {
  Result<std::string> passphrase = read_file(folder / kPassphrase);
  if (!passphrase) return fail(passphrase);
  return open_file_key_store(folder, Secret(std::move(*passphrase)));
}

Result<std::unique_ptr<SigningKey>> load_key(const KeyStore& keys, const std::string& label,
                                             const pki::Certificate& certificate) {
  Result<std::unique_ptr<SigningKey>> key = keys.load(label);
  if (key && (*key)->public_key().der() != certificate.spki())
    return fail(Code::corrupt, "issuer.corrupt", label + ": certificate and key differ");
  return key;
}

Result<pki::Certificate> read_certificate(const std::filesystem::path& path) {
  const Result<std::string> pem = read_file(path);
  if (!pem) return fail(pem);
  const Result<std::vector<pki::Certificate>> certificates = pki::Certificate::parse_pem(*pem);
  if (!certificates || certificates->size() != 1) return fail(Code::corrupt, "issuer.corrupt", path.string());
  return certificates->front();
}

}  // namespace inkan::ca
