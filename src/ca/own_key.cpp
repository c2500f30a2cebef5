#include "ca/own_key.hpp"

#include "base/file.hpp"
#include "pki/der.hpp"

namespace inkan::ca {
namespace {

constexpr std::string_view kPemLabel = "PUBLIC KEY";

std::filesystem::path passphrase_of(const OwnKey& which) { return which.place() / "passphrase"; }

}  // namespace

Result<std::vector<std::string>> make_own_key(const OwnKey& which, Rng& rng) {
  const auto unwritten = [](const Error& error) { return fail(Code::unavailable, "ceremony.write", error.detail); };
  if (const Result<void> made = make_folder(which.place()); !made) return unwritten(made.error());
  Result<std::string> passphrase = read_file(passphrase_of(which));
  if (!passphrase) {
    passphrase = make_token(rng, 24);
    const Result<void> written = write_file(passphrase_of(which), *passphrase, FileMode::secret);
    if (!written) return unwritten(written.error());
  }
  const auto keys = open_file_key_store(which.place(), Secret(std::move(*passphrase)));
  std::vector<std::string> made;
  Result<std::unique_ptr<SigningKey>> key = keys->load(which.name);
  if (!key && key.error().id == "key_store.not_found") {
    key = keys->make(which.name, pki::KeyAlgorithm::p256);
    if (key) made.push_back(which.name + ".key");
  }
  if (!key) return fail(key);
  if (std::filesystem::exists(which.public_file())) return made;
  const std::string pem = pki::to_pem_block(kPemLabel, (*key)->public_key().der());
  if (const Result<void> written = write_file(which.public_file(), pem, FileMode::open); !written)
    return unwritten(written.error());
  made.push_back(which.public_file().filename().string());
  return made;
}

Result<std::unique_ptr<SigningKey>> open_own_key(const OwnKey& which) {
  Result<std::string> passphrase = read_file(passphrase_of(which));
  if (!passphrase) return fail(Code::not_found, "key_store.not_found", which.place().string());
  return open_file_key_store(which.place(), Secret(std::move(*passphrase)))->load(which.name);
}

}  // namespace inkan::ca
