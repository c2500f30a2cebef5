#include "lifecycle/outbox.hpp"

#include <algorithm>

#include "lifecycle/letters.hpp"

namespace inkan::lifecycle {
namespace {

/// kLease is how long a claimed letter is one carrier's: another node takes it up only after that.
constexpr std::chrono::minutes kLease{10};

AuditEntry entry_for(const Letter& letter, Instant now, const char* action, const std::string& why) {
  AuditEntry entry{.at = now,
                   .actor = "job mail",
                   .action = action,
                   .institution = letter.holder.institution,
                   .subject = letter.holder.login_id,
                   .detail = {{"number", letter.notice}}};
  if (!why.empty()) entry.detail["why"] = why;
  return entry;
}

/// is_moot tells whether the certificate a letter speaks of was replaced or revoked since it was written, or used where the
/// letter says that it was not.
Result<bool> is_moot(Writer& writer, const Letter& letter) {
  if (!letter.about) return false;
  auto live = writer.live_certificates(letter.holder);
  if (!live) return fail(live);
  // A successor that was never used does not silence the letter: its holder still has to finish.
  const auto about = std::ranges::find(*live, *letter.about, &CertificateRecord::serial);
  if (about == live->end()) return true;
  if (!about->confirmed_at) return false;
  const auto notice = writer.find_notice(letter.holder.institution, letter.notice);
  if (!notice) return fail(notice);
  return *notice && (*notice)->kind == kUnconfirmed;
}

Result<void> drop(Writer& writer, Letter& letter, Instant now) {
  letter.state = LetterState::dropped;
  writer.audit(entry_for(letter, now, "letter.dropped", "certificate replaced, revoked or used"));
  return writer.set_letter(letter);
}

Result<void> settle(const Services& services, Letter letter, LetterState state, Instant next, const char* action,
                    const std::string& why) {
  return services.store.transact([&](Writer& writer) -> Result<void> {
    letter.state = state;
    letter.next_attempt = next;
    if (letter.wipe && state != LetterState::waiting) letter.body.clear();
    writer.audit(entry_for(letter, services.clock.now(), action, why));
    return writer.set_letter(letter);
  });
}

}  // namespace

Result<std::vector<Letter>> Outbox::claim(int limit) {
  std::vector<Letter> claimed;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    claimed.clear();
    const Instant now = services_.clock.now();
    auto waiting = writer.waiting_letters(now, limit);
    if (!waiting) return fail(waiting);
    for (Letter& letter : *waiting) {
      auto moot = is_moot(writer, letter);
      if (!moot) return fail(moot);
      if (*moot) {
        if (auto dropped = drop(writer, letter, now); !dropped) return dropped;
        continue;
      }
      ++letter.attempts;
      letter.next_attempt = now + kLease;
      claimed.push_back(letter);
      if (auto set = writer.set_letter(letter); !set) return set;
    }
    return {};
  });
  if (!done) return fail(done);
  return claimed;
}

Result<void> Outbox::settle_accepted(const Letter& letter) {
  return settle(services_, letter, LetterState::accepted, letter.next_attempt, "letter.accepted", {});
}

Result<void> Outbox::settle_later(const Letter& letter, const std::string& why) {
  const int doubled = std::min(letter.attempts - 1, 6);
  const auto pause = std::min(std::chrono::minutes{1 << std::max(doubled, 0)}, std::chrono::minutes{60});
  return settle(services_, letter, LetterState::waiting, services_.clock.now() + pause, "letter.delayed", why);
}

Result<void> Outbox::settle_refused(const Letter& letter, const std::string& why) {
  return settle(services_, letter, LetterState::refused, letter.next_attempt, "letter.refused", why);
}

Result<std::vector<Letter>> Outbox::sealed(const Institution& institution, int limit) {
  std::vector<Letter> letters;
  auto done = services_.store.transact([&](Writer& writer) -> Result<void> {
    letters.clear();
    auto found = writer.sealed_letters(institution.id, limit);
    if (!found) return fail(found);
    for (Letter& letter : *found) {
      const auto moot = is_moot(writer, letter);
      if (!moot) return fail(moot);
      if (*moot) {
        if (auto dropped = drop(writer, letter, services_.clock.now()); !dropped) return dropped;
      } else {
        letters.push_back(std::move(letter));
      }
    }
    return {};
  });
  if (!done) return fail(done);
  return letters;
}

Result<void> Outbox::settle_printed(const Letter& letter, const std::string& actor) {
  return services_.store.transact([&](Writer& writer) -> Result<void> {
    auto current = writer.find_letter(letter.id);
    if (!current) return fail(current);
    if (!*current || (*current)->state != LetterState::sealed) return {};
    (*current)->state = LetterState::accepted;
    (*current)->body.clear();
    AuditEntry entry = lifecycle::entry_for(letter.holder, services_.clock.now(), actor, "letter.printed");
    entry.detail["number"] = letter.notice;
    writer.audit(std::move(entry));
    return writer.set_letter(**current);
  });
}

}  // namespace inkan::lifecycle
