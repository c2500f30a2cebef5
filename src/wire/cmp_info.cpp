#include "wire/cmp_info.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::wire {
namespace {

namespace oid = pki::oid;
using pki::DerWriter;

bool is_root(const PublishedCa& ca) { return ca.certificate.issuer().der() == ca.certificate.subject().der(); }

Bytes ca_certificates(const CmpInfoSource& source) {
  DerWriter value;
  value.nest(pki::tag::kSequence, [&] {
    for (const ca::Authority& authority : source.authorities)
      if (!authority.revoked) value.raw(authority.certificate.der());
    for (const PublishedCa& ca : source.options.roots)
      if (!is_root(ca)) value.raw(ca.certificate.der());
  });
  return value.take();
}

/// find_cross is what `signer` says of the key of `subject`.
const PublishedCa* find_cross(const DoorOptions& options, const PublishedCa& subject, const PublishedCa& signer) {
  for (const PublishedCa& ca : options.roots)
    if (!is_root(ca) && ca.certificate.subject().der() == subject.certificate.subject().der() &&
        ca.certificate.issuer().der() == signer.certificate.subject().der())
      return &ca;
  return nullptr;
}

/// root_update is RootCaKeyUpdateContent (RFC 9810 5.3.19.15); empty where there is no next root.
Bytes root_update(const DoorOptions& options, const Bytes& held) {
  const PublishedCa* old = nullptr;
  const PublishedCa* next = nullptr;
  for (const PublishedCa& ca : options.roots) {
    if (!is_root(ca)) continue;
    if (old != nullptr) {
      next = &ca;
      break;
    }
    if (held.empty() || ca.certificate.der() == held) old = &ca;
  }
  if (next == nullptr) return {};
  const PublishedCa* new_with_old = find_cross(options, *next, *old);
  const PublishedCa* old_with_new = find_cross(options, *old, *next);
  DerWriter value;
  value.nest(pki::tag::kSequence, [&] {
    value.raw(next->certificate.der());
    if (new_with_old != nullptr) value.nest(pki::tag::context(0), [&] { value.raw(new_with_old->certificate.der()); });
    if (old_with_new != nullptr) value.nest(pki::tag::context(1), [&] { value.raw(old_with_new->certificate.der()); });
  });
  return value.take();
}

}  // namespace

Result<pki::GeneralAnswer> answer_cmp_info(const CmpInfoSource& source, const pki::GeneralQuestion& question) {
  if (pki::same(question.type, oid::kCaCerts)) return pki::GeneralAnswer{question.type, ca_certificates(source)};
  if (pki::same(question.type, oid::kRootCaCert))
    return pki::GeneralAnswer{to_bytes(oid::kRootCaKeyUpdate), root_update(source.options, question.value)};
  if (!pki::same(question.type, oid::kCurrentCrl)) return fail(Code::refused, "cmp.info_type");
  auto crl = source.options.status.crl(source.signing);
  if (!crl) return fail(crl);
  return pki::GeneralAnswer{question.type, std::move(crl->der)};
}

}  // namespace inkan::wire
