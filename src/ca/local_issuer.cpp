#include "ca/local_issuer.hpp"

#include <algorithm>
#include <mutex>

#include "base/chance.hpp"
#include "base/log.hpp"
#include "ca/crl.hpp"
#include "ca/draft.hpp"
#include "ca/infrastructure.hpp"
#include "ca/lint.hpp"
#include "ca/lint_status.hpp"
#include "ca/ocsp.hpp"
#include "ca/responder.hpp"
#include "ca/rules.hpp"
#include "ca/tbs.hpp"

namespace inkan::ca {
namespace {

class LocalIssuer : public Issuer, public ResponderKeeper {
 public:
  LocalIssuer(Drafts drafts, std::vector<AuthorityParts> parts) : drafts_(std::move(drafts)), parts_(std::move(parts)) {
    for (const AuthorityParts& each : parts_)
      responders_.push_back(std::make_shared<const pki::Certificate>(each.known.responder));
  }

  Result<PreparedCertificate> prepare(const CertificateOrder& order) const override { return drafts_.prepare(order); }

  Result<Bytes> sign(const PreparedCertificate& prepared) const override {
    const Result<std::size_t> place = drafts_.find_signing(prepared.authority);
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
    return sign_crl(order, drafts_.authorities()[*place], *parts_[*place].key);
  }

  Result<Bytes> make_ocsp(const OcspOrder& order) const override {
    const Result<std::size_t> place = drafts_.find(order.authority);
    if (!place) return fail(place);
    const std::shared_ptr<const pki::Certificate> responder = responder_of(*place);
    if (order.next_update > responder->not_after())
      return fail(Code::expired, "issuer.refused", "OCSP: the answer outlives its responder's certificate");
    const SigningKey& key = *parts_[*place].responder_key;
    const Bytes data = ocsp_data(order, responder->key_id());
    if (const Findings findings = lint_answer(data, order, drafts_.authorities()[*place], responder->key_id());
        has_errors(findings))
      return fail(Code::internal, "issuer.refused", ids_of(findings));
    const Result<Bytes> signature = key.sign(data);
    if (!signature) return fail(signature);
    return ocsp_response(data, key.public_key().algorithm(), *signature, *responder);
  }

  std::vector<Authority> authorities() const override { return drafts_.authorities(); }

  Result<void> health() const override {
    for (const AuthorityParts& parts : parts_)
      for (const SigningKey* key : {parts.key.get(), parts.responder_key.get()})
        if (const Result<Bytes> signature = key->sign(as_bytes("inkan health")); !signature) return fail(signature);
    return {};
  }

  Result<int> renew_responders(Instant now, const ResponderWitness& witness) const override {
    const std::lock_guard one_at_a_time(renewing_);
    int renewed = 0;
    for (std::size_t place = 0; place < parts_.size(); ++place) {
      const Authority& authority = drafts_.authorities()[place];
      const std::shared_ptr<const pki::Certificate> present = responder_of(place);
      const Term term{std::max(now - kBackdate, authority.certificate.not_before()),
                      std::min(now + kResponderLife, authority.certificate.not_after())};
      if (present->not_after() - now > kResponderRenewal || term.not_after <= present->not_after() || now >= term.not_after)
        continue;
      Result<pki::Certificate> next = make_responder(place, present->subject(), term, witness);
      if (!next) return fail(next);
      log(LogLevel::info, "ca", "responder.renewed",
          {{"authority", authority.id}, {"serial", next->serial().hex()}, {"not_after", to_rfc3339(next->not_after())}});
      // What cannot be kept is used all the same; the next start makes another.
      if (const auto& keep = parts_[place].keep_responder)
        if (const Result<void> kept = keep(*next); !kept)
          log(LogLevel::warning, "ca", "responder.not_kept", {{"authority", authority.id}, {"detail", kept.error().detail}});
      const std::lock_guard lock(responding_);
      responders_[place] = std::make_shared<const pki::Certificate>(std::move(*next));
      ++renewed;
    }
    return renewed;
  }

 private:
  std::shared_ptr<const pki::Certificate> responder_of(std::size_t place) const {
    const std::lock_guard lock(responding_);
    return responders_[place];
  }

  Result<pki::Certificate> make_responder(std::size_t place, const pki::Name& subject, const Term& term,
                                          const ResponderWitness& witness) const {
    const Authority& authority = drafts_.authorities()[place];
    const AuthorityParts& parts = parts_[place];
    SystemRng rng;
    const InfrastructureOrder order{.rank = Rank::responder,
                                    .signer = {authority.certificate.subject(), parts.key->public_key()},
                                    .signer_term = term_of(authority.certificate),
                                    .subject = {subject, parts.responder_key->public_key()},
                                    .serial = pki::SerialNumber::make(rng),
                                    .term = term};
    Result<pki::Certificate> certificate = sign_infrastructure(*parts.key, order);
    if (!certificate) return certificate;
    const Digest hash = sha256(signed_part(certificate->der()));
    if (const Result<void> seen = witness(authority.id, order.serial, hash); !seen) return fail(seen);
    return certificate;
  }

  Drafts drafts_;
  std::vector<AuthorityParts> parts_;  // in the order of drafts_
  mutable std::mutex renewing_;
  mutable std::mutex responding_;  // for responders_
  mutable std::vector<std::shared_ptr<const pki::Certificate>> responders_;
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
