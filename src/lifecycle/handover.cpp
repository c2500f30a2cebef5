#include "lifecycle/handover.hpp"

#include "lifecycle/tickets.hpp"

namespace inkan::lifecycle {
namespace {

bool runs(const Ticket& ticket, Instant now) {
  return ticket.stage == TicketStage::issued || (ticket.stage == TicketStage::open && now < ticket.expires_at);
}

/// judge_transaction says whether a ticket is a running renewal of exactly this certificate.
Result<Ticket> judge_transaction(Reader& reader, const Institution& institution, const CertificateRecord& present,
                                 const HolderId& holder, const std::string& transaction, Instant now) {
  auto found = reader.find_ticket(transaction);
  if (!found) return fail(found);
  if (!*found || (*found)->holder.institution != institution.id || (*found)->kind != TicketKind::renewal)
    return fail(Code::not_found, "transaction.unknown");
  if ((*found)->holder != holder) return fail(Code::refused, "transaction.foreign");
  if (!runs(**found, now)) return fail(Code::expired, "transaction.used");
  if ((*found)->replaces != present.serial) return fail(Code::refused, "transaction.foreign");
  return std::move(**found);
}

}  // namespace

Result<Handover> take_over(const Services& services, const Institution& institution, const std::optional<Digest>& fingerprint,
                           const std::string& transaction) {
  std::optional<Handover> taken;
  auto done = services.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services.clock.now();
    auto verdict = judge_certificate(writer, institution, fingerprint, now);
    if (!verdict) return fail(verdict);
    if (!verdict->may_renew()) return fail(Code::unauthenticated, "login.certificate");
    const HolderId id = verdict->holder->id;
    if (auto locked = writer.lock_holder(id); !locked) return fail(locked);
    auto ticket = judge_transaction(writer, institution, *verdict->certificate, id, transaction, now);
    if (!ticket) return fail(ticket);
    if (!ticket->taken_at) {
      ticket->taken_at = now;
      if (auto put = writer.put_ticket(*ticket); !put) return put;
      audit_ticket(writer, *ticket, now, actor_of(id), "ticket.taken");
    }
    taken = Handover{std::move(*ticket), std::move(*verdict->holder), std::move(*verdict->certificate)};
    return {};
  });
  if (!done) return fail(done);
  return std::move(*taken);
}

Result<CertificateRecord> renew_taken_over(const Services& services, Enrolment& enrolment, const Institution& institution,
                                           const std::optional<Digest>& fingerprint, const std::string& transaction,
                                           const pki::Csr& request) {
  const auto taken = take_over(services, institution, fingerprint, transaction);
  if (!taken) return fail(taken);
  // A new key is asked for at every renewal (T15); submit finds that the present one is on record under another ticket.
  return enrolment.submit(institution, taken->ticket.id, request, actor_of(taken->holder.id));
}

}  // namespace inkan::lifecycle
