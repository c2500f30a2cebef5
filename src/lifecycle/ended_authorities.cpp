#include "lifecycle/ended_authorities.hpp"

#include "base/log.hpp"
#include "lifecycle/generations.hpp"
#include "lifecycle/issuance.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/read_from.hpp"
#include "lifecycle/tickets.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kBatch = 500;
constexpr const char* kActor = "job status";

/// audit_end records that this installation has learned of a CA's end, once.
Result<void> audit_end(const Services& services, const Institution& institution, const ca::AuthorityId& id,
                       const pki::RevokedEntry& end) {
  const std::string subject = "authority " + id;
  return services.store.transact([&](Writer& writer) -> Result<void> {
    const auto known = writer.audit_of(institution.id, subject, 1);
    if (!known) return fail(known);
    if (!known->empty()) return {};
    writer.audit({.at = services.clock.now(),
                  .actor = kActor,
                  .action = "authority.revoked",
                  .institution = institution.id,
                  .subject = subject,
                  .detail = {{"serial", end.serial.hex()},
                             {"reason", std::string(pki::to_text(end.reason))},
                             {"revoked_at", to_rfc3339(end.revoked_at)}}});
    return {};
  });
}

/// end_of_holder ends what went with a certificate that is now revoked: the transaction that gave it or was to replace it. What
/// the bank approved since (再発行, with its code) stands: it proves itself by other means.
Result<void> end_of_holder(Writer& writer, const Institution& institution, const Holder& holder,
                           const CertificateRecord& certificate, Instant now) {
  auto running = writer.find_current_ticket(holder.id);
  if (!running) return fail(running);
  const bool its = *running && ((*running)->serial == certificate.serial || (*running)->replaces == certificate.serial);
  if (its)
    if (auto closed = close_ticket(writer, std::move(**running), TicketStage::cancelled, now, kActor); !closed) return closed;
  const auto live = writer.live_certificates(holder.id);
  if (!live) return fail(live);
  if (!live->empty() || certificate.not_after < now) return {};
  return tell(writer, institution, holder, {.letter = "revoked", .certificate = certificate}, now);
}

/// end_one ends one record; gives whether it was still live.
Result<bool> end_one(const Services& services, const Institution& institution, const CertificateRecord& seen,
                     const pki::RevokedEntry& end) {
  bool ended = false;
  auto done = services.store.transact([&](Writer& writer) -> Result<void> {
    ended = false;
    const auto holder = writer.lock_holder(seen.holder);
    if (!holder) return fail(holder);
    auto record = writer.find_by_serial(seen.authority, seen.serial);
    if (!record) return fail(record);
    if (!*holder || !*record || (*record)->stage != Stage::issued || (*record)->revoked_at) return {};
    const Instant now = services.clock.now();
    const auto retired = retire(writer, std::move(**record), end.reason, {}, now, kActor, end.revoked_at);
    if (!retired) return fail(retired);
    ended = true;
    return end_of_holder(writer, institution, **holder, *retired, now);
  });
  if (!done) return fail(done);
  return ended;
}

Result<void> retire_under(const Services& services, const Institution& institution, const ca::AuthorityId& id,
                          const pki::RevokedEntry& end, int most, int& ended) {
  std::optional<pki::SerialNumber> after;
  for (bool more = true; more;) {
    const auto batch = read_from(services.store, [&](Reader& reader) { return reader.live_under(id, after, kBatch); });
    if (!batch) return fail(batch);
    for (const CertificateRecord& record : *batch) {
      if (ended >= most) return {};
      if (record.not_after < end.revoked_at) continue;  // it was over before
      const auto done = end_one(services, institution, record, end);
      if (!done && done.error().code == Code::unavailable) return fail(done);
      if (done && *done) ++ended;
      // One that cannot be ended keeps no other waiting; by judgement it is over all the same.
      if (!done)
        log(LogLevel::error, "lifecycle", "authority.failed", {{"serial", record.serial.hex()}, {"id", done.error().id}});
    }
    more = batch->size() == kBatch;
    if (more) after = batch->back().serial;
  }
  return {};
}

}  // namespace

Result<int> retire_ended(const Services& services, int most) {
  int ended = 0;
  for (const Institution& institution : services.institutions.all())
    for (const auto& [id, end] : institution.revoked) {
      if (!belongs_to(id, institution)) continue;
      if (auto noted = audit_end(services, institution, id, end); !noted) return fail(noted);
      if (auto under = retire_under(services, institution, id, end, most, ended); !under) return fail(under);
    }
  return ended;
}

}  // namespace inkan::lifecycle
