#include "ca/local_issuer.hpp"

#include <map>

#include "ca/crl.hpp"
#include "ca/lint.hpp"
#include "ca/ocsp.hpp"
#include "pki/digest.hpp"

namespace inkan::ca {
namespace {

/// One authority, ready to sign. Nothing in it changes after opening.
struct Unit {
  Authority authority;
  HolderProfile profile;
  pki::Certificate responder;
  std::unique_ptr<SigningKey> key;
  std::unique_ptr<SigningKey> responder_key;
  std::shared_ptr<const pki::PrivateKey> throw_away;  ///< signs what is only linted; one for all authorities of a kind
};

std::string ids_of(const Findings& findings) {
  std::string ids;
  for (const Finding& finding : findings) {
    if (!ids.empty()) ids += ' ';
    ids += finding.id;
  }
  return ids;
}

class LocalIssuer : public Issuer {
 public:
  explicit LocalIssuer(std::vector<Unit> units) : units_(std::move(units)) {}

  Result<PreparedCertificate> prepare(const CertificateOrder& order) const override {
    const Unit* unit = find(order.authority);
    if (unit == nullptr) return unknown(order.authority);
    const pki::Certificate& own = unit->authority.certificate;
    if (order.not_before >= order.not_after || order.not_before < own.not_before() || order.not_after > own.not_after())
      return fail(Code::refused, "issuer.validity", "outside the authority's own validity");
    Bytes tbs = unit->profile.tbs(order);
    const Result<Bytes> signature = unit->throw_away->sign(tbs);
    if (!signature) return fail(Code::unavailable, "issuer.unavailable", signature.error().detail);
    const Findings findings = lint(assemble(tbs, unit->authority.algorithm, *signature), order, unit->authority);
    if (has_errors(findings)) return fail(Code::internal, "issuer.lint", ids_of(findings));
    const Digest hash = sha256(tbs);
    return PreparedCertificate{order.authority, std::move(tbs), hash};
  }

  Result<Bytes> sign(const PreparedCertificate& prepared) const override {
    const Unit* unit = find(prepared.authority);
    if (unit == nullptr) return unknown(prepared.authority);
    if (sha256(prepared.tbs) != prepared.tbs_hash) return fail(Code::internal, "issuer.hash_mismatch");
    const Findings findings = lint_tbs(prepared.tbs, unit->authority);
    if (has_errors(findings)) return fail(Code::internal, "issuer.refused", ids_of(findings));
    const Result<Bytes> signature = unit->key->sign(prepared.tbs);
    if (!signature) return fail(signature);
    return assemble(prepared.tbs, unit->authority.algorithm, *signature);
  }

  Result<Bytes> make_crl(const CrlOrder& order) const override {
    const Unit* unit = find(order.authority);
    if (unit == nullptr) return unknown(order.authority);
    const Bytes tbs = crl_tbs(order, unit->authority);
    const Result<Bytes> signature = unit->key->sign(tbs);
    if (!signature) return fail(signature);
    Bytes crl = assemble(tbs, unit->authority.algorithm, *signature);
    if (const Result<void> checked = check_crl(crl, order, unit->authority); !checked) return fail(checked);
    return crl;
  }

  Result<Bytes> make_ocsp(const OcspOrder& order) const override {
    const Unit* unit = find(order.authority);
    if (unit == nullptr) return unknown(order.authority);
    if (const Result<void> checked = check_ocsp_order(order, unit->authority); !checked) return fail(checked);
    const Bytes data = ocsp_data(order, unit->responder.key_id());
    const Result<Bytes> signature = unit->responder_key->sign(data);
    if (!signature) return fail(signature);
    return ocsp_response(data, unit->responder_key->public_key().algorithm(), *signature, unit->responder);
  }

  std::vector<Authority> authorities() const override {
    std::vector<Authority> out;
    for (const Unit& unit : units_) out.push_back(unit.authority);
    return out;
  }

  Result<void> health() const override {
    for (const Unit& unit : units_)
      for (const SigningKey* key : {unit.key.get(), unit.responder_key.get()})
        if (const Result<Bytes> signature = key->sign(as_bytes("inkan health")); !signature) return fail(signature);
    return {};
  }

 private:
  const Unit* find(const AuthorityId& id) const {
    for (const Unit& unit : units_)
      if (unit.authority.id == id) return &unit;
    return nullptr;
  }
  static std::unexpected<Error> unknown(const AuthorityId& id) { return fail(Code::not_found, "issuer.unknown_authority", id); }

  std::vector<Unit> units_;
};

std::unexpected<Error> corrupt(const AuthorityId& id, std::string what) {
  return fail(Code::corrupt, "issuer.corrupt", id + ": " + std::move(what));
}

Result<Unit> make_unit(AuthorityParts parts) {
  const auto& [id, certificate, root, responder, addresses, key, responder_key] = parts;
  const pki::PublicKey& public_key = key->public_key();
  if (certificate.spki() != public_key.der()) return corrupt(id, "certificate and key differ");
  if (responder.spki() != responder_key->public_key().der()) return corrupt(id, "responder's certificate and key differ");
  if (certificate.issuer().der() != root.subject().der() || !certificate.verify_by(root))
    return corrupt(id, "not signed by the root");
  if (responder.issuer().der() != certificate.subject().der() || !responder.verify_by(certificate))
    return corrupt(id, "responder not signed by the authority");
  Result<HolderProfile> profile = HolderProfile::make(certificate, public_key, addresses);
  if (!profile) return corrupt(id, profile.error().id);
  const Bytes& name = certificate.subject().der();
  const Bytes bits = public_key.bits();
  Authority authority{.id = id,
                      .certificate = certificate,
                      .root = root,
                      .name_sha1 = pki::sha1(name),
                      .key_sha1 = pki::sha1(bits),
                      .name_sha256 = to_bytes(sha256(name).view()),
                      .key_sha256 = to_bytes(sha256(bits).view()),
                      .addresses = addresses,
                      .algorithm = public_key.algorithm()};
  return Unit{
      std::move(authority), std::move(*profile), responder, std::move(parts.key), std::move(parts.responder_key), nullptr};
}

}  // namespace

Result<std::unique_ptr<Issuer>> make_local_issuer(std::vector<AuthorityParts> parts) {
  std::vector<Unit> units;
  std::map<pki::KeyAlgorithm, std::shared_ptr<const pki::PrivateKey>> throw_away;
  for (AuthorityParts& part : parts) {
    Result<Unit> unit = make_unit(std::move(part));
    if (!unit) return fail(unit);
    std::shared_ptr<const pki::PrivateKey>& key = throw_away[unit->authority.algorithm];
    if (!key) {
      Result<pki::PrivateKey> made = pki::PrivateKey::make(unit->authority.algorithm);
      if (!made) return fail(made);
      key = std::make_shared<const pki::PrivateKey>(std::move(*made));
    }
    unit->throw_away = key;
    units.push_back(std::move(*unit));
  }
  return std::make_unique<LocalIssuer>(std::move(units));
}

}  // namespace inkan::ca
