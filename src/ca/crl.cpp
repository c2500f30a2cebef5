#include "ca/crl.hpp"

#include <algorithm>

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
      });
    });
  });
  return out.take();
}

Result<void> check_crl(ByteView der, const CrlOrder& order, const Authority& authority) {
  const auto refuse = [](std::string what) { return fail(Code::internal, "issuer.refused", "CRL: " + std::move(what)); };
  const Result<pki::Crl> crl = pki::Crl::parse(der);
  if (!crl) return refuse(crl.error().detail);
  if (crl->issuer().der() != authority.certificate.subject().der()) return refuse("issuer");
  if (crl->authority_key_id() != authority.certificate.key_id()) return refuse("authority key identifier");
  if (!crl->verify_by(authority.certificate)) return refuse("signature");
  if (crl->number() != order.number || order.number == 0) return refuse("number");
  if (crl->this_update() != order.this_update || crl->next_update() != order.next_update ||
      order.this_update >= order.next_update)
    return refuse("dates");
  const std::vector<pki::RevokedEntry>& entries = crl->entries();
  const bool same = std::ranges::equal(entries, order.revoked, [](const pki::RevokedEntry& a, const pki::RevokedEntry& b) {
    return a.serial == b.serial && a.revoked_at == b.revoked_at && a.reason == b.reason;
  });
  if (!same) return refuse("entries");
  std::vector<const pki::SerialNumber*> serials;
  serials.reserve(entries.size());
  for (const pki::RevokedEntry& revoked : entries) serials.push_back(&revoked.serial);
  std::ranges::sort(serials, [](const auto* a, const auto* b) { return *a < *b; });
  const auto twice = std::ranges::adjacent_find(serials, [](const auto* a, const auto* b) { return *a == *b; });
  if (twice != serials.end()) return refuse("serial twice: " + (*twice)->hex());
  return {};
}

}  // namespace inkan::ca
