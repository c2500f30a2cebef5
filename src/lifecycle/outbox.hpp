#pragma once

#include <chrono>
#include <vector>

#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Outbox hands waiting letters to whoever carries them, and keeps what became of each.
class Outbox {
 public:
  explicit Outbox(const Services& services) : services_(services) {}

  /// claim gives letters whose time has come. A letter about a certificate that was replaced or revoked meanwhile is dropped here
  /// and not given out (I10). One carrier at a time per node.
  Result<std::vector<Letter>> claim(int limit);

  /// settle_accepted: the relay answered 250. settle_later: try again after a growing pause (1, 2, 4 … 60 minutes).
  /// settle_refused: the relay said no for good (5xx).
  Result<void> settle_accepted(const Letter& letter);
  Result<void> settle_later(const Letter& letter, const std::string& why);
  Result<void> settle_refused(const Letter& letter, const std::string& why);

  /// sealed are letters that wait for the printer: with a code (`wipe`) the body is the base64 of CMS that only the printer's key
  /// opens, else plain text. One about a certificate that was replaced or revoked meanwhile is dropped here (I10).
  Result<std::vector<Letter>> sealed(const Institution& institution, int limit);
  /// settle_printed keeps that a sealed letter was handed over, and forgets its body.
  Result<void> settle_printed(const Letter& letter, const std::string& actor);

 private:
  Services services_;
};

}  // namespace inkan::lifecycle
