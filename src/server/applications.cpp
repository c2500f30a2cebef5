#include "server/applications.hpp"

#include <algorithm>

#include "ca/openid_key.hpp"
#include "server/pem_file.hpp"

namespace inkan::server {
namespace {

using lifecycle::RelyingParty;

/// to_party reads an application's certificates. No name and no certificate stands twice at an institution.
Result<RelyingParty> to_party(const OidcClientFile& file, const std::vector<RelyingParty>& others) {
  const auto refuse = [&](const char* why) { return fail(Code::invalid, "config.value", "oidc_client " + file.id + ": " + why); };
  const auto certificates = read_pem_file(file.certificate);
  if (!certificates) return fail(certificates);
  if (certificates->empty()) return refuse("certificate holds none");
  RelyingParty party{.id = file.id,
                     .name = file.name,
                     .redirect_uris = file.redirect_uris,
                     .logout_uris = file.logout_uris,
                     .certificates = {},
                     .logout_call = file.logout_call};
  for (const pki::Certificate& certificate : *certificates) party.certificates.push_back(certificate.fingerprint());
  for (const RelyingParty& other : others) {
    const bool shared = std::ranges::find_first_of(other.certificates, party.certificates) != other.certificates.end();
    if (other.id == party.id || shared) return refuse("stands there twice");
  }
  return party;
}

Result<std::shared_ptr<const wire::IdTokenKeys>> load_keys(const std::filesystem::path& folder) {
  auto opened = ca::open_openid_key(folder);
  if (!opened) return fail(opened);
  const std::shared_ptr<const ca::SigningKey> key = std::move(*opened);
  auto others = ca::load_openid_keys(folder);
  if (!others) return fail(others);
  for (const pki::PublicKey& each : *others)
    if (each.algorithm() != pki::KeyAlgorithm::p256)
      return fail(Code::invalid, "config.value", "ca.folder: a key in openid is not of P-256");
  return std::make_shared<const wire::IdTokenKeys>(wire::IdTokenKeys{
      .key = key->public_key(), .sign = [key](ByteView text) { return key->sign(text); }, .others = std::move(*others)});
}

}  // namespace

Result<Applications> load_applications(Bank& bank) {
  const Config& config = bank.config();
  if (config.oidc_clients.empty()) return Applications{};
  std::map<std::string, std::vector<RelyingParty>> parties;
  for (const OidcClientFile& file : config.oidc_clients) {
    if (!bank.institutions().find(file.institution))
      return fail(Code::invalid, "config.value", "oidc_client " + file.id + ": no such institution");
    std::vector<RelyingParty>& others = parties[file.institution];
    auto party = to_party(file, others);
    if (!party) return fail(party);
    others.push_back(std::move(*party));
  }
  auto keys = load_keys(config.ca_folder);
  if (!keys) return fail(keys);
  return Applications{.sign_on = std::make_unique<lifecycle::SignOn>(bank.services(), std::move(parties)),
                      .keys = std::move(*keys)};
}

}  // namespace inkan::server
