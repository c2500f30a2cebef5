#include "ca/local_issuer.hpp"

#include "ca/crl.hpp"
#include "ca/draft.hpp"
#include "ca/lint.hpp"
#include "ca/ocsp.hpp"

namespace inkan::ca {
namespace {

class LocalIssuer : public Issuer {
 public:
  LocalIssuer(Drafts drafts, std::vector<AuthorityParts> parts) : drafts_(std::move(drafts)), parts_(std::move(parts)) {}

  Result<PreparedCertificate> prepare(const CertificateOrder& order) const override { return drafts_.prepare(order); }

  Result<Bytes> sign(const PreparedCertificate& prepared) const override {
    const Result<std::size_t> place = drafts_.find(prepared.authority);
    if (!place) return fail(place);
    const Authority& authority = drafts_.authorities()[*place];
    if (sha256(prepared.tbs) != prepared.tbs_hash) return fail(Code::internal, "issuer.hash_mismatch");
    const Findings findings = lint_tbs(prepared.tbs, authority);
    if (has_errors(findings)) return fail(Code::internal, "issuer.refused", ids_of(findings));
    const Result<Bytes> signature = parts_[*place].key->sign(prepared.tbs);
    if (!signature) return fail(signature);
    return assemble(prepared.tbs, authority.algorithm, *signature);
  }

  Result<Bytes> make_crl(const CrlOrder& order) const override {
    const Result<std::size_t> place = drafts_.find(order.authority);
    if (!place) return fail(place);
    const Authority& authority = drafts_.authorities()[*place];
    const Bytes tbs = crl_tbs(order, authority);
    const Result<Bytes> signature = parts_[*place].key->sign(tbs);
    if (!signature) return fail(signature);
    Bytes crl = assemble(tbs, authority.algorithm, *signature);
    if (const Result<void> checked = check_crl(crl, order, authority); !checked) return fail(checked);
    return crl;
  }

  Result<Bytes> make_ocsp(const OcspOrder& order) const override {
    const Result<std::size_t> place = drafts_.find(order.authority);
    if (!place) return fail(place);
    if (const Result<void> checked = check_ocsp_order(order, drafts_.authorities()[*place]); !checked) return fail(checked);
    const pki::Certificate& responder = parts_[*place].known.responder;
    const SigningKey& key = *parts_[*place].responder_key;
    const Bytes data = ocsp_data(order, responder.key_id());
    const Result<Bytes> signature = key.sign(data);
    if (!signature) return fail(signature);
    return ocsp_response(data, key.public_key().algorithm(), *signature, responder);
  }

  std::vector<Authority> authorities() const override { return drafts_.authorities(); }

  Result<void> health() const override {
    for (const AuthorityParts& parts : parts_)
      for (const SigningKey* key : {parts.key.get(), parts.responder_key.get()})
        if (const Result<Bytes> signature = key->sign(as_bytes("inkan health")); !signature) return fail(signature);
    return {};
  }

 private:
  Drafts drafts_;
  std::vector<AuthorityParts> parts_;  // in the order of drafts_
};

}  // namespace

Result<std::unique_ptr<Issuer>> make_local_issuer(std::vector<AuthorityParts> parts) {
  std::vector<Authority> authorities;
  for (const AuthorityParts& part : parts) {
    const Authority& authority = part.known.authority;
    const auto corrupt = [&](const char* what) { return fail(Code::corrupt, "issuer.corrupt", authority.id + ": " + what); };
    if (authority.certificate.spki() != part.key->public_key().der()) return corrupt("certificate and key differ");
    if (part.known.responder.spki() != part.responder_key->public_key().der())
      return corrupt("responder's certificate and key differ");
    authorities.push_back(authority);
  }
  Result<Drafts> drafts = Drafts::make(std::move(authorities));
  if (!drafts) return fail(drafts);
  return std::make_unique<LocalIssuer>(std::move(*drafts), std::move(parts));
}

}  // namespace inkan::ca
