#include "server/service_hours.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace inkan::server {
namespace {

using lifecycle::OpenSpan;

constexpr std::size_t kMostHolidays = 1000;
constexpr std::size_t kMostMaintenance = 200;
constexpr std::chrono::days kLongestMaintenance{14};

/// parse_minute reads "08:30" as minutes from midnight; "24:00" is the end of the day.
std::optional<int> parse_minute(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return {};
  int hour = 0;
  int minute = 0;
  const char* at = text.data();
  const auto first = std::from_chars(at, at + 2, hour);
  const auto second = std::from_chars(at + 3, at + 5, minute);
  if (first.ec != std::errc() || first.ptr != at + 2 || second.ec != std::errc() || second.ptr != at + 5) return {};
  if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60) return {};
  return hour * 60 + minute;
}

std::optional<OpenSpan> parse_span(std::string_view text) {
  if (text == "closed") return OpenSpan{.from = 0, .until = 0};
  if (text.size() != 11 || text[5] != '-') return {};
  const auto from = parse_minute(text.substr(0, 5));
  const auto until = parse_minute(text.substr(6));
  if (!from || !until || *from >= *until) return {};
  return OpenSpan{.from = *from, .until = *until};
}

OpenSpan read_span(Section& section, const std::string& key, OpenSpan otherwise) {
  if (!section.has(key)) return otherwise;
  const auto span = parse_span(section.text(key));
  if (!span) section.refuse(key, "must read like \"08:00-23:00\", the first before the second, or \"closed\"");
  return span.value_or(otherwise);
}

void read_holidays(Section& section, lifecycle::ServiceHours& hours) {
  for (const std::string& text : section.texts("holiday_days")) {
    const auto day = parse_day(text);
    if (!day)
      section.refuse("holiday_days", "\"" + text + "\" is no day such as \"2027-01-01\"");
    else if (!hours.holiday_days.insert(*day).second)
      section.refuse("holiday_days", text + " twice");
  }
  if (hours.holiday_days.size() > kMostHolidays) section.refuse("holiday_days", "are more than a thousand days");
  if (section.has("holidays") && hours.holiday_days.empty())
    section.refuse("holidays", "says how days are that holiday_days does not name");
  if (!section.has("holidays") && !hours.holiday_days.empty())
    section.refuse("holiday_days", "are days like any other without holidays = \"closed\", or their hours");
}

void read_maintenance(Section& section, lifecycle::ServiceHours& hours) {
  for (Section part : section.sections("maintenance")) {
    const auto from = parse_rfc3339(part.text("from"));
    const auto until = parse_rfc3339(part.text("until"));
    if (!from) part.refuse("from", "must be a time such as \"2027-05-02T23:00:00+09:00\"");
    if (!until) part.refuse("until", "must be a time such as \"2027-05-03T06:00:00+09:00\"");
    if (!from || !until) continue;
    if (*from >= *until) part.refuse("until", "must come after from");
    if (*from < *until && *until - *from > kLongestMaintenance) part.refuse("until", "is more than 14 days after from");
    hours.maintenance.push_back({*from, *until});
  }
  auto& all = hours.maintenance;
  std::ranges::sort(all, {}, &lifecycle::Maintenance::from);
  for (std::size_t at = 1; at < all.size(); ++at)
    if (all[at].from <= all[at - 1].until) section.refuse("maintenance", "two of them touch or overlap: make them one");
  if (all.size() > kMostMaintenance) section.refuse("maintenance", "is declared more than 200 times: take the old ones out");
}

/// has_letter tells whether the renewal's letter names the last minute.
bool has_last_minute(const lifecycle::Institution& institution) {
  const auto letter = institution.letters.find("renewal");
  return letter == institution.letters.end() || letter->second.body.find("{closes}") != std::string::npos;
}

}  // namespace

void read_service_hours(Section section, lifecycle::Institution& institution) {
  lifecycle::ServiceHours& hours = institution.hours;
  hours.weekdays = read_span(section, "weekdays", hours.weekdays);
  hours.saturday = read_span(section, "saturday", hours.weekdays);
  hours.sunday = read_span(section, "sunday", hours.weekdays);
  hours.holidays = read_span(section, "holidays", hours.weekdays);
  read_holidays(section, hours);
  read_maintenance(section, hours);
  if (hours.weekdays == OpenSpan{.from = 0, .until = 0})
    section.refuse("weekdays", "are closed: nobody could renew from Monday to Friday");
  if (!hours.is_always_open() && !has_last_minute(institution))
    section.refuse("weekdays", "or maintenance: the letter letters.renewal must say {closes}, the last minute");
}

}  // namespace inkan::server
