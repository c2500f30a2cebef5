#include "ca/draft.hpp"

#include <algorithm>

#include "ca/lint.hpp"
#include "ca/tbs.hpp"

namespace inkan::ca {

Result<Drafts> Drafts::make(std::vector<Authority> authorities) {
  Drafts drafts;
  for (const Authority& authority : authorities) {
    const Result<pki::PublicKey> key = pki::PublicKey::parse(authority.certificate.spki());
    if (!key) return fail(Code::corrupt, "issuer.corrupt", authority.id + ": " + key.error().id);
    Result<HolderProfile> profile = HolderProfile::make(authority.certificate, *key, authority.addresses);
    if (!profile) return fail(Code::corrupt, "issuer.corrupt", authority.id + ": " + profile.error().id);
    drafts.profiles_.push_back(std::move(*profile));
    std::shared_ptr<const pki::PrivateKey>& throw_away = drafts.throw_away_[authority.algorithm];
    if (throw_away) continue;
    Result<pki::PrivateKey> made = pki::PrivateKey::make(authority.algorithm);
    if (!made) return fail(made);
    throw_away = std::make_shared<const pki::PrivateKey>(std::move(*made));
  }
  drafts.authorities_ = std::move(authorities);
  return drafts;
}

Result<std::size_t> Drafts::find(const AuthorityId& id) const {
  const auto found = std::ranges::find(authorities_, id, &Authority::id);
  if (found == authorities_.end()) return fail(Code::not_found, "issuer.unknown_authority", id);
  return static_cast<std::size_t>(found - authorities_.begin());
}

Result<std::size_t> Drafts::find_signing(const AuthorityId& id) const {
  Result<std::size_t> place = find(id);
  if (place && authorities_[*place].revoked) return fail(Code::refused, "issuer.revoked_authority", id);
  return place;
}

Result<PreparedCertificate> Drafts::prepare(const CertificateOrder& order) const {
  const Result<std::size_t> place = find_signing(order.authority);
  if (!place) return fail(place);
  const Authority& authority = authorities_[*place];
  const pki::Certificate& own = authority.certificate;
  if (order.not_before >= order.not_after || order.not_before < own.not_before() || order.not_after > own.not_after())
    return fail(Code::refused, "issuer.validity", "outside the authority's own validity");
  Bytes tbs = profiles_[*place].tbs(order);
  const Result<Bytes> signature = throw_away_.at(authority.algorithm)->sign(tbs);
  if (!signature) return fail(Code::unavailable, "issuer.unavailable", signature.error().detail);
  const Findings findings = lint(assemble(tbs, authority.algorithm, *signature), order, authority);
  if (has_errors(findings)) return fail(Code::internal, "issuer.lint", ids_of(findings));
  const Digest hash = sha256(tbs);
  return PreparedCertificate{order.authority, std::move(tbs), hash};
}

}  // namespace inkan::ca
