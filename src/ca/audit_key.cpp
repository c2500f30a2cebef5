#include "ca/audit_key.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "pki/der.hpp"

namespace inkan::ca {
namespace {

constexpr std::string_view kPemLabel = "PUBLIC KEY";
const std::string kLabel = "audit";

std::filesystem::path place_of(const std::filesystem::path& folder) { return folder / "audit"; }
std::filesystem::path passphrase_of(const std::filesystem::path& folder) { return place_of(folder) / "passphrase"; }

}  // namespace

std::filesystem::path audit_key_file(const std::filesystem::path& folder) { return place_of(folder) / "audit.pem"; }

Result<std::vector<std::string>> make_audit_key(const std::filesystem::path& folder, Rng& rng) {
  const auto unwritten = [](const Error& error) { return fail(Code::unavailable, "ceremony.write", error.detail); };
  if (const Result<void> made = make_folder(place_of(folder)); !made) return unwritten(made.error());
  Result<std::string> passphrase = read_file(passphrase_of(folder));
  if (!passphrase) {
    passphrase = make_token(rng, 24);
    const Result<void> written = write_file(passphrase_of(folder), *passphrase, FileMode::secret);
    if (!written) return unwritten(written.error());
  }
  const auto keys = open_file_key_store(place_of(folder), Secret(std::move(*passphrase)));
  std::vector<std::string> made;
  Result<std::unique_ptr<SigningKey>> key = keys->load(kLabel);
  if (!key && key.error().id == "key_store.not_found") {
    key = keys->make(kLabel, pki::KeyAlgorithm::p256);
    if (key) made.push_back(kLabel + ".key");
  }
  if (!key) return fail(key);
  if (std::filesystem::exists(audit_key_file(folder))) return made;
  const std::string pem = pki::to_pem_block(kPemLabel, (*key)->public_key().der());
  if (const Result<void> written = write_file(audit_key_file(folder), pem, FileMode::open); !written)
    return unwritten(written.error());
  made.push_back(audit_key_file(folder).filename().string());
  return made;
}

Result<std::unique_ptr<SigningKey>> open_audit_key(const std::filesystem::path& folder) {
  Result<std::string> passphrase = read_file(passphrase_of(folder));
  if (!passphrase) return fail(Code::not_found, "audit.no_key", place_of(folder).string());
  return open_file_key_store(place_of(folder), Secret(std::move(*passphrase)))->load(kLabel);
}

Result<pki::PublicKey> read_public_key(const std::filesystem::path& file) {
  const Result<std::string> pem = read_file(file);
  if (!pem) return fail(pem);
  const std::string begin = "-----BEGIN PUBLIC KEY-----", end = "-----END PUBLIC KEY-----";
  const auto from = pem->find(begin), to = pem->find(end);
  if (from == std::string::npos || to == std::string::npos || to < from)
    return fail(Code::invalid, "key.malformed", file.string());
  const auto der = parse_base64(std::string_view(*pem).substr(from + begin.size(), to - from - begin.size()));
  if (!der) return fail(Code::invalid, "key.malformed", file.string());
  return pki::PublicKey::parse(*der);
}

}  // namespace inkan::ca
