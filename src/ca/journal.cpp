#include "ca/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/log.hpp"

namespace inkan::ca {
namespace {

using Kind = JournalEntry::Kind;

constexpr std::chrono::minutes kAnswersEvery{1};
constexpr std::array<std::pair<Kind, std::string_view>, 7> kKinds = {{{Kind::begun, "begun"},
                                                                      {Kind::certificate, "certificate"},
                                                                      {Kind::crl, "crl"},
                                                                      {Kind::responder, "responder"},
                                                                      {Kind::answers, "answers"},
                                                                      {Kind::resumed, "resumed"},
                                                                      {Kind::refused, "refused"}}};

/// line_of is a line without its chain and its end.
std::string line_of(const JournalEntry& entry) {
  return fmt::format("{} {} {} {} {} {} {}", entry.sequence, to_rfc3339(entry.at), to_text(entry.kind), entry.authority,
                     entry.subject, entry.hash.hex(), entry.reason);
}

Digest chain_of(const Digest& before, std::string_view line) { return sha256(as_bytes(before.hex() + " " + std::string(line))); }

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (auto blank = line.find(' '); blank != std::string_view::npos; blank = line.find(' ')) {
    words.push_back(line.substr(0, blank));
    line.remove_prefix(blank + 1);
  }
  words.push_back(line);
  return words;
}

/// parse_line reads one line and holds it against the line before.
Result<JournalEntry> parse_line(std::string_view line, const JournalEntry& before) {
  const auto corrupt = [&] { return fail(Code::corrupt, "journal.corrupt", "line " + std::to_string(before.sequence + 1)); };
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() != 8) return corrupt();
  JournalEntry entry;
  const char* end = words[0].data() + words[0].size();
  if (std::from_chars(words[0].data(), end, entry.sequence).ptr != end || entry.sequence != before.sequence + 1) return corrupt();
  const Result<Instant> at = parse_rfc3339(words[1]);
  const auto* const kind = std::ranges::find(kKinds, words[2], &std::pair<Kind, std::string_view>::second);
  const Result<Digest> hash = Digest::parse_hex(words[5]), chain = Digest::parse_hex(words[7]);
  if (!at || kind == kKinds.end() || !hash || !chain) return corrupt();
  entry.at = *at;
  entry.kind = kind->first;
  entry.authority = words[3];
  entry.subject = words[4];
  entry.hash = *hash;
  entry.reason = words[6];
  entry.chain = *chain;
  const bool begins = (entry.kind == Kind::begun) == (entry.sequence == 1);
  if (!begins || chain_of(before.chain, line.substr(0, line.rfind(' '))) != entry.chain) return corrupt();
  return entry;
}

/// Read is how far a journal could be read.
struct Read {
  JournalEntry last;
  long long size = 0;  ///< octets of whole lines
};

Result<Read> read_lines(const std::filesystem::path& path, const std::function<Result<void>(const JournalEntry&)>& visit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::not_found, "journal.none", path.string());
  Read read;
  for (std::string line; std::getline(file, line) && !file.eof();) {
    Result<JournalEntry> entry = parse_line(line, read.last);
    if (!entry) return fail(entry.error().code, entry.error().id, path.string() + ": " + entry.error().detail);
    if (auto visited = visit(*entry); !visited) return fail(visited);
    read.last = std::move(*entry);
    read.size += static_cast<long long>(line.size()) + 1;
  }
  return read;
}

std::unexpected<Error> not_written(const std::string& what) { return fail(Code::unavailable, "journal.write", what); }

}  // namespace

std::string_view to_text(Kind kind) { return std::ranges::find(kKinds, kind, &std::pair<Kind, std::string_view>::first)->second; }

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& path, std::shared_ptr<const Clock> clock,
                                               const std::function<void(const JournalEntry&)>& visit) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file.is_open()) return not_written(path.string() + ": " + std::strerror(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return fail(Code::conflict, "signer.running", path.string());
  const Result<Read> read = read_lines(path, [&](const JournalEntry& entry) -> Result<void> {
    visit(entry);
    return {};
  });
  if (!read) return fail(read);
  if (::lseek(file.get(), 0, SEEK_END) != read->size) {
    log(LogLevel::warning, "ca", "journal.cut", {{"line", std::to_string(read->last.sequence + 1)}});
    if (::ftruncate(file.get(), read->size) != 0) return not_written(std::strerror(errno));
  }
  std::unique_ptr<Journal> journal(new Journal(std::move(file), std::move(clock)));
  journal->appended_ = journal->durable_ = {read->last.sequence, read->last.chain, read->size};
  journal->answers_since_ = journal->clock_->now();
  if (read->last.sequence == 0)
    if (auto begun = journal->write({.kind = Kind::begun}); !begun) return fail(begun);
  return journal;
}

Journal::~Journal() {
  std::unique_lock lock(mutex_);
  append_answers();
  static_cast<void>(flush(lock));
}

/// append gives a line its place; the caller holds the lock.
void Journal::append(JournalEntry entry) {
  entry.sequence = ++appended_.sequence;
  entry.at = clock_->now();
  std::string line = line_of(entry);
  appended_.chain = chain_of(appended_.chain, line);
  line += " " + appended_.chain.hex() + "\n";
  appended_.size += static_cast<long long>(line.size());
  waiting_ += line;
}

/// take_back forgets every line that did not reach the disk, and cuts off what did by halves.
void Journal::take_back() {
  failed_ = true;
  ++failures_;
  waiting_.clear();
  appended_ = durable_;
  broken_ = broken_ || ::ftruncate(file_.get(), durable_.size) != 0;
}

/// flush returns when all lines appended so far are on the disk. Whoever comes first writes for all that wait; the others wait
/// for the end of that turn.
Result<void> Journal::flush(std::unique_lock<std::mutex>& lock) {
  const long long sequence = appended_.sequence;
  const unsigned long failures = failures_;
  while (!broken_ && failures == failures_ && durable_.sequence < sequence) {
    if (flushing_) {
      flushed_.wait(lock);
      continue;
    }
    flushing_ = true;
    const std::string lines = std::exchange(waiting_, {});
    const Head upto = appended_;
    lock.unlock();
    const bool written = ::write(file_.get(), lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
    const bool kept = written && ::fdatasync(file_.get()) == 0;
    lock.lock();
    flushing_ = false;
    broken_ = written && !kept;  // nobody knows any more what is on the disk
    failed_ = !kept;
    if (kept)
      durable_ = upto;
    else
      take_back();
    flushed_.notify_all();
  }
  return failures == failures_ && !broken_ ? Result<void>() : not_written("the journal cannot be written");
}

Result<void> Journal::write(JournalEntry entry) {
  std::unique_lock lock(mutex_);
  if (broken_) return not_written("the journal was lost; start the signer again");
  append(std::move(entry));
  return flush(lock);
}

void Journal::append_answers() {
  for (auto& [authority, answers] : answers_)
    append({.kind = Kind::answers, .authority = authority, .subject = std::to_string(answers.count), .hash = answers.hash});
  answers_.clear();
}

void Journal::count_answer(const AuthorityId& authority, const Digest& hash) {
  std::unique_lock lock(mutex_);
  Answers& answers = answers_[authority];
  ++answers.count;
  Bytes both = to_bytes(answers.hash.view());
  both.insert(both.end(), hash.bytes.begin(), hash.bytes.end());
  answers.hash = sha256(both);
  if (broken_ || clock_->now() - answers_since_ < kAnswersEvery) return;
  answers_since_ = clock_->now();
  append_answers();
  static_cast<void>(flush(lock));
}

Result<void> Journal::health() {
  std::unique_lock lock(mutex_);
  if (!failed_ && !broken_) return {};
  lock.unlock();
  return write({.kind = Kind::resumed});
}

Result<void> read_journal(const std::filesystem::path& path, const std::function<Result<void>(const JournalEntry&)>& visit) {
  const Result<Read> read = read_lines(path, visit);
  return read ? Result<void>() : fail(read);
}

}  // namespace inkan::ca
