#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace inkan {

/// Instant is a point of UTC time in whole seconds, as certificates carry it.
using Instant = std::chrono::sys_seconds;

/// Day is a calendar day in an institution's zone. Bank days are counted in these, never in seconds / 86400.
using Day = std::chrono::local_days;

/// Zone is a time zone of the IANA database, for example "Asia/Tokyo".
class Zone {
 public:
  /// find looks a zone up by its IANA name. Error: `zone.unknown`.
  static Result<Zone> find(std::string_view name);

  /// day_of is the calendar day an instant falls on in this zone.
  Day day_of(Instant instant) const;
  /// start_of is the first instant of a day: 00:00:00, or the first second that exists where a change of clocks skips midnight.
  Instant start_of(Day day) const;
  /// end_of is the last whole second of a day (23:59:59): one second before the next day starts.
  Instant end_of(Day day) const;
  /// wall_time is "HH:MM:SS" of an instant in this zone, offset its "+09:00".
  std::string wall_time(Instant instant) const;
  std::string offset(Instant instant) const;

  const std::string& name() const { return name_; }

 private:
  Zone(std::string name, const void* zone) : name_(std::move(name)), zone_(zone) {}
  std::string name_;
  const void* zone_;  // date::time_zone, which the library keeps for the life of the process
};

/// days_between is `to - from` in calendar days; negative when `to` is earlier.
int days_between(Day from, Day to);

/// one_year_after is the same date of the next year; 29 February goes to 28 February (decision O5).
Day one_year_after(Day day);

/// to_slashes writes "2026/11/30"; to_japanese "2026年11月30日"; to_japanese_with_weekday "2026年11月30日（月）"; to_iso
/// "2026-11-30"; to_compact "20261130".
std::string to_slashes(Day day);
std::string to_japanese(Day day);
std::string to_japanese_with_weekday(Day day);
std::string to_iso(Day day);
std::string to_compact(Day day);

/// parse_day reads "2026-11-30". Error: `day.malformed`.
Result<Day> parse_day(std::string_view text);

/// to_rfc3339 writes an instant in UTC, "2026-11-30T14:59:59Z"; with a zone, in that zone: "2026-11-30T23:59:59+09:00".
std::string to_rfc3339(Instant instant);
std::string to_rfc3339(Instant instant, const Zone& zone);
/// parse_rfc3339 reads both, and a bare day as its start in UTC. Error: `time.malformed`.
Result<Instant> parse_rfc3339(std::string_view text);

/// to_epoch and from_epoch are the store's form: seconds since 1970-01-01T00:00:00Z; days since 1970-01-01 for a Day.
long long to_epoch(Instant instant);
Instant from_epoch(long long seconds);
int to_epoch_day(Day day);
Day from_epoch_day(int days);

}  // namespace inkan
