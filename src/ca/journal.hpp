#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "ca/issuer.hpp"

/// The signer's own witness: what it signed and what it refused, in a file that only grows. `inkan audit verify` holds it against
/// the store.
namespace inkan::ca {

/// JournalEntry is one line: fields between single blanks, and no blank inside any of them.
struct JournalEntry {
  enum class Kind {
    begun,        ///< the first line of a journal
    certificate,  ///< `subject` is the serial, in hexadecimal
    crl,          ///< `authority` is the ListId, `subject` the number
    responder,    ///< an OCSP responder's own certificate, which the signer renews by itself; `subject` is the serial
    answers,      ///< `subject` is how many OCSP answers since the line before of this kind; `hash` is over all their hashes
    resumed,      ///< the journal could not be written for a while, and nothing was signed
    refused,      ///< nothing was signed; `subject` tells what was asked for, `reason` the ids of what forbade it
  };
  long long sequence = 0;
  Instant at{};
  Kind kind = Kind::begun;
  AuthorityId authority = "-";
  std::string subject = "-";
  Digest hash{};  ///< SHA-256 of the to-be-signed bytes
  std::string reason = "-";
  Digest chain{};  ///< SHA-256 over the chain of the line before and this line without its own
};

std::string_view to_text(JournalEntry::Kind kind);

/// Journal is the file, open for writing. Safe to use from several threads: lines that wait together are flushed together.
class Journal {
 public:
  /// open reads what is there, line by line, and checks its chain; a last line that was never finished (its signature never left)
  /// is cut off. `visit` sees every line. Errors: `journal.corrupt` (detail: the line), `journal.write`.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& path, std::shared_ptr<const Clock> clock,
                                               const std::function<void(const JournalEntry&)>& visit);
  ~Journal();

  /// write adds a line and returns once it is on the disk; sequence, time and chain are the journal's own. Error:
  /// `journal.write`, and from then on for every line, until a journal is opened anew: nothing is signed that could not be
  /// written down.
  Result<void> write(JournalEntry entry);
  /// count_answer notes an OCSP answer. They are too many for a line each, and whoever asks would decide how fast the disk fills:
  /// one line a minute says how many there were.
  void count_answer(const AuthorityId& authority, const Digest& hash);

  /// health tells whether a line can be written; after a failure it writes one. Error: `journal.write`.
  Result<void> health();

 private:
  struct Answers {
    long long count = 0;
    Digest hash{};
  };
  Journal(Descriptor file, std::shared_ptr<const Clock> clock) : file_(std::move(file)), clock_(std::move(clock)) {}
  /// Head is where the chain stands after a line.
  struct Head {
    long long sequence = 0;
    Digest chain{};
    long long size = 0;  ///< of the file up to there
  };
  void append(JournalEntry entry);
  Result<void> flush(std::unique_lock<std::mutex>& lock);
  void take_back();
  void append_answers();

  Descriptor file_;
  std::shared_ptr<const Clock> clock_;
  std::mutex mutex_;
  std::condition_variable flushed_;
  std::string waiting_;  // lines that are not written yet
  Head appended_;        // after the last of them
  Head durable_;         // after the last line on the disk
  bool flushing_ = false;
  bool failed_ = false;         // the last try did
  bool broken_ = false;         // for good
  unsigned long failures_ = 0;  // who waited through one has no line
  std::map<AuthorityId, Answers> answers_;
  Instant answers_since_{};
};

/// read_journal gives every line to `visit` and checks the chain. A last line that is not finished is left out: it is just being
/// written, or was never finished. Errors: `journal.none`, `journal.corrupt` (detail: the line's number), and visit's.
Result<void> read_journal(const std::filesystem::path& path, const std::function<Result<void>(const JournalEntry&)>& visit);

}  // namespace inkan::ca
