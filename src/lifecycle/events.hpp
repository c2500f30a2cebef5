#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lifecycle/store.hpp"

/// What the bank's other systems hear of the story: the audit trail of one institution, without what is for its own people alone.
namespace inkan::lifecycle {

/// FeedEvent is one act. Only actions and details that are named in events.cpp go out; a new one is kept back until somebody
/// names it.
struct FeedEvent {
  std::string id;  ///< 32 hexadecimal digits, the same each time: of the record's hash in its chain
  Instant at;
  std::string action;   ///< as in docs/messages.md: "certificate.issued"
  std::string actor;    ///< "holder d1/keiri01", "staff d1/tanto01", "rest NAME", "job notices" …
  std::string subject;  ///< a login ID
  std::map<std::string, std::string> detail;
};

/// EventPage is a part of the feed. Events of one node come in the order in which they were recorded.
struct EventPage {
  std::vector<FeedEvent> events;
  std::string next;   ///< the cursor to go on from; it moves on also where nothing in between was for this institution
  bool more = false;  ///< there may be more at once: a page is bounded in what it looks at, so it can be empty and not the last
};

inline constexpr int kEventLimit = 500;

/// read_events gives up to `limit` (at most kEventLimit) events of an institution after a cursor; an empty one is the beginning
/// of the records. What was recorded once is given once for every cursor before it, whichever node recorded it. Errors:
/// `events.cursor` (not one of ours), `store.*`.
Result<EventPage> read_events(Reader& reader, const std::string& institution, std::string_view cursor, int limit);

/// last_cursor is where the records end now: who starts there hears only of what comes.
Result<std::string> last_cursor(Reader& reader);

}  // namespace inkan::lifecycle
