#include "lifecycle/login.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/issuance.hpp"
#include "lifecycle/letters.hpp"
#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::hours kSessionLife{8};
constexpr std::chrono::minutes kSeen{1};  // how exactly use is kept: one small commit a minute, not one a page
constexpr int kNoticesLookedAt = 20;

using Kind = CertificateVerdict::Kind;

Kind kind_of(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::active:
    case CertificateStatus::renewable:
    case CertificateStatus::issued_unconfirmed: return Kind::good;
    case CertificateStatus::expired_grace: return Kind::expired_grace;
    case CertificateStatus::expired_closed: return Kind::expired_closed;
    case CertificateStatus::superseded: return Kind::superseded;
    case CertificateStatus::suspended: return Kind::suspended;
    case CertificateStatus::revoked: return Kind::revoked;
  }
  return Kind::revoked;
}

Digest token_hash(const std::string& token) { return sha256(as_bytes(token)); }

/// own_entry is an entry about what a holder did with the own ID.
AuditEntry own_entry(const HolderId& holder, Instant now, const char* action) {
  return entry_for(holder, now, actor_of(holder), action);
}

}  // namespace

Result<CertificateVerdict> judge_certificate(Reader& reader, const Institution& institution,
                                             const std::optional<Digest>& fingerprint, Instant now) {
  CertificateVerdict verdict;
  if (!fingerprint) return verdict;
  verdict.kind = Kind::unknown;
  auto found = reader.find_by_fingerprint(*fingerprint);
  if (!found) return fail(found);
  if (!*found) return verdict;
  verdict.kind = Kind::other_bank;
  if ((*found)->holder.institution != institution.id) return verdict;  // nothing of the other bank's record is shown (I14)

  verdict.certificate = std::move(**found);
  auto holder = reader.find_holder(verdict.certificate->holder);
  if (!holder) return fail(holder);
  verdict.holder = std::move(*holder);
  const Day today = institution.zone.day_of(now);
  verdict.remaining = remaining_days(*verdict.certificate, today);
  verdict.kind = kind_of(status_of(*verdict.certificate, institution, today));
  if (!verdict.holder || verdict.holder->entitlement == Entitlement::terminated) verdict.kind = Kind::terminated;
  if (verdict.kind == Kind::expired_grace && verdict.certificate->confirmed_at) {
    const RenewalEnd end = renewal_end(institution, verdict.certificate->not_after);
    verdict.may_renew_late = end.extended && now <= end.last;
  }
  if (verdict.kind == Kind::superseded) {
    auto successor = find_of_holder(reader, verdict.certificate->holder, *verdict.certificate->replaced_by);
    if (!successor) return fail(successor);
    verdict.successor = std::move(*successor);
  }
  return verdict;
}

Result<CertificateVerdict> Login::judge(const Institution& institution, const std::optional<Digest>& fingerprint) {
  return read_from(services_.store,
                   [&](Reader& reader) { return judge_certificate(reader, institution, fingerprint, services_.clock.now()); });
}

Result<Login::Opened> Login::open(const Institution& institution, const std::optional<Digest>& fingerprint,
                                  const Secret& password) {
  const auto verdict = judge(institution, fingerprint);
  if (!verdict) return fail(verdict);
  if (!verdict->may_renew()) return fail(Code::unauthenticated, "login.certificate");
  if (auto right = try_password(institution, verdict->holder->id, verdict->holder, true, password); !right) return fail(right);

  const std::string token = make_token(services_.rng, 16);
  std::optional<LoggedIn> logged_in;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto holder = writer.lock_holder(verdict->holder->id);
    if (!holder) return fail(holder);
    // Judged again with the holder locked: a revocation that was committed meanwhile must win (I7, T15).
    auto again = judge_certificate(writer, institution, fingerprint, now);
    if (!again) return fail(again);
    if (!again->may_renew() || !*holder) return fail(Code::unauthenticated, "login.certificate");
    auto confirmed = confirm_first_use(writer, *again->certificate, now);
    if (!confirmed) return fail(confirmed);

    Session session{.token_hash = token_hash(token),
                    .holder = (*holder)->id,
                    .fingerprint = *fingerprint,
                    .created_at = now,
                    .expires_at = now + kSessionLife,
                    .previous_login = (*holder)->last_login,
                    .seen_at = now};
    if (auto put = writer.put_session(session); !put) return put;
    (*holder)->last_login = now;
    if (auto put = writer.put_holder(**holder); !put) return put;
    AuditEntry entry = own_entry((*holder)->id, now, "session.opened");
    entry.detail["serial"] = confirmed->serial.hex();
    writer.audit(std::move(entry));
    const Day today = institution.zone.day_of(now);
    logged_in = LoggedIn{.session = std::move(session),
                         .holder = std::move(**holder),
                         .certificate = *confirmed,
                         .status = status_of(*confirmed, institution, today),
                         .remaining = remaining_days(*confirmed, today)};
    return {};
  });
  if (!done) return fail(done);
  return Opened{.token = token, .logged_in = std::move(*logged_in)};
}

Result<LoggedIn> Login::resume(const Institution& institution, const std::string& token,
                               const std::optional<Digest>& fingerprint) {
  return resume_if(institution, token, fingerprint,
                   [](Reader&, const CertificateVerdict& verdict, Instant) { return verdict.kind == Kind::good; });
}

Result<LoggedIn> Login::resume_renewal(const Institution& institution, const std::string& token,
                                       const std::optional<Digest>& fingerprint) {
  return resume_if(institution, token, fingerprint,
                   [&](Reader& reader, const CertificateVerdict& verdict, Instant now) -> Result<bool> {
                     if (verdict.kind != Kind::expired_grace || verdict.may_renew_late) return verdict.may_renew();
                     const auto running = reader.find_current_ticket(verdict.holder->id);
                     if (!running) return fail(running);
                     return now <= last_finish(institution, *verdict.certificate) && *running &&
                            (*running)->replaces == verdict.certificate->serial;
                   });
}

Result<LoggedIn> Login::resume_if(const Institution& institution, const std::string& token,
                                  const std::optional<Digest>& fingerprint, const Allow& allowed) {
  Result<LoggedIn> result = fail(Code::unauthenticated, "login.no_session");
  const Instant now = services_.clock.now();
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto session = reader.find_session(token_hash(token));
    if (!session) return fail(session);
    if (!*session || !is_live(**session, now) || (*session)->holder.institution != institution.id) return {};
    auto verdict = judge_certificate(reader, institution, fingerprint, now);
    if (!verdict) return fail(verdict);
    // The session lives only on the certificate it was opened with: a cookie taken elsewhere opens nothing.
    const auto allow = allowed(reader, *verdict, now);
    if (!allow) return fail(allow);
    if (!*allow || (*session)->fingerprint != *fingerprint) {
      result = fail(Code::unauthenticated, "login.certificate");
      return {};
    }
    const Day today = institution.zone.day_of(now);
    const CertificateStatus status = status_of(*verdict->certificate, institution, today);
    result = LoggedIn{.session = std::move(**session),
                      .holder = std::move(*verdict->holder),
                      .certificate = std::move(*verdict->certificate),
                      .status = status,
                      .remaining = verdict->remaining};
    return {};
  });
  if (!read) return fail(read);
  if (result && result->session.seen_at + kSeen <= now)
    if (auto seen = mark_seen(result->session, now); !seen) return fail(seen);
  return result;
}

Result<void> Login::mark_seen(const Session& session, Instant now) {
  return services_.store.transact([&](Writer& writer) { return writer.touch_session(session.token_hash, now); });
}

Result<void> Login::close(const std::string& token) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    auto session = writer.find_session(token_hash(token));
    if (!session) return fail(session);
    if (!*session) return {};
    writer.audit(own_entry((*session)->holder, services_.clock.now(), "session.closed"));
    return writer.remove_session(token_hash(token));
  });
}

Result<Holder> Login::check_password(const HolderId& id, const Secret& password) { return check_holder(id, false, password); }

Result<void> Login::check_with_certificate(const HolderId& id, const Secret& password) {
  const auto right = check_holder(id, true, password);
  return right ? Result<void>() : fail(right);
}

Result<void> Login::check_again(const LoggedIn& who, const Secret& password) {
  return check_with_certificate(who.holder.id, password);
}

Result<Holder> Login::check_holder(const HolderId& id, bool with_certificate, const Secret& password) {
  const auto holder = read_from(services_.store, [&](Reader& reader) { return reader.find_holder(id); });
  if (!holder) return fail(holder);
  const auto institution = services_.institutions.find(id.institution);
  if (!institution) return fail(institution);
  if (auto right = try_password(**institution, id, *holder, with_certificate, password); !right) return fail(right);
  return **holder;
}

Result<HolderId> Login::identify(const Institution& institution, const std::string& login_id, const Secret& password) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::unauthenticated, "acquisition.refused");
  HolderId id{institution.id, *canonical};
  const auto known = check_password(id, password);
  if (!known && known.error().code == Code::unauthenticated) return fail(Code::unauthenticated, "acquisition.refused");
  if (!known) return fail(known);
  return id;
}

Result<void> Login::try_password(const Institution& institution, const HolderId& id, const std::optional<Holder>& holder,
                                 bool with_certificate, const Secret& password) {
  const std::string account = (with_certificate ? "certificate " : "holder ") + id.institution + "/" + id.login_id;
  const auto tried = gate_.try_password(account, holder ? holder->password_hash : std::string(), password);
  if (!tried) return fail(tried);
  switch (tried->verdict) {
    case PasswordGate::Verdict::right: return {};
    case PasswordGate::Verdict::wrong: return wrong_password(*tried);
    case PasswordGate::Verdict::locked: return fail(Code::too_many, "login.locked");
    case PasswordGate::Verdict::now_locked: break;
  }
  // Known or unknown, the ID costs one commit and gets one answer (T9), whether the letter could be written or not.
  if (const auto told = tell_locked(institution, id); !told)
    log(LogLevel::error, "lifecycle", "login.lock_not_told", {{"id", told.error().id}});
  return wrong_password(*tried);
}

Result<void> Login::tell_locked(const Institution& institution, const HolderId& id) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto holder = writer.find_holder(id);
    if (!holder) return fail(holder);
    writer.audit(own_entry(id, now, "password.locked"));
    if (!*holder) return {};
    // One letter a day is news; more would make the lock a way to flood somebody's mailbox.
    auto notices = writer.notices_of(id, kNoticesLookedAt);
    if (!notices) return fail(notices);
    for (const Notice& notice : *notices)
      if (notice.kind == "locked" && notice.decided_on == institution.zone.day_of(now)) return {};
    return tell(writer, institution, **holder, {.letter = "locked"}, now);
  });
}

}  // namespace inkan::lifecycle
