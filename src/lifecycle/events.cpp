#include "lifecycle/events.hpp"

#include <algorithm>
#include <charconv>

#include "base/base64url.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kBatch = 500;
constexpr int kLookedAt = 5'000;  // records of other institutions among them
constexpr std::size_t kCursorLength = 4'096;
constexpr std::size_t kIdLength = 32;

// What is not named here stays in the house: sessions, who read which file, the bank's people, free words of theirs.
constexpr std::string_view kActions[] = {"authority.revoked",
                                         "holder.added",
                                         "holder.entitled",
                                         "holder.revoked",
                                         "certificate.imported",
                                         "certificate.held",
                                         "certificate.released",
                                         "certificate.reserved",
                                         "certificate.issued",
                                         "certificate.delivered",
                                         "certificate.abandoned",
                                         "certificate.confirmed",
                                         "certificate.revoked",
                                         "code.released",
                                         "code.requested",
                                         "code.stopped",
                                         "code.sent",
                                         "contact.added",
                                         "contact.checked",
                                         "contact.main",
                                         "contact.removed",
                                         "contact.undeliverable",
                                         "password.locked",
                                         "ticket.opened",
                                         "ticket.reopened",
                                         "ticket.cancelled",
                                         "ticket.expired",
                                         "ticket.taken",
                                         "request.wanted",
                                         "request.made",
                                         "request.approved",
                                         "request.refused",
                                         "notice.decided",
                                         "notice.told",
                                         "letter.accepted",
                                         "letter.delayed",
                                         "letter.refused",
                                         "letter.dropped",
                                         "letter.printed"};
constexpr std::string_view kDetails[] = {"authority", "serial", "fingerprint", "reason",  "replaced_by", "entitlement",
                                         "purpose",   "kind",   "number",      "request", "act"};

bool is_told(std::string_view word, auto& words) { return std::ranges::find(words, word) != std::end(words); }

using Cursor = std::map<std::string, long long>;  // node and the last sequence seen of it

/// A cursor is one line per node, "SEQUENCE NODE", as base64url: nobody needs to read it.
std::string to_text(const Cursor& cursor) {
  std::string text;
  for (const auto& [node, sequence] : cursor) text += std::to_string(sequence) + " " + node + "\n";
  return to_base64url(as_bytes(text));
}

Result<Cursor> parse_cursor(std::string_view text) {
  const auto malformed = [] { return fail(Code::invalid, "events.cursor"); };
  if (text.size() > kCursorLength) return malformed();
  const auto bytes = parse_base64url(text);
  if (!bytes) return malformed();
  Cursor cursor;
  std::string_view rest = as_text(*bytes);
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return malformed();
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const auto space = line.find(' ');
    long long sequence = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), sequence);
    if (error != std::errc() || sequence < 0 || space == std::string_view::npos || stop != line.data() + space)
      return malformed();
    if (!cursor.emplace(line.substr(space + 1), sequence).second) return malformed();
  }
  return cursor;
}

FeedEvent to_event(const AuditRecord& record) {
  FeedEvent event{.id = record.hash.hex().substr(0, kIdLength),
                  .at = record.entry.at,
                  .action = record.entry.action,
                  .actor = record.entry.actor,
                  .subject = record.entry.subject,
                  .detail = {}};
  for (const auto& [key, value] : record.entry.detail)
    if (is_told(key, kDetails)) event.detail.emplace(key, value);
  return event;
}

/// last_sequence is the highest of a node. Sequences have no gaps, so few looks find it among millions.
Result<long long> last_sequence(Reader& reader, const std::string& node) {
  const auto is_there = [&](long long sequence) -> Result<bool> {
    const auto found = reader.audit_records(node, sequence - 1, 1);
    return found ? Result<bool>(!found->empty()) : fail(found);
  };
  long long below = 0, above = 1;  // the first is there, the second is not
  while (true) {
    const auto there = is_there(above);
    if (!there) return fail(there);
    if (!*there) break;
    below = above;
    above *= 2;
  }
  while (above - below > 1) {
    const long long middle = below + (above - below) / 2;
    const auto there = is_there(middle);
    if (!there) return fail(there);
    (*there ? below : above) = middle;
  }
  return below;
}

}  // namespace

Result<EventPage> read_events(Reader& reader, const std::string& institution, std::string_view cursor, int limit) {
  auto seen = parse_cursor(cursor);
  if (!seen) return fail(seen);
  const auto nodes = reader.audit_nodes();
  if (!nodes) return fail(nodes);
  EventPage page;
  const auto wanted = static_cast<std::size_t>(std::clamp(limit, 1, kEventLimit));
  int left = kLookedAt;
  for (const std::string& node : *nodes) {
    long long& after = (*seen)[node];
    for (bool ended = false; !ended && !page.more;) {
      if (page.events.size() == wanted || left <= 0) {
        page.more = true;
        break;
      }
      const auto records = reader.audit_records(node, after, kBatch);
      if (!records) return fail(records);
      ended = records->size() < static_cast<std::size_t>(kBatch);
      for (const AuditRecord& record : *records) {
        const bool told = record.entry.institution == institution && is_told(record.entry.action, kActions);
        if (told && page.events.size() == wanted) {
          page.more = true;
          break;
        }
        if (told) page.events.push_back(to_event(record));
        after = record.sequence;
        --left;
      }
    }
  }
  std::erase_if(*seen, [](const auto& one) { return one.second == 0; });
  page.next = to_text(*seen);
  return page;
}

Result<std::string> last_cursor(Reader& reader) {
  const auto nodes = reader.audit_nodes();
  if (!nodes) return fail(nodes);
  Cursor cursor;
  for (const std::string& node : *nodes) {
    const auto last = last_sequence(reader, node);
    if (!last) return fail(last);
    if (*last > 0) cursor[node] = *last;
  }
  return to_text(cursor);
}

}  // namespace inkan::lifecycle
