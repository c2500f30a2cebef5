#include "lifecycle/holding.hpp"

#include "lifecycle/letters.hpp"
#include "lifecycle/tickets.hpp"

namespace inkan::lifecycle {
namespace {

void audit_hold(Writer& writer, const CertificateRecord& certificate, Instant now, const std::string& actor, const char* action,
                const std::string& why) {
  AuditEntry entry = entry_for(certificate.holder, now, actor, action);
  entry.detail = {{"authority", certificate.authority}, {"serial", certificate.serial.hex()}};
  if (!why.empty()) entry.detail["why"] = why;
  writer.audit(std::move(entry));
}

}  // namespace

Result<CertificateRecord> hold_holder(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                      const std::string& actor, const std::string& why) {
  auto live = writer.live_certificates(holder.id);
  if (!live) return fail(live);
  const Day today = institution.zone.day_of(now);
  std::optional<CertificateRecord> newest;
  for (CertificateRecord& certificate : *live) {
    // An expired one is held too while it could still prove the old key after expiry (O7).
    const CertificateStatus status = status_of(certificate, institution, today);
    if (!may_log_in(status) && status != CertificateStatus::expired_grace) continue;
    certificate.held_at = now;
    certificate.held_by = actor;
    if (auto set = writer.set_certificate(certificate); !set) return fail(set);
    if (auto removed = writer.remove_sessions_of(*certificate.fingerprint); !removed) return fail(removed);
    audit_hold(writer, certificate, now, actor, "certificate.held", why);
    if (!newest) newest = certificate;
  }
  if (!newest) return fail(Code::refused, "hold.nothing");
  if (auto ended = end_under_way(writer, holder.id, now, actor); !ended) return fail(ended);
  if (auto told = tell(writer, institution, holder, {.letter = "held", .certificate = newest}, now); !told) return fail(told);
  return *newest;
}

Result<CertificateRecord> lift_hold(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                    const std::string& actor) {
  auto live = writer.live_certificates(holder.id);
  if (!live) return fail(live);
  std::optional<CertificateRecord> newest;
  for (CertificateRecord& certificate : *live) {
    if (!certificate.held_at) continue;
    certificate.held_at.reset();
    certificate.held_by.clear();
    if (auto set = writer.set_certificate(certificate); !set) return fail(set);
    audit_hold(writer, certificate, now, actor, "certificate.released", {});
    if (!newest) newest = certificate;
  }
  if (!newest) return fail(Code::refused, "hold.not_held");
  if (auto told = tell(writer, institution, holder, {.letter = "released", .certificate = newest}, now); !told) return fail(told);
  return *newest;
}

Result<std::optional<CertificateRecord>> find_held(Reader& reader, const HolderId& holder) {
  auto live = reader.live_certificates(holder);
  if (!live) return fail(live);
  for (CertificateRecord& certificate : *live)
    if (certificate.held_at) return std::move(certificate);
  return std::optional<CertificateRecord>();
}

}  // namespace inkan::lifecycle
