#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/holder.hpp"

namespace inkan::lifecycle {

/// Contact is one mail address of a holder. Reminders go to the holder's own `mail`; what touches security goes to every checked
/// address (promises.md A3).
struct Contact {
  HolderId holder;
  std::string address;
  Instant added_at;
  std::optional<Instant> checked_at;   ///< the code that was mailed there was typed in; the bank's own records count as checked
  std::optional<Digest> check_hash;    ///< of the code on its way there
  std::optional<Instant> check_until;  ///< end of that code's life
  int check_tries = 0;                 ///< wrong codes so far: five end it
  /// undeliverable_since is when a mail came back for good (RFC 3464, 5.x.x), or a third one for a passing reason (4.x.x).
  std::optional<Instant> undeliverable_since;
  std::string undeliverable_why;  ///< the status code and what the other side said: "5.1.1 No such user"
  int soft_bounces = 0;           ///< passing failures since the last good sign
};

}  // namespace inkan::lifecycle
