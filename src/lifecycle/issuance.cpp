#include "lifecycle/issuance.hpp"

#include <algorithm>

#include "lifecycle/enrolment.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

/// kBackdate lets clocks that lag a little accept a fresh certificate (I11: at most 5 minutes).
constexpr std::chrono::minutes kBackdate{5};

void reached(const Services& services, std::string_view point) {
  if (services.step) services.step(point);
}

AuditEntry entry_for(const CertificateRecord& record, Instant now, const std::string& actor, const char* action) {
  return {.at = now,
          .actor = actor,
          .action = action,
          .institution = record.holder.institution,
          .subject = record.holder.login_id,
          .detail = {{"authority", record.authority}, {"serial", record.serial.hex()}}};
}

Result<ca::PreparedCertificate> prepare(const Services& services, const IssueOrder& order, const pki::SerialNumber& serial,
                                        Instant now) {
  auto subject = subject_of(order.institution, order.holder);
  if (!subject) return fail(subject);
  return services.issuer.prepare(
      {.authority = order.institution.authority,
       .subject = std::move(*subject),
       .key = order.key,
       .serial = serial,
       .not_before = now - kBackdate,
       .not_after = order.institution.zone.end_of(renewed_expiry(order.institution, now, order.replaced))});
}

/// ensure_free refuses a ticket whose earlier reservation is still being worked on.
Result<void> ensure_free(Writer& writer, const ca::AuthorityId& authority, const Ticket& ticket) {
  if (!ticket.serial) return {};
  const auto earlier = writer.find_by_serial(authority, *ticket.serial);
  if (!earlier) return fail(earlier);
  if (*earlier && (*earlier)->stage == Stage::reserved) return fail(Code::unavailable, "issuance.running");
  return {};
}

Result<void> reserve(Writer& writer, const IssueOrder& order, CertificateRecord& record) {
  const auto holder = writer.lock_holder(order.holder.id);
  if (!holder) return fail(holder);
  const bool same_subject = *holder && (*holder)->company == order.holder.company && (*holder)->name == order.holder.name &&
                            (*holder)->role == order.holder.role;
  if (!same_subject) return fail(Code::conflict, "holder.changed");
  const auto issued = find_issued(writer, order.institution, order.holder.id, order.key.hash());
  if (!issued) return fail(issued);
  if (*issued)
    return fail(Code::unavailable, "issuance.running");  // another request was quicker with this key; a repeat finds it
  auto admitted = order.admit(writer, **holder);
  if (!admitted) return fail(admitted);
  Ticket ticket = std::move(*admitted);
  if (auto free = ensure_free(writer, record.authority, ticket); !free) return free;

  record.ticket = ticket.id;
  ticket.serial = record.serial;
  if (auto put = writer.put_ticket(ticket); !put) return put;
  if (auto added = writer.add_certificate(record); !added) return added;
  AuditEntry entry = entry_for(record, record.reserved_at, order.actor, "certificate.reserved");
  entry.detail["ticket"] = ticket.id;
  entry.detail["kind"] = to_text(ticket.kind);
  entry.detail["evidence"] = ticket.evidence;
  entry.detail["tbs_sha256"] = record.tbs_hash.hex();
  writer.audit(std::move(entry));
  return {};
}

const char* letter_for(TicketKind kind) {
  switch (kind) {
    case TicketKind::first:
    case TicketKind::bulk: return "issued";
    case TicketKind::renewal: return "renewed";
    case TicketKind::acquisition:
    case TicketKind::computer:
    case TicketKind::reissue: return "acquired";
  }
  return "issued";
}

Result<void> abandon(Writer& writer, CertificateRecord record, Instant now, const std::string& actor) {
  auto current = writer.find_by_serial(record.authority, record.serial);
  if (!current) return fail(current);
  if (!*current || (*current)->stage != Stage::reserved) return {};
  record = std::move(**current);
  record.stage = Stage::abandoned;
  record.revoked_at = now;
  record.reason = pki::RevocationReason::unspecified;
  if (auto set = writer.set_certificate(record); !set) return set;
  auto ticket = writer.find_ticket(record.ticket);
  if (!ticket) return fail(ticket);
  if (*ticket && (*ticket)->serial == record.serial) {
    (*ticket)->serial.reset();
    if (auto put = writer.put_ticket(**ticket); !put) return put;
  }
  writer.audit(entry_for(record, now, actor, "certificate.abandoned"));
  return {};
}

/// record_issued judges again what was reserved: whatever ended the transaction while the signature was made has won (I7, T15).
/// The certificate is then abandoned and nobody gets it; gives whether it was recorded.
Result<bool> record_issued(Writer& writer, const IssueOrder& order, const CertificateRecord& record) {
  auto holder = writer.lock_holder(record.holder);
  if (!holder) return fail(holder);
  auto ticket = writer.find_ticket(record.ticket);
  if (!ticket) return fail(ticket);
  // An open ticket that bears the serial says that the reservation stands: abandon takes both away in one transaction.
  const bool stands = *ticket && (*ticket)->stage == TicketStage::open && (*ticket)->serial == record.serial;
  if (!*holder || !stands) {
    const auto reserved = writer.find_by_serial(record.authority, record.serial);
    if (!reserved) return fail(reserved);
    if (!*holder || !*reserved || (*reserved)->stage != Stage::reserved) return fail(Code::unavailable, "issuance.abandoned");
    const auto ended = abandon(writer, record, *record.issued_at, order.actor);
    return ended ? Result<bool>(false) : fail(ended);
  }
  if (auto set = writer.set_certificate(record); !set) return fail(set);
  (*ticket)->stage = TicketStage::issued;
  if (auto put = writer.put_ticket(**ticket); !put) return fail(put);
  if ((*holder)->entitlement != Entitlement::held) {
    (*holder)->entitlement = Entitlement::held;
    (*holder)->acquire_until.reset();
    if (auto put = writer.put_holder(**holder); !put) return fail(put);
  }
  AuditEntry entry = entry_for(record, *record.issued_at, order.actor, "certificate.issued");
  entry.detail["ticket"] = record.ticket;
  entry.detail["fingerprint"] = record.fingerprint->hex();
  writer.audit(std::move(entry));
  auto told = tell(writer, order.institution, **holder, {.letter = letter_for((*ticket)->kind), .certificate = record},
                   *record.issued_at);
  return told ? Result<bool>(true) : fail(told);
}

}  // namespace

Result<std::optional<CertificateRecord>> find_issued(Reader& reader, const Institution& institution, const HolderId& holder,
                                                     const Digest& key_hash) {
  auto found = reader.find_by_key(key_hash);
  if (!found || !*found) return found;
  if ((*found)->holder != holder || ending_of(**found, institution)) return fail(Code::refused, "key.on_record");
  if ((*found)->stage == Stage::reserved) return fail(Code::unavailable, "issuance.running");
  return found;
}

Result<CertificateRecord> issue(const Services& services, const IssueOrder& order) {
  const auto& keys = order.institution.holder_keys;
  if (std::find(keys.begin(), keys.end(), order.key.algorithm()) == keys.end()) return fail(Code::refused, "key.not_allowed");

  const Instant now = services.clock.now();
  const auto serial = pki::SerialNumber::make(services.rng);
  const auto prepared = prepare(services, order, serial, now);
  if (!prepared) return fail(prepared);
  reached(services, "prepared");

  const Day expiry = renewed_expiry(order.institution, now, order.replaced);
  CertificateRecord record{.holder = order.holder.id,
                           .authority = order.institution.authority,
                           .serial = serial,
                           .tbs_hash = prepared->tbs_hash,
                           .key_hash = order.key.hash(),
                           .not_before = now - kBackdate,
                           .not_after = order.institution.zone.end_of(expiry),
                           .expiry_day = expiry,
                           .reserved_at = now};
  auto reserved = services.store.transact([&](Writer& writer) {
    auto result = reserve(writer, order, record);
    reached(services, "reserve-before-commit");
    return result;
  });
  if (!reserved) return fail(reserved);
  reached(services, "reserve-after-commit");

  auto der = services.issuer.sign(*prepared);
  reached(services, "signed");
  if (!der) {
    const auto closed = services.store.transact([&](Writer& writer) { return abandon(writer, record, now, order.actor); });
    return closed ? fail(der) : fail(closed);
  }
  record.stage = Stage::issued;
  record.der = std::move(*der);
  record.fingerprint = sha256(record.der);
  record.issued_at = now;
  bool stands = false;
  auto recorded = services.store.transact([&](Writer& writer) -> Result<void> {
    const auto result = record_issued(writer, order, record);
    reached(services, "record-before-commit");
    if (!result) return fail(result);
    stands = *result;
    return {};
  });
  if (!recorded) return fail(recorded);
  if (!stands) return fail(Code::expired, "ticket.expired", "the transaction was ended while the certificate was made");
  reached(services, "record-after-commit");
  return record;
}

Result<std::optional<CertificateRecord>> find_of_holder(Reader& reader, const HolderId& holder, const pki::SerialNumber& serial) {
  auto all = reader.certificates_of(holder);
  if (!all) return fail(all);
  for (CertificateRecord& certificate : *all)
    if (certificate.serial == serial) return std::move(certificate);
  return std::optional<CertificateRecord>();
}

Result<int> close_unfinished(const Services& services, Instant before) {
  const auto unfinished = read_from(services.store, [&](Reader& reader) { return reader.unfinished(before); });
  if (!unfinished) return fail(unfinished);
  for (const CertificateRecord& record : *unfinished) {
    auto closed =
        services.store.transact([&](Writer& writer) { return abandon(writer, record, services.clock.now(), "job recovery"); });
    if (!closed) return fail(closed);
    reached(services, "recovery-after-commit");
  }
  return static_cast<int>(unfinished->size());
}

Result<CertificateRecord> retire(Writer& writer, CertificateRecord certificate, pki::RevocationReason reason,
                                 const std::optional<pki::SerialNumber>& successor, Instant now, const std::string& actor,
                                 std::optional<Instant> since) {
  if (certificate.revoked_at) return certificate;
  certificate.revoked_at = since.value_or(now);
  certificate.reason = reason;
  certificate.replaced_by = successor;
  if (auto set = writer.set_certificate(certificate); !set) return fail(set);
  if (certificate.fingerprint)
    if (auto removed = writer.remove_sessions_of(*certificate.fingerprint); !removed) return fail(removed);
  AuditEntry entry = entry_for(certificate, now, actor, "certificate.revoked");
  entry.detail["reason"] = pki::to_text(reason);
  if (successor) entry.detail["replaced_by"] = successor->hex();
  writer.audit(std::move(entry));
  return certificate;
}

Result<void> retire_unused(Writer& writer, const HolderId& holder, const std::optional<pki::SerialNumber>& spared, Instant now,
                           const std::string& actor) {
  auto live = writer.live_certificates(holder);
  if (!live) return fail(live);
  for (CertificateRecord& certificate : *live) {
    if (certificate.confirmed_at || certificate.serial == spared) continue;
    auto retired = retire(writer, std::move(certificate), pki::RevocationReason::cessation_of_operation, {}, now, actor);
    if (!retired) return fail(retired);
  }
  return {};
}

Result<CertificateRecord> confirm_first_use(Writer& writer, CertificateRecord certificate, Instant now) {
  if (certificate.confirmed_at) return certificate;
  const std::string actor = actor_of(certificate.holder);
  certificate.confirmed_at = now;
  if (auto set = writer.set_certificate(certificate); !set) return fail(set);
  writer.audit(entry_for(certificate, now, actor, "certificate.confirmed"));

  auto ticket = writer.find_ticket(certificate.ticket);
  if (!ticket) return fail(ticket);
  if (!*ticket || (*ticket)->serial != certificate.serial) return certificate;
  (*ticket)->stage = TicketStage::confirmed;
  if (auto put = writer.put_ticket(**ticket); !put) return fail(put);

  // Whatever else of this holder is still live retires now: after first use there is one certificate (I5).
  auto live = writer.live_certificates(certificate.holder);
  if (!live) return fail(live);
  for (const CertificateRecord& other : *live) {
    if (other.serial == certificate.serial) continue;
    auto retired = retire(writer, other, pki::RevocationReason::superseded, certificate.serial, now, actor);
    if (!retired) return fail(retired);
  }
  return certificate;
}

}  // namespace inkan::lifecycle
