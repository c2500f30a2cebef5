#include "lifecycle/holding.hpp"

#include "lifecycle/holders.hpp"
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

/// is_last_administrator tells whether no 管理者 of a 管理者's contract could log in today, as things stand now.
Result<bool> is_last_administrator(Reader& reader, const Institution& institution, const Holder& target, Day today) {
  if (target.role != Role::administrator) return false;
  auto colleagues = reader.holders_of_contract(institution.id, target.contract, kContractLimit);
  if (!colleagues) return fail(colleagues);
  for (Holder& colleague : *colleagues) {
    if (colleague.role != Role::administrator) continue;
    if (colleague.entitlement == Entitlement::terminated) continue;
    const auto view = view_of(reader, institution, std::move(colleague), today);
    if (!view) return fail(view);
    if (view->status && may_log_in(*view->status)) return false;
  }
  return true;
}

}  // namespace

bool is_of_bank(std::string_view actor) {
  return actor.starts_with("staff ") || actor.starts_with("rest ") || actor == "operator";
}

Result<CertificateRecord> hold_holder(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                                      const std::string& actor, const std::string& why) {
  auto live = writer.live_certificates(holder.id);
  if (!live) return fail(live);
  const Day today = institution.zone.day_of(now);
  std::optional<CertificateRecord> newest;
  for (CertificateRecord& certificate : *live) {
    // An expired one is held too while it could still prove the old key after expiry (O7).
    const CertificateStatus status = status_of(certificate, institution, today);
    const bool taken_over = certificate.held_at && is_of_bank(actor) && !is_of_bank(certificate.held_by);
    if (!may_log_in(status) && status != CertificateStatus::expired_grace && !taken_over) continue;
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

Result<void> warn_last(Reader& reader, const Institution& institution, const Holder& target, Day today, bool knowing) {
  if (knowing) return {};
  const auto last = is_last_administrator(reader, institution, target, today);
  if (!last) return fail(last);
  if (*last) return fail(Code::conflict, "company.last_administrator");
  return {};
}

}  // namespace inkan::lifecycle
