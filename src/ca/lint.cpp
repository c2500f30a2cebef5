#include "ca/lint.hpp"

#include <algorithm>

#include "ca/lint_certificate.hpp"
#include "pki/oid.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerReader;
using pki::same;

void holder_only(CertificateLint& lint) {
  lint.hold(lint.find(oid::kBasicConstraints) == nullptr, "cert.basic_constraints", "RFC 5280 4.2.1.9",
            "a holder's certificate says nothing of being a CA");
  constexpr std::uint8_t kDigitalSignatureOnly[] = {0x03, 0x02, 0x07, 0x80};
  lint.key_usage(kDigitalSignatureOnly, "digitalSignature alone");
  lint.purposes({oid::kClientAuth}, "clientAuth alone");
}

/// What every certificate of this authority's has, whoever its holder is.
void of_authority(CertificateLint& lint, const Authority& authority) {
  const Addresses& addresses = authority.addresses;
  lint.issuer(authority.certificate.subject().der());
  lint.body(authority.algorithm);
  lint.within(term_of(authority.certificate));
  lint.authority_key_id(authority.certificate.key_id());
  const Result<Bytes> policy = pki::encode_oid(addresses.policy_oid);
  lint.policy(policy ? ByteView(*policy) : ByteView());
  lint.distribution_point(list_url(addresses, shard_of(lint.fields().serial, addresses.crl_shards)),
                          "not the one address of the authority's list, or of the serial's shard of it");
  lint.access({{oid::kAdOcsp, addresses.ocsp_url}, {oid::kAdCaIssuers, addresses.ca_url}},
              "not the authority's OCSP and caIssuers addresses");
  lint.only({oid::kSubjectKeyIdentifier, oid::kKeyUsage, oid::kBasicConstraints, oid::kCrlDistributionPoints,
             oid::kCertificatePolicies, oid::kAuthorityKeyIdentifier, oid::kExtendedKeyUsage, oid::kAuthorityInfoAccess});
}

void ruled(CertificateLint& lint, const HolderRules& rules, Instant now) {
  const Fields& fields = lint.fields();
  const auto not_before = pki::read_time(fields.not_before), not_after = pki::read_time(fields.not_after);
  lint.hold(not_before && *not_before <= now - kBackdate + kSkew && *not_before >= now - kBackdate - kLongestAct,
            "cert.validity.start", "promises.md I11", "it does not begin five minutes before now");
  lint.hold(not_before && not_after && ends_by_the_calendar(rules, *not_before + kBackdate, *not_after), "cert.validity.term",
            "promises.md C3, I11", "it does not end on the day that the profile's calendar gives");
  const Result<pki::Name> subject = pki::Name::parse(fields.subject);
  lint.hold(subject && fits(rules.subject, subject->parts()), "cert.subject.rule", "promises.md T14",
            "not a subject that the profile makes");
}

}  // namespace

Findings lint(ByteView certificate_der, const CertificateOrder& order, const Authority& authority) {
  DerReader outer(certificate_der);
  DerReader parts = outer.enter(tag::kSequence);
  const ByteView tbs = parts.take(tag::kSequence).whole;
  const ByteView algorithm = parts.take(tag::kSequence).whole;
  const auto signature = pki::read_bits(parts.take(tag::kBitString));

  CertificateLint lint(tbs);
  lint.hold(pki::is_der(certificate_der), "cert.der", "RFC 5280 4.1; X.690 10", "not exactly one element in DER");
  lint.hold(parts.done() && signature && !signature->empty(), "cert.structure", "RFC 5280 4.1", "Certificate");
  lint.hold(same(lint.fields().algorithm, algorithm), "cert.algorithm.differs", "RFC 5280 4.1.1.2", "two signature algorithms");
  of_authority(lint, authority);
  lint.ordered(order.serial, {order.not_before, order.not_after}, order.subject, order.key.der());
  lint.subject_key_id(order.key.key_id());
  holder_only(lint);
  return lint.take();
}

Findings lint_tbs(ByteView tbs, const Authority& authority) {
  CertificateLint lint(tbs);
  lint.issuer(authority.certificate.subject().der());
  holder_only(lint);
  return lint.take();
}

Findings lint_by_rules(ByteView tbs, const Authority& authority, const HolderRules& rules, Instant now) {
  CertificateLint lint(tbs);
  of_authority(lint, authority);
  holder_only(lint);
  ruled(lint, rules, now);
  const Result<pki::PublicKey> key = pki::PublicKey::parse(lint.fields().spki);
  lint.hold(key && std::ranges::find(rules.keys, key->algorithm()) != rules.keys.end(), "cert.key.rule", "promises.md E5",
            "not a key that the profile accepts");
  lint.subject_key_id(key ? key->key_id() : Bytes());
  return lint.take();
}

}  // namespace inkan::ca
