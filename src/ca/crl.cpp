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
        write_authority_key_id(out, authority.certificate.key_id());
        out.nest(tag::kSequence, [&] {
          out.oid(oid::kCrlNumber);
          out.nest(tag::kOctetString, [&] { out.number(order.number); });
        });
        if (order.shard != 0) write_issuing_distribution_point(out, list_url(authority.addresses, order.shard));
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
  if (const Findings findings = lint_list(signed_part(der), order, authority); has_errors(findings))
    return fail(Code::internal, "issuer.refused", ids_of(findings));
  return {};
}

}  // namespace inkan::ca
