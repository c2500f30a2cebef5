#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace inkan::mail {

/// BounceAddress gives each letter an envelope sender of its own (VERP), "bounces+1f-MAC@bounce.bank.example": a report that
/// comes back to it is about that letter, whatever its words say. The MAC (HMAC-SHA-256, 128 bits) is known only to who saw the
/// letter, so that nobody can report a letter as undeliverable that was not theirs to lose.
class BounceAddress {
 public:
  /// make takes the domain whose mail for "bounces+…" comes to us, and the MAC's key. Errors: `mail.bounce_domain`,
  /// `mail.bounce_key` (under 16 octets).
  static Result<BounceAddress> make(std::string domain, Secret key);

  /// address_of is the envelope sender of the letter with this number in the outbox.
  std::string address_of(long long letter) const;

  /// find_letter is the number of the letter an address stands for; none when it is not one of ours. Letter case does not count:
  /// some mail servers fold it.
  std::optional<long long> find_letter(std::string_view address) const;

 private:
  BounceAddress(std::string domain, Secret key) : domain_(std::move(domain)), key_(std::move(key)) {}
  std::string domain_;
  Secret key_;
};

}  // namespace inkan::mail
