// Certificates of another CA that a bank's customers hold already (O38).

#include "base/text.hpp"
#include "lifecycle/holders.hpp"
#include "pki/certificate.hpp"

namespace inkan::lifecycle {
namespace {

/// find_signer is the accepted authority that signed a certificate.
Result<ca::AuthorityId> find_signer(const Institution& institution, const pki::Certificate& certificate) {
  for (const AcceptedAuthority& accepted : institution.accepted) {
    const auto issuer = pki::Certificate::parse(accepted.certificate);
    if (issuer && certificate.issuer().der() == issuer->subject().der() && certificate.verify_by(*issuer)) return accepted.id;
  }
  return fail(Code::refused, "certificate.not_accepted", certificate.issuer().to_text());
}

}  // namespace

Result<CertificateRecord> Holders::import_certificate(const Institution& institution, const std::string& login_id, ByteView der,
                                                      const std::string& actor) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::not_found, "holder.unknown", login_id);
  const auto certificate = pki::Certificate::parse(der);
  if (!certificate) return fail(certificate);
  const auto authority = find_signer(institution, *certificate);
  if (!authority) return fail(authority);
  const Instant now = services_.clock.now();
  if (certificate->not_after() < now) return fail(Code::refused, "certificate.expired", *canonical);

  const CertificateRecord record{.holder = {institution.id, *canonical},
                                 .authority = *authority,
                                 .serial = certificate->serial(),
                                 .stage = Stage::issued,
                                 .ticket = {},
                                 .tbs_hash = {},
                                 .key_hash = sha256(certificate->spki()),
                                 .not_before = certificate->not_before(),
                                 .not_after = certificate->not_after(),
                                 .expiry_day = institution.zone.day_of(certificate->not_after()),
                                 .reserved_at = now,
                                 .der = certificate->der(),
                                 .fingerprint = certificate->fingerprint(),
                                 .issued_at = now,
                                 .confirmed_at = now,
                                 .revoked_at = {},
                                 .reason = {},
                                 .replaced_by = {}};
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    auto holder = writer.lock_holder(record.holder);
    if (!holder) return fail(holder);
    if (!*holder) return fail(Code::not_found, "holder.unknown", *canonical);
    if ((*holder)->entitlement == Entitlement::terminated) return fail(Code::refused, "holder.terminated", *canonical);
    const auto live = writer.live_certificates(record.holder);
    if (!live) return fail(live);
    if (!live->empty()) return fail(Code::conflict, "certificate.has_one", *canonical);
    if (auto added = writer.add_certificate(record); !added) return added;
    if (auto set = writer.set_certificate(record); !set) return set;
    (*holder)->entitlement = Entitlement::held;
    (*holder)->acquire_until.reset();
    if (auto put = writer.put_holder(**holder); !put) return put;
    writer.audit(
        {.at = now,
         .actor = actor,
         .action = "certificate.imported",
         .institution = institution.id,
         .subject = *canonical,
         .detail = {
             {"authority", record.authority}, {"serial", record.serial.hex()}, {"fingerprint", record.fingerprint->hex()}}});
    return {};
  });
  if (!done) return fail(done);
  return record;
}

}  // namespace inkan::lifecycle
