#include "lifecycle/company.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "lifecycle/codes.hpp"
#include "lifecycle/holding.hpp"
#include "lifecycle/issuance.hpp"
#include "lifecycle/letters.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kNoticesLookedAt = 50;

/// judge_actor reads the person of a live session anew: the certificate and the role as they are now.
Result<Holder> judge_actor(Reader& reader, const Institution& institution, const LoggedIn& who, Instant now) {
  auto verdict = judge_certificate(reader, institution, who.session.fingerprint, now);
  if (!verdict) return fail(verdict);
  const bool good = verdict->kind == CertificateVerdict::Kind::good && verdict->holder->id == who.session.holder;
  if (!good) return fail(Code::unauthenticated, "login.certificate");
  return std::move(*verdict->holder);
}

/// Pair is who acts and on whom; the one acted on is locked.
struct Pair {
  Holder actor;
  Holder target;
  bool self = false;
};

/// lock_pair lets a 管理者 act on the IDs of the contract, and anybody on the own one.
Result<Pair> lock_pair(Writer& writer, const Institution& institution, const LoggedIn& who, const std::string& login_id,
                       Instant now) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::not_found, "holder.unknown");
  auto locked = writer.lock_holder({institution.id, *canonical});
  if (!locked) return fail(locked);
  auto actor = judge_actor(writer, institution, who, now);
  if (!actor) return fail(actor);
  const bool self = actor->id.login_id == *canonical;
  if (!self && actor->role != Role::administrator) return fail(Code::refused, "company.not_administrator");
  if (!*locked || (*locked)->contract != actor->contract || (*locked)->entitlement == Entitlement::terminated)
    return fail(Code::not_found, "holder.unknown");
  return Pair{.actor = std::move(*actor), .target = std::move(**locked), .self = self};
}

/// purpose_for is what a 管理者's code may open for a colleague in this state (O7, O11); everything else is the bank's.
Result<CodePurpose> purpose_for(const HolderView& view, const Institution& institution, Day today) {
  const auto bank_only = [] { return fail(Code::refused, "company.bank_only"); };
  if (!view.status) return is_approved(view.holder, today) ? Result<CodePurpose>(CodePurpose::certificate) : bank_only();
  if (may_log_in(*view.status))
    return institution.acquisition.computer_change == ComputerChange::administrator
               ? Result<CodePurpose>(CodePurpose::new_computer)
               : bank_only();
  if (*view.status == CertificateStatus::expired_grace && institution.acquisition.allows(RecoveryMethod::code))
    return CodePurpose::certificate;
  return bank_only();
}

}  // namespace

Result<std::vector<Company::Member>> Company::members(const Institution& institution, const LoggedIn& who) {
  std::vector<Member> members;
  auto read = services_.store.read([&](Reader& reader) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto actor = judge_actor(reader, institution, who, now);
    if (!actor) return fail(actor);
    if (actor->role != Role::administrator) return fail(Code::refused, "company.not_administrator");
    auto holders = reader.holders_of_contract(institution.id, actor->contract, kContractLimit);
    if (!holders) return fail(holders);
    for (Holder& holder : *holders) {
      if (holder.entitlement == Entitlement::terminated) continue;
      auto view = view_of(reader, institution, std::move(holder), institution.zone.day_of(now));
      if (!view) return fail(view);
      const auto contacts = reader.contacts_of(view->holder.id);
      if (!contacts) return fail(contacts);
      const bool undeliverable = std::any_of(contacts->begin(), contacts->end(), [&](const Contact& contact) {
        return contact.undeliverable_since && contact.address == view->holder.mail;
      });
      const bool self = view->holder.id == actor->id;
      members.push_back({.view = std::move(*view), .self = self, .mail_undeliverable = undeliverable});
    }
    return {};
  });
  if (!read) return fail(read);
  return members;
}

Result<std::string> Company::allow_reissue(const Institution& institution, const LoggedIn& who, const std::string& login_id,
                                           const Secret& password) {
  if (auto right = login_.check_again(who, password); !right) return fail(right);
  std::string code;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const Day today = institution.zone.day_of(now);
    const auto pair = lock_pair(writer, institution, who, login_id, now);
    if (!pair) return fail(pair);
    if (pair->self) return fail(Code::refused, "company.self");
    const auto view = view_of(writer, institution, pair->target, today);
    if (!view) return fail(view);
    const auto purpose = purpose_for(*view, institution, today);
    if (!purpose) return fail(purpose);
    const AcquisitionPolicy& policy = institution.acquisition;
    // A code lives no longer than what it opens: the letter below names its last day.
    const std::chrono::seconds life =
        *purpose == CodePurpose::new_computer
            ? std::chrono::seconds{std::chrono::minutes{policy.new_computer_minutes}}
            : std::min<std::chrono::seconds>(std::chrono::days{policy.code_days}, end_of_acquisition(*view, institution) - now);
    auto made =
        release_code(writer, services_.rng,
                     {.holder = pair->target.id, .purpose = *purpose, .life = life, .actor = actor_of(pair->actor.id)}, now);
    if (!made) return fail(made);
    code = std::move(*made);
    return tell(
        writer, institution, pair->target,
        {.letter = "code_released",
         .values = {{"until_long", to_japanese_with_weekday(institution.zone.day_of(now + life - std::chrono::seconds{1}))}}},
        now);
  });
  if (!done) return fail(done);
  return code;
}

Result<CertificateRecord> Company::hold(const Institution& institution, const LoggedIn& who, const std::string& login_id,
                                        bool knowing) {
  Result<CertificateRecord> held = fail(Code::refused, "hold.nothing");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto pair = lock_pair(writer, institution, who, login_id, now);
    if (!pair) return fail(pair);
    held = hold_holder(writer, institution, pair->target, now, actor_of(pair->actor.id), "company");
    if (!held) return fail(held);
    return warn_last(writer, institution, pair->target, institution.zone.day_of(now), knowing);
  });
  if (!done) return fail(done);
  return held;
}

Result<CertificateRecord> Company::release(const Institution& institution, const LoggedIn& who, const std::string& login_id) {
  Result<CertificateRecord> released = fail(Code::refused, "hold.not_held");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto pair = lock_pair(writer, institution, who, login_id, now);
    if (!pair) return fail(pair);
    if (pair->self) return fail(Code::refused, "company.self");
    const auto held = find_held(writer, pair->target.id);
    if (!held) return fail(held);
    if (!*held) return fail(released);
    const std::string actor = actor_of(pair->actor.id);
    // What the bank, or this same person, stopped is not theirs to set free (O25).
    if ((*held)->held_by == actor || is_of_bank((*held)->held_by)) return fail(Code::refused, "company.second_person");
    released = lift_hold(writer, institution, pair->target, now, actor);
    return released ? Result<void>() : fail(released);
  });
  if (!done) return fail(done);
  return released;
}

Result<CertificateRecord> Company::revoke(const Institution& institution, const LoggedIn& who, const std::string& login_id,
                                          pki::RevocationReason reason, bool knowing) {
  Result<CertificateRecord> revoked = fail(Code::not_found, "certificate.unknown");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const auto pair = lock_pair(writer, institution, who, login_id, now);
    if (!pair) return fail(pair);
    revoked = revoke_holder(writer, institution, pair->target, reason, now, actor_of(pair->actor.id));
    if (!revoked) return fail(revoked);
    return warn_last(writer, institution, pair->target, institution.zone.day_of(now), knowing);
  });
  if (!done) return fail(done);
  return revoked;
}

Result<void> Company::remind(const Institution& institution, const LoggedIn& who, const std::string& login_id) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    const Day today = institution.zone.day_of(now);
    const auto pair = lock_pair(writer, institution, who, login_id, now);
    if (!pair) return fail(pair);
    if (pair->self) return fail(Code::refused, "company.self");
    if (pair->target.mail.empty()) return fail(Code::refused, "company.no_address");
    const auto view = view_of(writer, institution, pair->target, today);
    if (!view) return fail(view);
    if (view->status != CertificateStatus::renewable) return fail(Code::refused, "company.not_due");
    const auto notices = writer.notices_of(pair->target.id, kNoticesLookedAt);
    if (!notices) return fail(notices);
    for (const Notice& notice : *notices)
      if (notice.kind == "remind" && notice.decided_on == today) return fail(Code::conflict, "company.reminded");
    AuditEntry entry = entry_for(pair->target.id, now, actor_of(pair->actor.id), "holder.reminded");
    writer.audit(std::move(entry));
    return tell(writer, institution, pair->target, {.letter = "remind", .certificate = view->certificate}, now);
  });
}

}  // namespace inkan::lifecycle
