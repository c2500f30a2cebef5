#pragma once

#include <optional>
#include <vector>

#include "app/clerk.hpp"

/// Quiet renewal: what a timer starts once a day renews without anybody there, where the bank allows it and the person agreed
/// once.
namespace inkan::app {

/// quiet_time is when a certificate's turn comes: a moment of the first two thirds of its window that follows from the
/// certificate alone, so that a bank's customers do not all come on one day, and a third is left for trying again.
Instant quiet_time(const Digest& fingerprint, Day opens, int window_days, const Zone& zone);

/// QuietReport is what became of one certificate, or of a store as a whole.
struct QuietReport {
  enum class State {
    renewed,
    saved_not_used,  ///< the trial login failed: the next run tries again
    later,           ///< `due`, or nothing before the window
    not_agreed,      ///< the person was not asked yet, or withdrew
    not_allowed,     ///< the bank does not have it
    failed,          ///< `error`
  };
  KnownBank bank;
  State state = State::later;
  std::optional<Listed> listed = {};
  std::optional<Instant> due = {};  ///< when its turn comes
  std::optional<Day> due_day = {};  ///< on the bank's calendar
  std::optional<Error> error = {};
};

std::string_view to_text(QuietReport::State state);  // "renewed", "saved_not_used", "later", …

/// Agent works through the known banks. It asks nobody anything: a store that wants a password opens only where a file holds it
/// (pin-source in a token's URI), else that is `agent.locked`.
class Agent {
 public:
  Agent(Disk& disk, Banks banks, OpenBank open) : disk_(disk), banks_(std::move(banks)), open_(std::move(open)) {}

  /// offers tells for each certificate what `run` would do if the person agreed, changing nothing. Errors: Banks' alone.
  Result<std::vector<QuietReport>> offers();
  /// run renews what is due and agreed to. Errors: Banks' alone.
  Result<std::vector<QuietReport>> run();

 private:
  /// Visit is one bank's store, open.
  struct Visit {
    std::unique_ptr<Bank> bank;
    std::unique_ptr<KeyStore> store;  ///< none: the bank has no quiet renewal
    std::optional<FolderLock> lock;
    std::vector<Candidate> candidates;
  };
  Result<Visit> visit(const KnownBank& known) const;
  std::vector<QuietReport> look(const KnownBank& known, bool renews) const;
  QuietReport judge(const KnownBank& known, Visit& visit, const std::string& login_id, bool renews) const;

  Disk& disk_;
  Banks banks_;
  OpenBank open_;
};

}  // namespace inkan::app
