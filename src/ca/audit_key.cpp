#include "ca/audit_key.hpp"

#include "base/file.hpp"
#include "ca/own_key.hpp"
#include "pki/der.hpp"

namespace inkan::ca {
namespace {

OwnKey audit_key(const std::filesystem::path& folder) { return {.folder = folder, .name = "audit", .missing = "audit.no_key"}; }

}  // namespace

std::filesystem::path audit_key_file(const std::filesystem::path& folder) { return audit_key(folder).public_file(); }

Result<std::vector<std::string>> make_audit_key(const std::filesystem::path& folder, Rng& rng) {
  return make_own_key(audit_key(folder), rng);
}

Result<std::unique_ptr<SigningKey>> open_audit_key(const std::filesystem::path& folder) {
  return open_own_key(audit_key(folder));
}

Result<pki::PublicKey> read_public_key(const std::filesystem::path& file) {
  const Result<std::string> pem = read_file(file);
  if (!pem) return fail(pem);
  std::string_view rest = *pem;
  const Result<std::optional<Bytes>> der = pki::take_pem_block(rest, "PUBLIC KEY");
  if (!der || !*der) return fail(Code::invalid, "key.malformed", file.string());
  return pki::PublicKey::parse(**der);
}

}  // namespace inkan::ca
