#include "ca/authority.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "ca/addresses.hpp"
#include "ca/ceremony_folder.hpp"
#include "ca/root_list.hpp"
#include "ca/roots.hpp"
#include "pki/digest.hpp"

namespace inkan::ca {
namespace {

std::unexpected<Error> corrupt(const AuthorityId& id, const std::string& what) {
  return fail(Code::corrupt, "issuer.corrupt", id + ": " + what);
}

Result<PublicParts> load_one(const std::filesystem::path& folder, const AuthorityId& id, const Roots& roots) {
  const Result<std::string> json = read_file(folder / (id + ".json"));
  if (!json) return fail(json);
  const Result<Addresses> addresses = parse_addresses(*json);
  if (!addresses) return corrupt(id, ".json: " + addresses.error().detail);
  const auto read = [&](const std::string& name) -> Result<pki::Certificate> {
    Result<pki::Certificate> certificate = read_certificate(folder / name);
    if (!certificate) return corrupt(name, certificate.error().id);
    return certificate;
  };
  const Result<pki::Certificate> own = read(id + ".pem"), responder = read(responder_label(id) + ".pem");
  for (const Result<pki::Certificate>* certificate : {&own, &responder})
    if (!*certificate) return fail(*certificate);
  const Result<Root> root = root_of(roots, *own);
  if (!root) return corrupt(id, root.error().detail);
  return make_public_parts(id, {.own = *own, .root = root->certificate, .responder = *responder, .root_list = root->list},
                           *addresses);
}

}  // namespace

std::string responder_label(const AuthorityId& id) { return id + "-ocsp"; }

Result<PublicParts> make_public_parts(const AuthorityId& id, const PublicCertificates& certificates, Addresses addresses) {
  const auto& [own, root, responder, root_list] = certificates;
  if (own.issuer().der() != root.subject().der() || !own.verify_by(root)) return corrupt(id, "not signed by the root");
  if (responder.issuer().der() != own.subject().der() || !responder.verify_by(own))
    return corrupt(id, "responder not signed by the authority");
  const Result<pki::PublicKey> key = pki::PublicKey::parse(own.spki());
  if (!key) return corrupt(id, key.error().id);
  const Bytes& name = own.subject().der();
  const Bytes bits = key->bits();
  return PublicParts{.authority = {.id = id,
                                   .certificate = own,
                                   .root = root,
                                   .root_list = root_list ? root_list->der() : Bytes(),
                                   .revoked = root_list ? find_revoked(*root_list, own.serial()) : std::nullopt,
                                   .name_sha1 = pki::sha1(name),
                                   .key_sha1 = pki::sha1(bits),
                                   .name_sha256 = to_bytes(sha256(name).view()),
                                   .key_sha256 = to_bytes(sha256(bits).view()),
                                   .addresses = std::move(addresses),
                                   .algorithm = key->algorithm()},
                     .responder = responder};
}

Result<std::vector<PublicParts>> load_public_parts(const std::filesystem::path& folder) {
  std::vector<AuthorityId> ids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".json") ids.push_back(entry.path().stem().string());
  if (error || ids.empty()) return fail(Code::unavailable, "issuer.none", folder.string());
  std::ranges::sort(ids);
  const Result<Roots> roots = load_roots(folder);
  if (!roots) return roots.error().id == "issuer.corrupt" ? fail(roots) : corrupt("root.pem", roots.error().id);
  std::vector<PublicParts> all;
  for (const AuthorityId& id : ids) {
    Result<PublicParts> parts = load_one(folder, id, *roots);
    if (!parts) return fail(parts);
    all.push_back(std::move(*parts));
  }
  return all;
}

Digest mark_of(const std::vector<Authority>& authorities) {
  Bytes all;
  const auto add = [&](ByteView bytes) {
    const Digest hash = sha256(bytes);  // of equal length, so that no two lists read the same
    all.insert(all.end(), hash.bytes.begin(), hash.bytes.end());
  };
  for (const Authority& each : authorities) {
    add(as_bytes(each.id));
    add(each.certificate.der());
    for (const std::string* text :
         {&each.addresses.crl_url, &each.addresses.ocsp_url, &each.addresses.ca_url, &each.addresses.policy_oid})
      add(as_bytes(*text));
    add(as_bytes(std::to_string(each.addresses.crl_shards)));
  }
  return sha256(all);
}

}  // namespace inkan::ca
