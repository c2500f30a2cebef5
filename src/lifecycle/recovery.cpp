#include "lifecycle/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "lifecycle/codes.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/holding.hpp"
#include "lifecycle/letters.hpp"

namespace inkan::lifecycle {
namespace {

constexpr std::chrono::hours kDelay{24};         // O7: time for everybody who was told to stop it
constexpr std::chrono::hours kMailCodeLife{24};  // promises.md A2: a code by mail lives a day at most
constexpr int kBatch = 50;
constexpr int kStopNumber = 8;  // bytes: long enough that nobody guesses one (the door counts tries by address besides)

Result<bool> has_address(Reader& reader, const Holder& holder) {
  if (!holder.mail.empty()) return true;
  const auto contacts = reader.contacts_of(holder.id);
  if (!contacts) return fail(contacts);
  return std::any_of(contacts->begin(), contacts->end(), [](const Contact& contact) { return contact.checked_at.has_value(); });
}

/// canonical_number is a 取消番号 however it was typed: full width, capitals, in groups.
std::string canonical_number(const std::string& typed) {
  std::string number;
  for (const char c : fold_width(typed)) {
    if (c == ' ' || c == '-' || c == '\t') continue;
    number += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return number;
}

/// running_mail_code is the code by mail that waits for its delay.
Result<std::optional<OneTimeCode>> running_mail_code(Reader& reader, const HolderId& holder, Instant now) {
  auto codes = reader.usable_codes(holder, now);
  if (!codes) return fail(codes);
  for (OneTimeCode& code : *codes)
    if (!code.hash) return std::move(code);
  return std::optional<OneTimeCode>();
}

}  // namespace

Result<Recovery::Asked> Recovery::ask_mail_code(const Institution& institution, const std::string& login_id,
                                                const Secret& password) {
  if (!institution.acquisition.allows(RecoveryMethod::mail_code)) return fail(Code::refused, "recovery.closed");
  const auto identified = login_.identify(institution, login_id, password);
  if (!identified) return fail(identified);
  const HolderId& id = *identified;
  Asked asked;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto holder = writer.lock_holder(id);
    if (!holder) return fail(holder);
    if (!*holder || (*holder)->entitlement == Entitlement::terminated) return fail(Code::unauthenticated, "acquisition.refused");
    const auto view = view_of(writer, institution, **holder, institution.zone.day_of(now));
    if (!view) return fail(view);
    if (view->status == CertificateStatus::active || view->status == CertificateStatus::renewable)
      return fail(Code::refused, "acquisition.has_certificate");
    if (view->status == CertificateStatus::suspended) return fail(Code::refused, "acquisition.held");
    // After revocation or past the grace days only the bank re-issues, and then with a code of its own.
    if (view->status != CertificateStatus::expired_grace) return fail(Code::refused, "acquisition.closed");
    if (now + kDelay >= end_of_acquisition(*view, institution))
      return fail(Code::refused, "acquisition.closed", "it would come too late");
    const auto reachable = has_address(writer, **holder);
    if (!reachable) return fail(reachable);
    if (!*reachable) return fail(Code::refused, "recovery.no_address");

    const auto running = running_mail_code(writer, id, now);
    if (!running) return fail(running);
    if (*running) {
      asked = {.stop_number = (*running)->id, .sent_at = (*running)->usable_from};
      return {};
    }
    if (auto ended = end_codes(writer, id, now); !ended) return fail(ended);
    const OneTimeCode waiting{.id = make_token(services_.rng, kStopNumber),
                              .holder = id,
                              .purpose = CodePurpose::certificate,
                              .hash = {},
                              .created_at = now,
                              .usable_from = now + kDelay,
                              .expires_at = now + kDelay + kMailCodeLife,
                              .used_at = {},
                              .released_by = "mail"};
    if (auto put = writer.put_code(waiting); !put) return put;
    AuditEntry entry = entry_for(id, now, actor_of(id), "code.requested");
    entry.detail["code_id"] = waiting.id;
    writer.audit(std::move(entry));
    asked = {.stop_number = waiting.id, .sent_at = waiting.usable_from};
    return tell(writer, institution, **holder,
                {.letter = "code_requested",
                 .values = {{"stop_number", waiting.id}, {"sent_at", institution.zone.wall_time(waiting.usable_from)}}},
                now);
  });
  if (!done) return fail(done);
  return asked;
}

Result<void> Recovery::stop_mail_code(const Institution& institution, const std::string& login_id,
                                      const std::string& stop_number) {
  const auto canonical = canonical_login_id(login_id);
  if (!canonical) return fail(Code::not_found, "recovery.unknown");
  const HolderId id{institution.id, *canonical};
  const std::string typed = canonical_number(stop_number);
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto codes = writer.usable_codes(id, now);
    if (!codes) return fail(codes);
    for (OneTimeCode& code : *codes) {
      if (code.released_by != "mail" || !same_secret(code.id, typed)) continue;
      code.expires_at = now;
      if (auto put = writer.put_code(code); !put) return put;
      AuditEntry entry = entry_for(id, now, "unknown", "code.stopped");
      entry.detail["code_id"] = code.id;
      writer.audit(std::move(entry));
      return {};
    }
    return fail(Code::not_found, "recovery.unknown");
  });
}

Result<int> Recovery::send_codes() {
  // Asked every second: a look costs one indexed read, and only what is due a commit.
  bool due_now = false;
  auto looked = services_.store.read([&](Reader& reader) -> Result<void> {
    const auto due = reader.codes_to_make(services_.clock.now(), 1);
    if (!due) return fail(due);
    due_now = !due->empty();
    return {};
  });
  if (!looked) return fail(looked);
  if (!due_now) return 0;
  int sent = 0;
  while (true) {
    int batch = 0;
    auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
      batch = 0;
      const Instant now = services_.clock.now();
      auto due = writer.codes_to_make(now, kBatch);
      if (!due) return fail(due);
      for (OneTimeCode& code : *due) {
        const auto institution = services_.institutions.find(code.holder.institution);
        if (!institution) return fail(institution);
        auto holder = writer.lock_holder(code.holder);
        if (!holder) return fail(holder);
        if (!*holder) return fail(Code::corrupt, "holder.unknown", code.holder.login_id);
        const std::string text = make_code(services_.rng);
        code.hash = code_hash(text);
        const auto view = view_of(writer, **institution, **holder, (*institution)->zone.day_of(now));
        if (!view) return fail(view);
        // An outage between the two must not eat its life; what it opens ends it.
        code.expires_at = std::clamp<Instant>(end_of_acquisition(*view, **institution), now, now + kMailCodeLife);
        if (auto put = writer.put_code(code); !put) return put;
        AuditEntry entry = entry_for(code.holder, now, "job recovery", "code.sent");
        entry.detail["code_id"] = code.id;
        writer.audit(std::move(entry));
        const Day last = (*institution)->zone.day_of(code.expires_at - std::chrono::seconds{1});
        auto told = tell(
            writer, **institution, **holder,
            {.letter = "code", .values = {{"code", text}, {"until_long", to_japanese_with_weekday(last)}}, .secret = true}, now);
        if (!told) return told;
        ++batch;
      }
      return {};
    });
    if (!done) return fail(done);
    sent += batch;
    if (batch < kBatch) return sent;
  }
}

Result<CertificateRecord> Recovery::hold_lost(const Institution& institution, const std::string& login_id, const Secret& password,
                                              bool knowing) {
  const auto identified = login_.identify(institution, login_id, password);
  if (!identified) return fail(identified);
  const HolderId& id = *identified;
  Result<CertificateRecord> held = fail(Code::refused, "hold.nothing");
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    auto holder = writer.lock_holder(id);
    if (!holder) return fail(holder);
    if (!*holder) return fail(Code::unauthenticated, "acquisition.refused");
    const Instant now = services_.clock.now();
    held = hold_holder(writer, institution, **holder, now, actor_of(id), "lost");
    if (!held) return fail(held);
    return warn_last(writer, institution, **holder, institution.zone.day_of(now), knowing);
  });
  if (!done) return fail(done);
  return held;
}

Result<std::string> Recovery::make_computer_code(const Institution& institution, const LoggedIn& who, const Secret& password) {
  if (institution.acquisition.computer_change != ComputerChange::self) return fail(Code::refused, "recovery.closed");
  if (auto right = login_.check_again(who, password); !right) return fail(right);
  std::string code;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    const Instant now = services_.clock.now();
    auto holder = writer.lock_holder(who.holder.id);
    if (!holder) return fail(holder);
    const auto verdict = judge_certificate(writer, institution, who.session.fingerprint, now);
    if (!verdict) return fail(verdict);
    if (!*holder || verdict->kind != CertificateVerdict::Kind::good) return fail(Code::unauthenticated, "login.certificate");
    auto made = release_code(writer, services_.rng,
                             {.holder = who.holder.id,
                              .purpose = CodePurpose::new_computer,
                              .life = std::chrono::minutes{institution.acquisition.new_computer_minutes},
                              .actor = actor_of(who.holder.id)},
                             now);
    if (!made) return fail(made);
    code = std::move(*made);
    return tell(writer, institution, **holder, {.letter = "computer_change"}, now);
  });
  if (!done) return fail(done);
  return code;
}

}  // namespace inkan::lifecycle
