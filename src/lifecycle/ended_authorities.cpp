#include "lifecycle/ended_authorities.hpp"

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
  const auto known = read_from(services.store, [&](Reader& reader) { return reader.audit_of(institution.id, subject, 1); });
  if (!known) return fail(known);
  if (!known->empty()) return {};
  return services.store.transact([&](Writer& writer) -> Result<void> {
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

/// end_of_holder ends what went with a certificate that is now revoked: all that its holder had begun, or, where another
/// certificate goes on, the transaction that gave this one.
Result<void> end_of_holder(Writer& writer, const Institution& institution, const Holder& holder,
                           const CertificateRecord& certificate, Instant now) {
  const auto live = writer.live_certificates(holder.id);
  if (!live) return fail(live);
  if (live->empty()) {
    if (auto ended = end_under_way(writer, holder.id, now, kActor); !ended) return ended;
    if (certificate.not_after < now) return {};
    return tell(writer, institution, holder, {.letter = "revoked", .certificate = certificate}, now);
  }
  auto running = writer.find_current_ticket(holder.id);
  if (!running) return fail(running);
  if (!*running || (*running)->serial != certificate.serial) return {};
  return close_ticket(writer, std::move(**running), TicketStage::cancelled, now, kActor);
}

Result<void> end_one(const Services& services, const Institution& institution, const CertificateRecord& seen,
                     const pki::RevokedEntry& end, int& ended) {
  return services.store.transact([&](Writer& writer) -> Result<void> {
    const auto holder = writer.lock_holder(seen.holder);
    if (!holder) return fail(holder);
    auto record = writer.find_by_serial(seen.authority, seen.serial);
    if (!record) return fail(record);
    if (!*holder || !*record || (*record)->stage != Stage::issued || (*record)->revoked_at) return {};
    const Instant now = services.clock.now();
    const auto retired = retire(writer, std::move(**record), end.reason, {}, now, kActor, end.revoked_at);
    if (!retired) return fail(retired);
    ++ended;
    return end_of_holder(writer, institution, **holder, *retired, now);
  });
}

Result<int> retire_under(const Services& services, const Institution& institution, const ca::AuthorityId& id,
                         const pki::RevokedEntry& end) {
  int ended = 0;
  std::optional<pki::SerialNumber> after;
  for (bool more = true; more;) {
    const auto batch = read_from(services.store, [&](Reader& reader) { return reader.live_under(id, after, kBatch); });
    if (!batch) return fail(batch);
    for (const CertificateRecord& record : *batch)
      if (auto done = end_one(services, institution, record, end, ended); !done) return fail(done);
    more = batch->size() == kBatch;
    if (more) after = batch->back().serial;
  }
  return ended;
}

}  // namespace

Result<int> retire_ended(const Services& services) {
  int ended = 0;
  for (const Institution& institution : services.institutions.all())
    for (const auto& [id, end] : institution.revoked) {
      if (!belongs_to(id, institution)) continue;
      if (auto noted = audit_end(services, institution, id, end); !noted) return fail(noted);
      const auto under = retire_under(services, institution, id, end);
      if (!under) return fail(under);
      ended += *under;
    }
  return ended;
}

}  // namespace inkan::lifecycle
