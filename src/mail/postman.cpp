#include "mail/postman.hpp"

#include <optional>

#include "base/log.hpp"
#include "mail/message.hpp"

namespace inkan::mail {
namespace {

// Letters are claimed a few at a time, so that a slow relay does not outlast the lease on the last of them.
constexpr int kBatch = 8;

/// may_outlast tells whether an attempt begun now could still be under way when the letter's lease ends (its next_attempt, as
/// Outbox::claim leaves it) and another carrier may take it up.
bool may_outlast(const lifecycle::Letter& letter, const Relay& relay, Instant now) {
  return now + 2 * relay.letter_timeout >= letter.next_attempt;
}

}  // namespace

Postman::Postman(lifecycle::Outbox& outbox, Relay relay, const Clock& clock, Stationery stationery)
    : outbox_(outbox), smtp_(std::move(relay)), clock_(clock), stationery_(std::move(stationery)) {}

Result<Carried> Postman::carry(const std::stop_token& stop) {
  Carried carried;
  told_expired_ = false;
  std::optional<Delivery> ended;  // why the rest of the batch is put back
  while (!ended) {
    auto batch = outbox_.claim(kBatch);
    if (!batch) return fail(batch);
    if (batch->empty()) break;
    for (const lifecycle::Letter& letter : *batch) {
      if (stop.stop_requested() && !ended) ended = Delivery{.outcome = Outcome::later, .why = "stopping", .relay_fault = false};
      if (!ended && may_outlast(letter, smtp_.relay(), clock_.now())) continue;
      const Delivery delivery = ended ? *ended : carry_one(letter);
      if (delivery.relay_fault) ended = delivery;
      if (auto settled = settle(letter, delivery, carried); !settled) return fail(settled);
    }
  }
  return carried;
}

const Smime* Postman::smime_for(const lifecycle::Letter& letter, Instant now) {
  if (!stationery_.smime || stationery_.smime->excludes(letter.to)) return nullptr;
  if (stationery_.smime->is_current(now)) return &*stationery_.smime;
  if (!told_expired_) log(LogLevel::error, "mail", "mail.smime_expired");
  told_expired_ = true;
  return nullptr;
}

Result<std::string> Postman::write(const lifecycle::Letter& letter) {
  const auto name = stationery_.names.find(letter.holder.institution);
  const Sender sender{.name = name == stationery_.names.end() ? std::string() : name->second, .address = smtp_.relay().sender};
  const Instant now = clock_.now();
  auto message = make_message(letter, sender, now, smime_for(letter, now));
  if (!message) return message;
  std::string seals;
  for (Dkim& dkim : stationery_.dkim) {
    const auto seal = dkim.sign(*message, now);
    if (!seal) return fail(seal);
    seals += *seal;
  }
  return seals + *message;
}

Delivery Postman::carry_one(const lifecycle::Letter& letter) {
  const auto message = write(letter);
  const auto& bounces = stationery_.bounces;
  if (message) return smtp_.send(bounces ? bounces->address_of(letter.id) : smtp_.relay().sender, letter.to, *message);
  const Error& error = message.error();
  if (error.code == Code::unavailable) {  // a signature failed: our fault, and the next letter's would too
    log(LogLevel::error, "mail", "mail.signature_failed", {{"id", error.id}, {"detail", error.detail}});
    return {.outcome = Outcome::later, .why = error.id, .relay_fault = true};
  }
  log(LogLevel::error, "mail", "mail.letter_unfit", {{"notice", letter.notice}, {"id", error.id}});
  return {.outcome = Outcome::refused, .why = error.id, .relay_fault = false};
}

Result<void> Postman::settle(const lifecycle::Letter& letter, const Delivery& delivery, Carried& carried) {
  switch (delivery.outcome) {
    case Outcome::accepted: ++carried.accepted; return outbox_.settle_accepted(letter);
    case Outcome::later: ++carried.delayed; return outbox_.settle_later(letter, delivery.why);
    case Outcome::refused: break;
  }
  ++carried.refused;
  log(LogLevel::warning, "mail", "mail.letter_refused", {{"notice", letter.notice}});
  return outbox_.settle_refused(letter, delivery.why);
}

}  // namespace inkan::mail
