#include "ca/lint_infrastructure.hpp"

#include "ca/lint_certificate.hpp"
#include "pki/oid.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
using pki::same;

constexpr std::uint8_t kCaUsage[] = {0x03, 0x02, 0x01, 0x06};
constexpr std::uint8_t kEndUsage[] = {0x03, 0x02, 0x07, 0x80};
constexpr std::uint8_t kAnyDepth[] = {0x30, 0x03, 0x01, 0x01, 0xff};
constexpr std::uint8_t kNoCaBelow[] = {0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0x00};
constexpr std::uint8_t kOneCaBelow[] = {0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0x01};
constexpr std::uint8_t kNull[] = {0x05, 0x00};

void is_ca(CertificateLint& lint, ByteView constraints) {
  const ByteView octets = lint.required(
      {oid::kBasicConstraints, true, "cert.basic_constraints.missing", "cert.basic_constraints.criticality", "RFC 5280 4.2.1.9"});
  lint.hold(octets.empty() || same(octets, constraints), "cert.basic_constraints.value", "RFC 5280 4.2.1.9",
            "not a CA, or not with as many CAs below it as its rank has");
  lint.key_usage(kCaUsage, "keyCertSign and cRLSign alone");
}

void is_root(CertificateLint& lint) {
  is_ca(lint, kAnyDepth);
  lint.only({oid::kBasicConstraints, oid::kKeyUsage, oid::kSubjectKeyIdentifier});
}

void is_issuing(CertificateLint& lint, const InfrastructureOrder& order) {
  is_ca(lint, kNoCaBelow);
  lint.purposes({oid::kClientAuth, oid::kOcspSigning}, "clientAuth and OCSPSigning alone");
  const Result<Bytes> policy = pki::encode_oid(order.policy_oid);
  lint.policy(policy ? ByteView(*policy) : ByteView());
  if (!order.crl_url.empty()) lint.distribution_point(order.crl_url, "not the one address of the root's list");
  lint.hold(!order.crl_url.empty() || lint.find(oid::kCrlDistributionPoints) == nullptr, "cert.crl_dp.value", "RFC 5280 4.2.1.13",
            "an address that was not ordered");
  lint.only({oid::kBasicConstraints, oid::kKeyUsage, oid::kExtendedKeyUsage, oid::kCertificatePolicies,
             oid::kCrlDistributionPoints, oid::kAuthorityKeyIdentifier, oid::kSubjectKeyIdentifier});
}

void is_cross(CertificateLint& lint, const InfrastructureOrder& order) {
  is_ca(lint, kOneCaBelow);
  lint.policy(oid::kAnyPolicy);
  lint.distribution_point(order.crl_url, "not the one address of the signer's list");
  lint.access({{oid::kAdCaIssuers, order.ca_url}}, "not the address of the signer's certificate alone");
  lint.only({oid::kBasicConstraints, oid::kKeyUsage, oid::kCertificatePolicies, oid::kCrlDistributionPoints,
             oid::kAuthorityInfoAccess, oid::kAuthorityKeyIdentifier, oid::kSubjectKeyIdentifier});
}

void is_responder(CertificateLint& lint) {
  lint.key_usage(kEndUsage, "digitalSignature alone");
  lint.purposes({oid::kOcspSigning}, "OCSPSigning alone");
  const ByteView no_check = lint.required(
      {oid::kOcspNoCheck, false, "cert.ocsp_nocheck.missing", "cert.ocsp_nocheck.criticality", "RFC 6960 4.2.2.2.1"});
  lint.hold(no_check.empty() || same(no_check, kNull), "cert.ocsp_nocheck.value", "RFC 6960 4.2.2.2.1", "not NULL");
  lint.only(
      {oid::kKeyUsage, oid::kExtendedKeyUsage, oid::kOcspNoCheck, oid::kAuthorityKeyIdentifier, oid::kSubjectKeyIdentifier});
}

void is_delegate(CertificateLint& lint) {
  lint.key_usage(kEndUsage, "digitalSignature alone");
  lint.purposes({oid::kCmcCa}, "cmcCA alone");
  lint.only({oid::kKeyUsage, oid::kExtendedKeyUsage, oid::kAuthorityKeyIdentifier, oid::kSubjectKeyIdentifier});
}

}  // namespace

Findings lint_infrastructure(ByteView tbs, const InfrastructureOrder& order) {
  CertificateLint lint(tbs);
  lint.body(order.signer.key.algorithm());
  lint.issuer(order.signer.name.der());
  lint.ordered(order.serial, order.term, order.subject.name, order.subject.key.der());
  // OldWithNew holds for all of the old root's life, which began before its signer's (RFC 9810 4.4.1).
  if (order.rank != Rank::cross) lint.within(order.signer_term);
  lint.subject_key_id(order.subject.key.key_id());

  const bool root = order.rank == Rank::root;
  const Fields& fields = lint.fields();
  lint.hold(same(fields.issuer, fields.subject) == root, "cert.subject.rank", "RFC 5280 3.2",
            "a root alone bears its issuer's name");
  lint.hold(same(fields.spki, order.signer.key.der()) == root, "cert.key.rank", "RFC 5280 3.2",
            "a root alone has its signer's key");
  if (!root) lint.authority_key_id(order.signer.key.key_id());

  switch (order.rank) {
    case Rank::root: is_root(lint); break;
    case Rank::issuing: is_issuing(lint, order); break;
    case Rank::cross: is_cross(lint, order); break;
    case Rank::responder: is_responder(lint); break;
    case Rank::delegate: is_delegate(lint); break;
  }
  return lint.take();
}

}  // namespace inkan::ca
