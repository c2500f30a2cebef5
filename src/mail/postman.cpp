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

Postman::Postman(lifecycle::Outbox& outbox, Relay relay, const Clock& clock, std::map<std::string, std::string> names)
    : outbox_(outbox), smtp_(std::move(relay)), clock_(clock), names_(std::move(names)) {}

Result<Carried> Postman::carry(const std::stop_token& stop) {
  Carried carried;
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

Delivery Postman::carry_one(const lifecycle::Letter& letter) {
  const auto name = names_.find(letter.holder.institution);
  const Sender sender{.name = name == names_.end() ? std::string() : name->second, .address = smtp_.relay().sender};
  const auto message = make_message(letter, sender, clock_.now());
  if (message) return smtp_.send(sender.address, letter.to, *message);
  log(LogLevel::error, "mail", "mail.letter_unfit", {{"notice", letter.notice}, {"id", message.error().id}});
  return {.outcome = Outcome::refused, .why = message.error().id, .relay_fault = false};
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
