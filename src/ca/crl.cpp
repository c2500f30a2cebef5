#include "ca/crl.hpp"

#include "ca/draft.hpp"
#include "ca/lint_status.hpp"
#include "ca/tbs.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerWriter;

void entry(DerWriter& out, const pki::RevokedEntry& revoked) {
  out.nest(tag::kSequence, [&] {
    out.primitive(tag::kInteger, revoked.serial.bytes());
    out.time(revoked.revoked_at);
    if (revoked.reason == pki::RevocationReason::unspecified) return;  // RFC 5280 5.3.1: then the extension is left out
    out.nest(tag::kSequence, [&] {
      out.nest(tag::kSequence, [&] {
        out.oid(oid::kReasonCode);
        out.nest(tag::kOctetString, [&] { out.number(static_cast<unsigned long long>(revoked.reason), tag::kEnumerated); });
      });
    });
  });
}

/// IssuingDistributionPoint (RFC 5280 5.2.5) says which certificates a shard speaks of: those that name this address.
void distribution_point(DerWriter& out, const std::string& url) {
  out.nest(tag::kSequence, [&] {
    out.oid(oid::kIssuingDistributionPoint);
    out.boolean_true();  // critical
    out.nest(tag::kOctetString, [&] {
      out.nest(tag::kSequence, [&] {
        out.nest(tag::context(0), [&] {                                                                 // distributionPoint
          out.nest(tag::context(0), [&] { out.primitive(tag::context_primitive(6), as_bytes(url)); });  // fullName: a URI
        });
      });
    });
  });
}

}  // namespace

Bytes crl_tbs(const CrlOrder& order, const Authority& authority) {
  DerWriter out;
  out.reserve(order.revoked.size() * 64 + 1024);
  out.nest(tag::kSequence, [&] {
    out.number(1);  // version 2
    out.raw(pki::signature_algorithm(authority.algorithm));
    out.raw(authority.certificate.subject().der());
    out.time(order.this_update);
    out.time(order.next_update);
    if (!order.revoked.empty())
      out.nest(tag::kSequence, [&] {
        for (const pki::RevokedEntry& revoked : order.revoked) entry(out, revoked);
      });
    out.nest(tag::context(0), [&] {
      out.nest(tag::kSequence, [&] {
        out.nest(tag::kSequence, [&] {
          out.oid(oid::kAuthorityKeyIdentifier);
          out.nest(tag::kOctetString, [&] {
            out.nest(tag::kSequence, [&] { out.primitive(tag::context_primitive(0), authority.certificate.key_id()); });
          });
        });
        out.nest(tag::kSequence, [&] {
          out.oid(oid::kCrlNumber);
          out.nest(tag::kOctetString, [&] { out.number(order.number); });
        });
        if (order.shard != 0) distribution_point(out, list_url(authority.addresses, order.shard));
      });
    });
  });
  return out.take();
}

Result<Bytes> sign_crl(const CrlOrder& order, const Authority& authority, const SigningKey& key) {
  const Bytes tbs = crl_tbs(order, authority);
  if (const Findings findings = lint_list(tbs, order, authority); has_errors(findings))
    return fail(Code::internal, "issuer.refused", ids_of(findings));
  const Result<Bytes> signature = key.sign(tbs);
  if (!signature) return fail(signature);
  return assemble(tbs, authority.algorithm, *signature);
}

Result<void> check_crl(ByteView der, const CrlOrder& order, const Authority& authority) {
  const Result<pki::Crl> crl = pki::Crl::parse(der);
  if (!crl) return fail(Code::internal, "issuer.refused", "CRL: " + crl.error().detail);
  if (!crl->verify_by(authority.certificate)) return fail(Code::internal, "issuer.refused", "CRL: signature");
  pki::DerReader outer(der);
  const ByteView tbs = outer.enter(tag::kSequence).take(tag::kSequence).whole;
  if (const Findings findings = lint_list(tbs, order, authority); has_errors(findings))
    return fail(Code::internal, "issuer.refused", ids_of(findings));
  return {};
}

}  // namespace inkan::ca
