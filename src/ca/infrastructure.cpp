#include "ca/infrastructure.hpp"

#include "ca/lint_infrastructure.hpp"
#include "ca/tbs.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
using pki::DerWriter;

void write_root(DerWriter& out) {
  write_basic_constraints(out, {});
  write_key_usage(out, kKeyCertSignAndCrlSign);
}

void write_issuing(DerWriter& out, const InfrastructureOrder& order, ByteView policy) {
  write_basic_constraints(out, 0);  // it issues to holders only
  write_key_usage(out, kKeyCertSignAndCrlSign);
  // OCSPSigning too, or the delegated responder below it would not chain where purposes are nested.
  write_extended_key_usage(out, {oid::kClientAuth, oid::kOcspSigning});
  write_policy(out, policy);
  if (!order.crl_url.empty()) write_crl_distribution_point(out, order.crl_url);
}

void write_cross(DerWriter& out, const InfrastructureOrder& order) {
  write_basic_constraints(out, 1);  // an issuing CA, and no third root
  write_key_usage(out, kKeyCertSignAndCrlSign);
  write_policy(out, oid::kAnyPolicy);  // or the issuing CA's policy would end here (RFC 5280 6.1.3 d)
  write_crl_distribution_point(out, order.crl_url);
  write_information_access(out, {}, order.ca_url);
}

void write_responder(DerWriter& out) {
  write_key_usage(out, kDigitalSignature);
  write_extended_key_usage(out, {oid::kOcspSigning});
  write_ocsp_no_check(out);
}

void write_delegate(DerWriter& out) {
  write_key_usage(out, kDigitalSignature);
  write_extended_key_usage(out, {oid::kCmcCa});
}

}  // namespace

InfrastructureOrder root_order(const Party& self, pki::SerialNumber serial, Term term) {
  return {.rank = Rank::root, .signer = self, .signer_term = term, .subject = self, .serial = std::move(serial), .term = term};
}

Result<Bytes> infrastructure_tbs(const InfrastructureOrder& order) {
  Bytes policy;
  if (order.rank == Rank::issuing) {
    Result<Bytes> id = pki::encode_oid(order.policy_oid);
    if (!id) return id;
    policy = std::move(*id);
  }
  const Bytes head = head_of(order.signer.key.algorithm(), order.signer.name);
  return write_tbs(order.serial, head, order.term, order.subject.name, order.subject.key, [&](DerWriter& out) {
    switch (order.rank) {
      case Rank::root: write_root(out); break;
      case Rank::issuing: write_issuing(out, order, policy); break;
      case Rank::cross: write_cross(out, order); break;
      case Rank::responder: write_responder(out); break;
      case Rank::delegate: write_delegate(out); break;
    }
    if (order.rank != Rank::root) write_authority_key_id(out, order.signer.key.key_id());
    write_subject_key_id(out, order.subject.key.key_id());
  });
}

Result<pki::Certificate> sign_infrastructure(const SigningKey& signer, const InfrastructureOrder& order) {
  const Result<Bytes> tbs = infrastructure_tbs(order);
  if (!tbs) return fail(tbs);
  const Findings findings = lint_infrastructure(*tbs, order);
  if (has_errors(findings)) return fail(Code::internal, "issuer.lint", ids_of(findings));
  const Result<Bytes> signature = signer.sign(*tbs);
  if (!signature) return fail(signature);
  const pki::KeyAlgorithm algorithm = order.signer.key.algorithm();
  const Result<void> verified =
      pki::verify_signature(order.signer.key.der(), pki::signature_algorithm(algorithm), *tbs, *signature);
  if (!verified) return fail(verified);
  return pki::Certificate::parse(assemble(*tbs, algorithm, *signature));
}

}  // namespace inkan::ca
