#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

/// company_files writes what a 管理者 takes away from 「御社のID」: a list and a calendar. Pure text over plain values.
namespace inkan::web {

/// to_csv writes rows as RFC 4180 text: UTF-8 with a byte order mark, for spreadsheets guess otherwise; CRLF; a field is quoted
/// where it must be. A field that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
std::string to_csv(const std::vector<std::vector<std::string>>& rows);

/// CalendarDay is one event of a whole day.
struct CalendarDay {
  std::string uid;
  Day day;
  std::string summary;
};

/// renewal_uid names the first or last day of a renewal: the same event bears the same UID in every file, so that a calendar
/// takes the new file's in place of the old one's. `serial_tail` is words.hpp's.
std::string renewal_uid(std::string_view portal_host, std::string_view login_id, std::string_view serial_tail, bool last);

/// to_icalendar writes RFC 5545 text: CRLF, lines folded at 75 octets and never inside a character, text escaped. `stamp` is when
/// it was made.
std::string to_icalendar(const std::vector<CalendarDay>& days, std::string_view name, Instant stamp);

}  // namespace inkan::web
