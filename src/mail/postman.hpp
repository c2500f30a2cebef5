#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "lifecycle/outbox.hpp"
#include "mail/smtp.hpp"

namespace inkan::mail {

/// Carried is what one round did: letters the relay took, letters put back, letters that will never be taken.
struct Carried {
  int accepted = 0;
  int delayed = 0;
  int refused = 0;
};

/// Postman carries letters from the outbox to the relay: claim, send, settle, one letter at a time.
///
/// A letter leaves the outbox only after the relay's 250. When the process dies between that 250 and the settling, the letter is
/// sent again under the same Message-ID once its lease ends: the one case of two (I10, promises.md 3.2). Nothing else doubles a
/// letter; nothing loses one.
class Postman {
 public:
  /// names are what people see beside the sender's address, by institution; where there is none, the address stands alone. The
  /// outbox and the clock outlive the postman. A Relay that check_relay refuses carries nothing and says so in the log.
  Postman(lifecycle::Outbox& outbox, Relay relay, const Clock& clock, std::map<std::string, std::string> names = {});

  /// carry hands over what is due until nothing is, the relay fails, or `stop` is asked for; letters claimed but not tried are
  /// put back. Errors: the outbox's; a letter that was under way then is settled by a later round. Not for several threads at
  /// once.
  Result<Carried> carry(const std::stop_token& stop = {});

 private:
  Delivery carry_one(const lifecycle::Letter& letter);
  Result<void> settle(const lifecycle::Letter& letter, const Delivery& delivery, Carried& carried);

  lifecycle::Outbox& outbox_;
  Smtp smtp_;
  const Clock& clock_;
  std::map<std::string, std::string> names_;
};

}  // namespace inkan::mail
