#include "web/portal/company_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace inkan::web {
namespace {

constexpr std::string_view kFormula = "=+-@\t\r";
constexpr std::size_t kLine = 75;  // octets without the line break (RFC 5545 3.1)

std::string csv_field(const std::string& text) {
  std::string field = text;
  if (!field.empty() && kFormula.find(field.front()) != std::string_view::npos) field.insert(field.begin(), '\'');
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// escaped is a TEXT value (RFC 5545 3.3.11).
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c != '\r') {
      out += c;
    }
  }
  return out;
}

bool inside_character(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

std::string folded(std::string_view line) {
  std::string out;
  std::size_t room = kLine;
  while (line.size() > room) {
    std::size_t cut = room;
    while (inside_character(line[cut])) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = kLine - 1;  // the space that continues a line counts
  }
  return out.append(line).append("\r\n");
}

std::string stamp_text(Instant stamp) {
  std::string out;
  for (const char c : to_rfc3339(stamp))
    if (c != '-' && c != ':') out += c;
  return out;
}

}  // namespace

std::string to_csv(const std::vector<std::vector<std::string>>& rows) {
  std::string out = "\xEF\xBB\xBF";
  for (const auto& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) out += (at == 0 ? "" : ",") + csv_field(row[at]);
    out += "\r\n";
  }
  return out;
}

std::string renewal_uid(std::string_view portal_host, std::string_view login_id, std::string_view serial_tail, bool last) {
  return fmt::format("{}-{}-{}@{}", login_id, serial_tail, last ? "last" : "first", portal_host);
}

std::string to_icalendar(const std::vector<CalendarDay>& days, std::string_view name, Instant stamp) {
  std::string out;
  const auto put = [&out](std::string_view line) { out += folded(line); };
  put("BEGIN:VCALENDAR");
  put("VERSION:2.0");
  put("PRODID:-//Inkan//renewals//JA");
  put("CALSCALE:GREGORIAN");
  put("X-WR-CALNAME:" + escaped(name));
  for (const CalendarDay& day : days) {
    put("BEGIN:VEVENT");
    put("UID:" + escaped(day.uid));
    put("DTSTAMP:" + stamp_text(stamp));
    put("DTSTART;VALUE=DATE:" + to_compact(day.day));
    put("DTEND;VALUE=DATE:" + to_compact(day.day + std::chrono::days{1}));
    put("SUMMARY:" + escaped(day.summary));
    put("TRANSP:TRANSPARENT");
    put("END:VEVENT");
  }
  put("END:VCALENDAR");
  return out;
}

}  // namespace inkan::web
