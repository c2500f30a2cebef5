#include "lifecycle/login.hpp"

#include "base/password.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/issuance.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::hours kSessionLife{8};
constexpr int kTriesPerHour = 10;
constexpr std::chrono::hours kTriesWindow{1};
constexpr std::chrono::minutes kRest{15};
constexpr std::size_t kTriesKept = 100'000;

using Kind = CertificateVerdict::Kind;

Kind kind_of(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::active:
    case CertificateStatus::renewable:
    case CertificateStatus::issued_unconfirmed: return Kind::good;
    case CertificateStatus::expired_grace: return Kind::expired_grace;
    case CertificateStatus::expired_closed: return Kind::expired_closed;
    case CertificateStatus::superseded: return Kind::superseded;
    case CertificateStatus::suspended:
    case CertificateStatus::revoked: return Kind::revoked;
  }
  return Kind::revoked;
}

Digest token_hash(const std::string& token) { return sha256(as_bytes(token)); }

AuditEntry entry_for(const HolderId& holder, Instant now, const char* action) {
  return {.at = now,
          .actor = "holder " + holder.institution + "/" + holder.login_id,
          .action = action,
          .institution = holder.institution,
          .subject = holder.login_id,
          .detail = {}};
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
  if (verdict.kind == Kind::superseded) {
    auto successor = reader.find_by_serial(verdict.certificate->authority, *verdict.certificate->replaced_by);
    if (!successor) return fail(successor);
    verdict.successor = std::move(*successor);
  }
  return verdict;
}

Result<CertificateVerdict> Login::judge(const Institution& institution, const std::optional<Digest>& fingerprint) {
  Result<CertificateVerdict> verdict = CertificateVerdict{};
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    verdict = judge_certificate(reader, institution, fingerprint, services_.clock.now());
    return {};
  });
  if (!read) return fail(read);
  return verdict;
}

Result<Login::Opened> Login::open(const Institution& institution, const std::optional<Digest>& fingerprint,
                                  const Secret& password) {
  const auto verdict = judge(institution, fingerprint);
  if (!verdict) return fail(verdict);
  if (verdict->kind != Kind::good) return fail(Code::unauthenticated, "login.certificate");
  if (auto right = try_password(verdict->holder->id, verdict->holder->password_hash, password); !right) return fail(right);

  const std::string token = make_token(services_.rng, 16);
  std::optional<LoggedIn> logged_in;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto holder = writer.lock_holder(verdict->holder->id);
    if (!holder) return fail(holder);
    // Judged again with the holder locked: a revocation that was committed meanwhile must win (I7, T15).
    auto again = judge_certificate(writer, institution, fingerprint, now);
    if (!again) return fail(again);
    if (again->kind != Kind::good || !*holder) return fail(Code::unauthenticated, "login.certificate");
    auto confirmed = confirm_first_use(writer, *again->certificate, now);
    if (!confirmed) return fail(confirmed);

    Session session{.token_hash = token_hash(token),
                    .holder = (*holder)->id,
                    .fingerprint = *fingerprint,
                    .created_at = now,
                    .expires_at = now + kSessionLife,
                    .previous_login = (*holder)->last_login};
    if (auto put = writer.put_session(session); !put) return put;
    (*holder)->last_login = now;
    if (auto put = writer.put_holder(**holder); !put) return put;
    AuditEntry entry = entry_for((*holder)->id, now, "session.opened");
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
                     if (verdict.kind != Kind::expired_grace) return verdict.kind == Kind::good;
                     const auto running = reader.find_current_ticket(verdict.holder->id);
                     if (!running) return fail(running);
                     return now <= verdict.certificate->not_after + std::chrono::minutes{institution.renewal.finish_minutes} &&
                            *running && (*running)->replaces == verdict.certificate->serial;
                   });
}

Result<LoggedIn> Login::resume_if(const Institution& institution, const std::string& token,
                                  const std::optional<Digest>& fingerprint, const Allow& allowed) {
  Result<LoggedIn> result = fail(Code::unauthenticated, "login.no_session");
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    const Instant now = services_.clock.now();
    auto session = reader.find_session(token_hash(token));
    if (!session) return fail(session);
    if (!*session || (*session)->expires_at <= now || (*session)->holder.institution != institution.id) return {};
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
  return result;
}

Result<void> Login::close(const std::string& token) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    auto session = writer.find_session(token_hash(token));
    if (!session) return fail(session);
    if (!*session) return {};
    writer.audit(entry_for((*session)->holder, services_.clock.now(), "session.closed"));
    return writer.remove_session(token_hash(token));
  });
}

Result<Holder> Login::check_password(const HolderId& id, const Secret& password) {
  std::optional<Holder> holder;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    auto found = reader.find_holder(id);
    if (!found) return fail(found);
    holder = std::move(*found);
    return {};
  });
  if (!read) return fail(read);
  if (auto right = try_password(id, holder ? holder->password_hash : std::string(), password); !right) return fail(right);
  return *holder;
}

Result<void> Login::try_password(const HolderId& id, const std::string& hash, const Secret& password) {
  const Instant now = services_.clock.now();
  if (is_locked(id, now)) return fail(Code::too_many, "login.locked");
  hashing_.acquire();
  const bool right = verify_password(hash, password);
  hashing_.release();
  count(id, right, now);
  if (!right) return fail(Code::unauthenticated, "login.password");
  return {};
}

bool Login::is_locked(const HolderId& id, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto tries = tries_.find(id);
  return tries != tries_.end() && tries->second.locked_until && now < *tries->second.locked_until;
}

void Login::count(const HolderId& id, bool right, Instant now) {
  const std::lock_guard lock(mutex_);
  if (right) {
    tries_.erase(id);
    return;
  }
  if (tries_.size() > kTriesKept) std::erase_if(tries_, [&](const auto& item) { return item.second.first + kTriesWindow < now; });
  Tries& tries = tries_[id];
  if (tries.wrong == 0 || tries.first + kTriesWindow < now) tries = {.wrong = 0, .first = now, .locked_until = {}};
  if (++tries.wrong >= kTriesPerHour) tries = {.wrong = 0, .first = now, .locked_until = now + kRest};
}

}  // namespace inkan::lifecycle
