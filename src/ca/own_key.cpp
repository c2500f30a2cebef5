#include "ca/own_key.hpp"

#include "ca/ceremony_folder.hpp"
#include "pki/der.hpp"

namespace inkan::ca {
namespace {

constexpr std::string_view kPemLabel = "PUBLIC KEY";

}  // namespace

Result<std::vector<std::string>> make_own_key(const OwnKey& which, Rng& rng) {
  const Result<std::unique_ptr<KeyStore>> keys = make_key_folder(which.place(), rng);
  if (!keys) return fail(keys);
  CeremonyFolder place(**keys, which.place());
  const Result<std::unique_ptr<SigningKey>> key = place.load_or_make(which.name, pki::KeyAlgorithm::p256);
  if (!key) return fail(key);
  if (!std::filesystem::exists(which.public_file())) {
    const std::string pem = pki::to_pem_block(kPemLabel, (*key)->public_key().der());
    const Result<void> written = place.write(which.public_file().filename().string(), pem);
    if (!written) return fail(written);
  }
  return place.take_made();
}

Result<std::unique_ptr<SigningKey>> open_own_key(const OwnKey& which) {
  const Result<std::unique_ptr<KeyStore>> keys = open_key_folder(which.place());
  if (!keys) return fail(Code::not_found, which.missing, which.place().string());
  auto key = (*keys)->load(which.name);
  if (!key && key.error().id == "key_store.not_found") return fail(Code::not_found, which.missing, key.error().detail);
  return key;
}

}  // namespace inkan::ca
