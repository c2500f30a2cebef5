#include "lifecycle/enrolment.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "lifecycle/codes.hpp"
#include "lifecycle/issuance.hpp"
#include "lifecycle/read_from.hpp"
#include "lifecycle/tickets.hpp"

namespace inkan::lifecycle {
namespace {

using Kind = CertificateVerdict::Kind;

Digest secret_hash(const std::string& secret) { return sha256(as_bytes(secret)); }

Ticket new_ticket(Rng& rng, const HolderId& holder, TicketKind kind, std::string evidence, const std::string& secret, Instant now,
                  std::chrono::seconds life) {
  return {.id = make_token(rng, 16),
          .holder = holder,
          .kind = kind,
          .stage = TicketStage::open,
          .evidence = std::move(evidence),
          .replaces = {},
          .serial = {},
          .secret_hash = secret_hash(secret),
          .created_at = now,
          .expires_at = now + life};
}

/// load_ticket finds a ticket of this institution by id.
Result<Ticket> load_ticket(Reader& reader, const Institution& institution, const std::string& id) {
  auto found = reader.find_ticket(id);
  if (!found) return fail(found);
  if (!*found || (*found)->holder.institution != institution.id) return fail(Code::not_found, "ticket.not_found");
  return std::move(**found);
}

Result<CertificateRecord> load_certificate(Reader& reader, const Ticket& ticket) {
  if (!ticket.serial) return fail(Code::not_found, "ticket.no_certificate");
  auto found = find_of_holder(reader, ticket.holder, *ticket.serial);
  if (!found) return fail(found);
  if (!*found || (*found)->stage != Stage::issued) return fail(Code::not_found, "ticket.no_certificate");
  return std::move(**found);
}

/// judge_replaced makes sure that what a renewal stands on still stands: the certificate shown when the ticket was opened is not
/// revoked since (I6, T15). It may have expired since: a renewal begun in time may finish (O4).
Result<void> judge_replaced(Reader& reader, const Institution& institution, const Ticket& ticket, Instant now) {
  if (!ticket.replaces) return {};
  auto replaced = find_of_holder(reader, ticket.holder, *ticket.replaces);
  if (!replaced) return fail(replaced);
  if (!*replaced || is_revoked(**replaced, institution) || (*replaced)->held_at) return fail(Code::refused, "login.certificate");
  if (now > last_finish(institution, **replaced)) return fail(Code::expired, "ticket.expired");
  return {};
}

/// has_unused_certificate tells whether a running 電子証明書取得 holds a certificate that nobody has used yet and that has not
/// expired.
Result<bool> has_unused_certificate(Reader& reader, const Institution& institution, const std::optional<Ticket>& running,
                                    Instant now) {
  if (!running || running->stage != TicketStage::issued || running->kind == TicketKind::renewal) return false;
  const auto certificate = load_certificate(reader, *running);
  if (!certificate) return fail(certificate);
  return status_of(*certificate, institution, institution.zone.day_of(now)) == CertificateStatus::issued_unconfirmed;
}

/// Path is one way a holder may take a certificate without renewing: what the ticket is, and what it stands on.
struct Path {
  TicketKind kind = TicketKind::acquisition;
  std::string evidence;
  std::optional<pki::SerialNumber> replaces;
};

/// acquisition_kind decides by which path a holder may take a certificate today without showing a valid one (journeys.md 1.7 b,
/// O6).
Result<TicketKind> acquisition_kind(const std::vector<CertificateRecord>& all, const Institution& institution,
                                    const Holder& holder, Day today) {
  const bool approved = is_approved(holder, today);
  for (const CertificateRecord& certificate : all) {
    if (certificate.revoked_at) continue;
    const CertificateStatus status = status_of(certificate, institution, today);
    if (status == CertificateStatus::active || status == CertificateStatus::renewable)
      return fail(Code::refused, "acquisition.has_certificate");
    // Approved besides or not, within the grace days every way of theirs stays open.
    if (status == CertificateStatus::expired_grace) return TicketKind::acquisition;
    if (status == CertificateStatus::suspended && !approved) return fail(Code::refused, "acquisition.held");
  }
  if (!approved) return fail(Code::refused, "acquisition.closed");
  return all.empty() ? TicketKind::first : TicketKind::reissue;
}

/// computer_path is パソコンの変更: a code for it, while the present certificate is valid (O11).
Result<Path> computer_path(const std::vector<CertificateRecord>& all, const Institution& institution, const OneTimeCode& code,
                           Day today) {
  for (const CertificateRecord& certificate : all) {
    if (certificate.revoked_at || !may_log_in(status_of(certificate, institution, today))) continue;
    return Path{.kind = TicketKind::computer, .evidence = "code:" + code.id, .replaces = certificate.serial};
  }
  return fail(Code::refused, "acquisition.closed");
}

/// find_path judges what was shown beside the password: a code, the expired certificate, or nothing. `acquisition.refused` when
/// it is not enough, and never what was missing.
Result<Path> find_path(Reader& reader, const Institution& institution, const Holder& holder,
                       const std::optional<OneTimeCode>& code, const std::optional<Digest>& shown, Day today) {
  const auto all = reader.certificates_of(holder.id);
  if (!all) return fail(all);
  if (code && code->purpose == CodePurpose::new_computer) return computer_path(*all, institution, *code, today);
  const auto kind = acquisition_kind(*all, institution, holder, today);
  if (!kind) return fail(kind);
  if (code) return Path{.kind = *kind, .evidence = "code:" + code->id, .replaces = {}};
  if (*kind != TicketKind::acquisition) return fail(Code::unauthenticated, "acquisition.refused");

  const AcquisitionPolicy& policy = institution.acquisition;
  for (const CertificateRecord& certificate : *all) {
    const bool is_shown = shown && certificate.fingerprint == *shown;
    const bool expired = status_of(certificate, institution, today) == CertificateStatus::expired_grace;
    if (is_shown && expired && certificate.confirmed_at && policy.allows(RecoveryMethod::old_key))
      return Path{.kind = *kind, .evidence = "old_key:" + certificate.serial.hex(), .replaces = {}};
  }
  if (policy.allows(RecoveryMethod::password)) return Path{.kind = *kind, .evidence = "password", .replaces = {}};
  return fail(Code::unauthenticated, "acquisition.refused");
}

}  // namespace

Instant last_finish(const Institution& institution, const CertificateRecord& certificate) {
  const RenewalEnd end = renewal_end(institution, certificate.not_after);
  return std::max(certificate.not_after, end.last) + std::chrono::minutes{institution.renewal.finish_minutes};
}

int late_days(const Institution& institution, Instant now) {
  constexpr int kLookedAt = 30;  // no maintenance that a profile may declare reaches further
  const Day today = institution.zone.day_of(now);
  for (int ago = institution.hours.maintenance.empty() ? 0 : kLookedAt; ago > 0; --ago) {
    const RenewalEnd end = renewal_end(institution, institution.zone.end_of(today - std::chrono::days{ago}));
    if (end.extended && now <= end.last) return ago;
  }
  return 0;
}

Day renewed_expiry(const Institution& institution, Instant now, std::optional<Day> replaced) {
  const Day usual = one_year_after(institution.zone.day_of(now));
  if (!replaced || !institution.renewal.carry_over_remaining) return usual;
  const Day most = usual + std::chrono::days{institution.renewal.window_days};
  return std::max(usual, std::min(one_year_after(*replaced), most));
}

Result<pki::Name> subject_of(const Institution& institution, const Holder& holder) {
  const std::map<std::string, std::string> values = {{"company", holder.company},
                                                     {"login_id", holder.id.login_id},
                                                     {"role", std::string(to_japanese(holder.role))},
                                                     {"name", holder.name}};
  std::vector<pki::NamePart> parts;
  for (const pki::NamePart& part : institution.subject) {
    auto value = fill(part.value, values);
    if (!value) return fail(value);
    parts.push_back({part.type, std::move(*value)});
  }
  return pki::Name::make(std::move(parts));
}

Result<Enrolment::Opened> Enrolment::open_renewal(const Institution& institution, const std::optional<Digest>& fingerprint,
                                                  const std::string& secret) {
  Opened opened;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto verdict = judge_certificate(writer, institution, fingerprint, now);
    if (!verdict) return fail(verdict);
    if (!verdict->may_renew()) return fail(Code::unauthenticated, "login.certificate");
    const HolderId holder = verdict->holder->id;
    if (auto locked = writer.lock_holder(holder); !locked) return fail(locked);
    auto used = confirm_first_use(writer, std::move(*verdict->certificate), now);  // it was just used, over mutual TLS
    if (!used) return fail(used);
    const CertificateRecord& shown = *used;

    auto running = writer.find_current_ticket(holder);
    if (!running) return fail(running);
    if (*running && (*running)->kind == TicketKind::computer)
      if (auto closed = close_ticket(writer, **running, TicketStage::expired, now, actor_of(holder)); !closed) return closed;
    if (*running && (*running)->kind == TicketKind::renewal && (*running)->replaces == shown.serial) {
      Ticket& ticket = **running;
      if (ticket.stage == TicketStage::issued || now < ticket.expires_at) {
        if (ticket.stage == TicketStage::open)
          if (auto open = judge_open(institution, now, true); !open) return open;
        if (secret.empty() || secret_hash(secret) != ticket.secret_hash) {
          opened.secret = make_token(services_.rng, 16);
          ticket.secret_hash = secret_hash(opened.secret);
          if (auto put = writer.put_ticket(ticket); !put) return put;
        }
        opened.ticket = std::move(ticket);
        return {};
      }
      if (auto closed = close_ticket(writer, ticket, TicketStage::expired, now, actor_of(holder)); !closed) return closed;
    }
    if (!verdict->may_renew_late && status_of(shown, institution, institution.zone.day_of(now)) != CertificateStatus::renewable)
      return fail(Code::refused, "renewal.not_yet");
    if (auto open = judge_open(institution, now, false); !open) return open;
    if (auto retired = retire_unused(writer, holder, {}, now, actor_of(holder)); !retired) return retired;

    opened.secret = make_token(services_.rng, 16);
    opened.ticket = new_ticket(services_.rng, holder, TicketKind::renewal, "certificate:" + shown.serial.hex(), opened.secret,
                               now, std::chrono::hours{institution.renewal.resume_hours});
    opened.ticket.replaces = shown.serial;
    audit_ticket(writer, opened.ticket, now, actor_of(holder), "ticket.opened");
    return writer.put_ticket(opened.ticket);
  });
  if (!done) return fail(done);
  return opened;
}

Result<Enrolment::Opened> Enrolment::open_acquisition(const Institution& institution, const std::string& login_id,
                                                      const Secret& password, const Secret& code,
                                                      const std::optional<Digest>& shown) {
  const auto refused = [] { return fail(Code::unauthenticated, "acquisition.refused"); };
  // Before anything is looked at: the answer is the same for every ID (T9), and no try is counted.
  if (const auto open = judge_open(institution, services_.clock.now(), false); !open) return fail(open);
  const auto identified = login_.identify(institution, login_id, password);
  if (!identified) return fail(identified);
  const HolderId& id = *identified;
  Opened opened;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto holder = writer.lock_holder(id);
    if (!holder) return fail(holder);
    if (!*holder || (*holder)->entitlement == Entitlement::terminated) return refused();
    auto found = usable_code(writer, id, code, now);
    if (!found) return fail(found);
    if (!*found && !code.reveal().empty()) return refused();

    auto running = writer.find_current_ticket(id);
    if (!running) return fail(running);
    auto unused = has_unused_certificate(writer, institution, *running, now);
    if (!unused) return fail(unused);
    if (*unused && *found) {
      // The certificate was issued but never used, and the browser that holds its key is gone: this browser takes over.
      opened.ticket = std::move(**running);
    } else {
      auto path = find_path(writer, institution, **holder, *found, shown, institution.zone.day_of(now));
      if (!path) return fail(path);
      if (*running)
        if (auto closed = close_ticket(writer, **running, TicketStage::expired, now, actor_of(id)); !closed) return closed;
      if (auto retired = retire_unused(writer, id, path->replaces, now, actor_of(id)); !retired) return retired;
      opened.ticket = new_ticket(services_.rng, id, path->kind, path->evidence, "", now,
                                 std::chrono::hours{institution.renewal.resume_hours});
      opened.ticket.replaces = path->replaces;
    }
    opened.secret = make_token(services_.rng, 16);
    opened.ticket.secret_hash = secret_hash(opened.secret);
    if (*found) {
      (*found)->used_at = now;
      if (auto put = writer.put_code(**found); !put) return put;
    }
    audit_ticket(writer, opened.ticket, now, actor_of(id), "ticket.opened");
    return writer.put_ticket(opened.ticket);
  });
  if (!done) return fail(done);
  return opened;
}

Result<Ticket> Enrolment::resume(const Institution& institution, const std::string& secret) {
  Result<Ticket> ticket = fail(Code::not_found, "ticket.not_found");
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto found = reader.find_ticket_by_secret(secret_hash(secret));
    if (!found) return fail(found);
    if (*found && (*found)->holder.institution == institution.id) ticket = std::move(**found);
    return {};
  });
  if (!read) return fail(read);
  return ticket;
}

Result<CertificateRecord> Enrolment::submit(const Institution& institution, const std::string& ticket_id, const pki::Csr& request,
                                            const std::string& actor) {
  std::optional<Holder> holder;
  std::optional<CertificateRecord> issued;
  std::optional<Day> replaced;  // expiry day of the one that is renewed: like the ticket's kind it never changes
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto ticket = load_ticket(reader, institution, ticket_id);
    if (!ticket) return fail(ticket);
    auto found = find_issued(reader, institution, ticket->holder, request.key().hash());
    if (!found) return fail(found);
    if (*found) {
      if ((*found)->ticket != ticket->id) return fail(Code::refused, "key.on_record");
      issued = std::move(*found);
      return {};
    }
    if (ticket->stage == TicketStage::issued) return fail(Code::conflict, "ticket.other_key");
    auto who = reader.find_holder(ticket->holder);
    if (!who) return fail(who);
    holder = std::move(*who);
    if (!institution.renewal.carry_over_remaining || ticket->kind != TicketKind::renewal) return {};
    const auto old = find_of_holder(reader, ticket->holder, *ticket->replaces);
    if (!old) return fail(old);
    if (*old) replaced = (*old)->expiry_day;
    return {};
  });
  if (!read) return fail(read);
  if (issued) return std::move(*issued);
  if (!holder) return fail(Code::not_found, "holder.unknown");

  const auto admit = [&](Writer& writer, const Holder&) -> Result<Ticket> {
    const Instant now = services_.clock.now();
    auto ticket = load_ticket(writer, institution, ticket_id);
    if (!ticket) return fail(ticket);
    if (ticket->stage == TicketStage::issued) return fail(Code::conflict, "ticket.other_key");
    // A ticket that a revocation ended says so; one that is simply over says that.
    if (ticket->stage != TicketStage::confirmed)
      if (auto stands = judge_replaced(writer, institution, *ticket, now); !stands) return fail(stands);
    if (ticket->stage != TicketStage::open || now >= ticket->expires_at) return fail(Code::expired, "ticket.expired");
    if (auto open = judge_open(institution, now, true); !open) return fail(open);
    return ticket;
  };
  return issue(services_, {.institution = institution,
                           .holder = *holder,
                           .key = request.key(),
                           .actor = actor,
                           .admit = admit,
                           .replaced = replaced});
}

Result<Ticket> Enrolment::make_anew(const Institution& institution, const std::string& ticket_id, const std::string& actor) {
  Result<Ticket> result = fail(Code::not_found, "ticket.not_found");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto ticket = load_ticket(writer, institution, ticket_id);
    if (!ticket) return fail(ticket);
    if (auto locked = writer.lock_holder(ticket->holder); !locked) return fail(locked);
    ticket = load_ticket(writer, institution, ticket_id);  // again, now that nobody else can change it
    if (!ticket) return fail(ticket);
    if (ticket->stage != TicketStage::issued) return fail(Code::conflict, "ticket.stage");
    auto certificate = load_certificate(writer, *ticket);
    if (!certificate) return fail(certificate);
    // Somebody revoked it: that ends what the ticket stood on, and nothing is made anew (I7).
    if (certificate->revoked_at || certificate->held_at) return fail(Code::conflict, "ticket.stage");
    if (auto retired = retire(writer, *certificate, pki::RevocationReason::cessation_of_operation, {}, now, actor); !retired)
      return fail(retired);
    ticket->stage = TicketStage::open;
    ticket->serial.reset();
    ticket->expires_at = now + std::chrono::hours{institution.renewal.resume_hours};
    audit_ticket(writer, *ticket, now, actor, "ticket.reopened");
    result = *ticket;
    return writer.put_ticket(*ticket);
  });
  if (!done) return fail(done);
  return result;
}

Result<Ticket> Enrolment::cancel(const Institution& institution, const std::string& ticket_id, const std::string& actor) {
  Result<Ticket> result = fail(Code::not_found, "ticket.not_found");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    auto ticket = load_ticket(writer, institution, ticket_id);
    if (!ticket) return fail(ticket);
    if (auto locked = writer.lock_holder(ticket->holder); !locked) return fail(locked);
    ticket = load_ticket(writer, institution, ticket_id);
    if (!ticket) return fail(ticket);
    const bool nothing_issued = ticket->stage == TicketStage::open && !ticket->serial;
    // 電子証明書取得 has used its code up: いいえ there leaves the transaction open, so that the code is not lost.
    if (nothing_issued && ticket->kind == TicketKind::renewal) {
      if (auto closed = close_ticket(writer, *ticket, TicketStage::cancelled, services_.clock.now(), actor); !closed)
        return closed;
      ticket->stage = TicketStage::cancelled;
    }
    result = std::move(*ticket);
    return {};
  });
  if (!done) return fail(done);
  return result;
}

Result<Ticket> Enrolment::confirm(const Institution& institution, const std::string& ticket_id,
                                  const std::optional<Digest>& fingerprint) {
  Result<Ticket> result = fail(Code::not_found, "ticket.not_found");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    auto ticket = load_ticket(writer, institution, ticket_id);
    if (!ticket) return fail(ticket);
    if (auto locked = writer.lock_holder(ticket->holder); !locked) return fail(locked);
    auto certificate = load_certificate(writer, *ticket);
    if (!certificate) return fail(Code::conflict, "ticket.stage");
    if (is_revoked(*certificate, institution)) return fail(Code::conflict, "ticket.stage");
    if (!fingerprint || certificate->fingerprint != *fingerprint) return fail(Code::refused, "ticket.other_certificate");
    auto confirmed = confirm_first_use(writer, std::move(*certificate), services_.clock.now());
    if (!confirmed) return fail(confirmed);
    result = load_ticket(writer, institution, ticket_id);
    return {};
  });
  if (!done) return fail(done);
  return result;
}

Result<CertificateRecord> Enrolment::confirm_use(const Institution& institution, const Digest& fingerprint) {
  Result<CertificateRecord> result = fail(Code::unauthenticated, "login.certificate");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto verdict = judge_certificate(writer, institution, fingerprint, now);
    if (!verdict) return fail(verdict);
    if (verdict->kind != Kind::good) return {};
    if (auto locked = writer.lock_holder(verdict->holder->id); !locked) return fail(locked);
    verdict = judge_certificate(writer, institution, fingerprint, now);
    if (!verdict) return fail(verdict);
    if (verdict->kind == Kind::good) result = confirm_first_use(writer, std::move(*verdict->certificate), now);
    return result ? Result<void>() : fail(result);
  });
  if (!done) return fail(done);
  return result;
}

Result<CertificateRecord> Enrolment::certificate_of(const Institution& institution, const Ticket& ticket) {
  if (ticket.holder.institution != institution.id) return fail(Code::not_found, "ticket.no_certificate");
  return read_from(services_.store, [&](Reader& reader) { return load_certificate(reader, ticket); });
}

Result<std::optional<CertificateRecord>> Enrolment::repeat_of(const Institution& institution, const HolderId& holder,
                                                              const pki::Csr& request) {
  return read_from(services_.store,
                   [&](Reader& reader) { return find_issued(reader, institution, holder, request.key().hash()); });
}

Result<CertificateRecord> Enrolment::renew(const Institution& institution, const std::optional<Digest>& fingerprint,
                                           const pki::Csr& request) {
  const auto verdict = login_.judge(institution, fingerprint);
  if (!verdict) return fail(verdict);
  if (!verdict->may_renew()) return fail(Code::unauthenticated, "login.certificate");
  const HolderId& holder = verdict->holder->id;
  auto repeated = repeat_of(institution, holder, request);
  if (!repeated) return fail(repeated);
  if (*repeated) {
    // A new key is asked for at every renewal (T15): the key of the certificate shown is no repeat of anything.
    if ((*repeated)->fingerprint == *fingerprint) return fail(Code::refused, "key.on_record");
    return std::move(**repeated);
  }
  auto opened = open_renewal(institution, fingerprint, {});
  if (!opened) return fail(opened);
  return submit(institution, opened->ticket.id, request, actor_of(holder));
}

Result<CertificateRecord> Enrolment::acquire(const Institution& institution, const std::string& login_id, const Secret& password,
                                             const Secret& code, const pki::Csr& request, const std::optional<Digest>& shown) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::unauthenticated, "acquisition.refused");
  const HolderId holder{institution.id, *canonical};
  auto repeated = repeat_of(institution, holder, request);
  if (repeated && *repeated) {
    if (const auto known = login_.check_password(holder, password); !known) return fail(known);
    return std::move(**repeated);
  }
  auto opened = open_acquisition(institution, login_id, password, code, shown);
  if (!opened) return fail(opened);
  return submit(institution, opened->ticket.id, request, actor_of(holder));
}

Result<CertificateRecord> Enrolment::enrol_approved(const Institution& institution, const std::string& login_id,
                                                    const pki::Csr& request, const std::string& ra) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::not_found, "holder.unknown");
  const HolderId id{institution.id, *canonical};
  std::optional<Holder> holder;
  std::optional<CertificateRecord> issued;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto found = find_issued(reader, institution, id, request.key().hash());
    if (!found) return fail(found);
    issued = std::move(*found);
    auto who = reader.find_holder(id);
    if (!who) return fail(who);
    holder = std::move(*who);
    return {};
  });
  if (!read) return fail(read);
  if (issued) return std::move(*issued);
  if (!holder) return fail(Code::not_found, "holder.unknown");

  const auto admit = [&](Writer& writer, const Holder& locked) -> Result<Ticket> {
    const Instant now = services_.clock.now();
    const Day today = institution.zone.day_of(now);
    if (!is_approved(locked, today)) return fail(Code::refused, "bulk.not_approved");
    auto running = writer.find_current_ticket(id);
    if (!running) return fail(running);
    if (*running && (*running)->kind == TicketKind::bulk) return std::move(**running);  // an earlier try died on the way
    if (*running) return fail(Code::conflict, "bulk.not_approved", "the holder is taking the certificate by another way");
    return new_ticket(services_.rng, id, TicketKind::bulk, "approval:" + ra, make_token(services_.rng, 16), now,
                      std::chrono::hours{institution.renewal.resume_hours});
  };
  return issue(services_, {.institution = institution, .holder = *holder, .key = request.key(), .actor = ra, .admit = admit});
}

}  // namespace inkan::lifecycle
