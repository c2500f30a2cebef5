#include "base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace inkan {
namespace {

std::chrono::year_month_day calendar(Day day) { return std::chrono::year_month_day{day}; }

struct Ymd {
  int year;
  unsigned month;
  unsigned day;
};

Ymd split(Day day) {
  const auto ymd = calendar(day);
  return {static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day())};
}

std::string clock_text(std::chrono::seconds since_midnight) {
  const auto seconds = since_midnight.count();
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// read_digits takes exactly `count` digits off the front of `text`, or gives -1.
int read_digits(std::string_view& text, int count) {
  if (text.size() < static_cast<std::size_t>(count)) return -1;
  int value = 0;
  for (int i = 0; i < count; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(static_cast<std::size_t>(count));
  return value;
}

bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

Result<Day> read_day(std::string_view& text) {
  const int year = read_digits(text, 4);
  bool good = year >= 0 && skip(text, '-');
  const int month = good ? read_digits(text, 2) : -1;
  good = month >= 0 && skip(text, '-');
  const int day = good ? read_digits(text, 2) : -1;
  const std::chrono::year_month_day ymd{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  if (day < 0 || !ymd.ok()) return fail(Code::invalid, "day.malformed", "a day reads 2026-11-30");
  return Day{std::chrono::local_days{ymd}};
}

}  // namespace

int days_between(Day from, Day to) { return static_cast<int>((to - from).count()); }

Day one_year_after(Day day) {
  auto next = calendar(day) + std::chrono::years{1};
  if (!next.ok()) next = next.year() / next.month() / std::chrono::last;
  return Day{std::chrono::local_days{next}};
}

std::string to_slashes(Day day) {
  const auto [y, m, d] = split(day);
  return fmt::format("{:04}/{:02}/{:02}", y, m, d);
}

std::string to_japanese(Day day) {
  const auto [y, m, d] = split(day);
  return fmt::format("{}年{}月{}日", y, m, d);
}

std::string to_japanese_with_weekday(Day day) {
  static constexpr std::array<const char*, 7> kWeekdays = {"日", "月", "火", "水", "木", "金", "土"};
  return fmt::format("{}（{}）", to_japanese(day), kWeekdays[std::chrono::weekday{day}.c_encoding()]);
}

std::string to_iso(Day day) {
  const auto [y, m, d] = split(day);
  return fmt::format("{:04}-{:02}-{:02}", y, m, d);
}

std::string to_compact(Day day) {
  const auto [y, m, d] = split(day);
  return fmt::format("{:04}{:02}{:02}", y, m, d);
}

Result<Day> parse_day(std::string_view text) {
  auto day = read_day(text);
  if (day && !text.empty()) return fail(Code::invalid, "day.malformed", "a day reads 2026-11-30");
  return day;
}

std::string to_rfc3339(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return fmt::format("{}T{}Z", to_iso(Day{day.time_since_epoch()}), clock_text(instant - day));
}

std::string to_rfc3339(Instant instant, const Zone& zone) {
  return fmt::format("{}T{}{}", to_iso(zone.day_of(instant)), zone.wall_time(instant), zone.offset(instant));
}

Result<Instant> parse_rfc3339(std::string_view text) {
  const auto malformed = [] { return fail(Code::invalid, "time.malformed", "a time reads 2026-11-30T09:00:00+09:00"); };
  const auto day = read_day(text);
  if (!day) return malformed();
  Instant instant{std::chrono::duration_cast<std::chrono::seconds>(day->time_since_epoch())};
  if (text.empty()) return instant;
  if (!skip(text, 'T')) return malformed();
  const int hour = read_digits(text, 2);
  if (hour < 0 || hour > 23 || !skip(text, ':')) return malformed();
  const int minute = read_digits(text, 2);
  if (minute < 0 || minute > 59 || !skip(text, ':')) return malformed();
  const int second = read_digits(text, 2);
  if (second < 0 || second > 59) return malformed();
  instant += std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  if (text == "Z") return instant;
  const bool west = !text.empty() && text.front() == '-';
  if (!west && (text.empty() || text.front() != '+')) return malformed();
  text.remove_prefix(1);
  const int offset_hours = read_digits(text, 2);
  if (offset_hours < 0 || offset_hours > 23 || !skip(text, ':')) return malformed();
  const int offset_minutes = read_digits(text, 2);
  if (offset_minutes < 0 || offset_minutes > 59 || !text.empty()) return malformed();
  const auto offset = std::chrono::hours{offset_hours} + std::chrono::minutes{offset_minutes};
  return west ? instant + offset : instant - offset;
}

long long to_epoch(Instant instant) { return instant.time_since_epoch().count(); }
Instant from_epoch(long long seconds) { return Instant{std::chrono::seconds{seconds}}; }
int to_epoch_day(Day day) { return static_cast<int>(day.time_since_epoch().count()); }
Day from_epoch_day(int days) { return Day{std::chrono::days{days}}; }

}  // namespace inkan
