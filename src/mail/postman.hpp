#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "lifecycle/outbox.hpp"
#include "mail/bounce_address.hpp"
#include "mail/dkim.hpp"
#include "mail/smime.hpp"
#include "mail/smtp.hpp"

namespace inkan::mail {

/// Carried is what one round did: letters the relay took, letters put back, letters that will never be taken.
struct Carried {
  int accepted = 0;
  int delayed = 0;
  int refused = 0;
};

/// Stationery is what letters go out with.
struct Stationery {
  std::map<std::string, std::string> names;  ///< by institution: what people see beside the sender's address; may be absent
  std::optional<Smime> smime;                ///< signs the letter for its reader
  std::vector<Dkim> dkim;                    ///< sign the message for mail servers, each by its own key
  std::optional<BounceAddress> bounces;      ///< envelope sender of each letter; without it, the sender's address
};

/// Postman carries letters from the outbox to the relay: claim, send, settle, one letter at a time.
///
/// A letter leaves the outbox only after the relay's 250. When the process dies between that 250 and the settling, the letter is
/// sent again under the same Message-ID once its lease ends: the one case of two (I10, promises.md 3.2). Nothing else doubles a
/// letter; nothing loses one.
class Postman {
 public:
  /// The outbox and the clock outlive the postman. A Relay that check_relay refuses carries nothing and says so in the log.
  Postman(lifecycle::Outbox& outbox, Relay relay, const Clock& clock, Stationery stationery = {});

  /// carry hands over what is due until nothing is, the relay fails, or `stop` is asked for; letters claimed but not tried are
  /// put back. Errors: the outbox's; a letter that was under way then is settled by a later round. Not for several threads at
  /// once.
  ///
  /// A letter that cannot be signed waits. One thing goes before a signature: when the S/MIME certificate is out of its time,
  /// letters go out without, loudly (`mail.smime_expired`), since a deadline missed harms the customer more.
  Result<Carried> carry(const std::stop_token& stop = {});

 private:
  Delivery carry_one(const lifecycle::Letter& letter);
  Result<std::string> write(const lifecycle::Letter& letter);
  const Smime* smime_for(const lifecycle::Letter& letter, Instant now);
  Result<void> settle(const lifecycle::Letter& letter, const Delivery& delivery, Carried& carried);

  lifecycle::Outbox& outbox_;
  Smtp smtp_;
  const Clock& clock_;
  Stationery stationery_;
  bool told_expired_ = false;  // once a round is enough
};

}  // namespace inkan::mail
