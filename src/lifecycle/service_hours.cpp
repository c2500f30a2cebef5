#include "lifecycle/service_hours.hpp"

#include <algorithm>

namespace inkan::lifecycle {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr days kLookedAt{400};  // a year of closed days and a little: more than any profile that is taken has
constexpr seconds kSecond{1};

/// Stretch is open time from `from` up to, and without, `until`.
struct Stretch {
  Instant from;
  Instant until;
};

/// instant_at is a minute of a day as its clocks show it; on the day of a change of clocks midnight is not that far away.
Instant instant_at(const Zone& zone, Day day, int minute) {
  if (minute >= 24 * 60) return zone.end_of(day) + kSecond;
  const Instant start = zone.start_of(day);
  const Instant guess = start + minutes{minute};
  for (const minutes shift : {minutes{0}, minutes{-60}, minutes{60}, minutes{-30}, minutes{30}}) {
    const std::string wall = zone.wall_time(guess + shift);
    if (std::stoi(wall.substr(0, 2)) * 60 + std::stoi(wall.substr(3, 2)) == minute) return guess + shift;
  }
  return guess;  // an hour that this day does not have
}

OpenSpan span_of(const ServiceHours& hours, Day day) {
  if (hours.holiday_days.contains(day)) return hours.holidays;
  const std::chrono::weekday weekday{day};
  if (weekday == std::chrono::Saturday) return hours.saturday;
  return weekday == std::chrono::Sunday ? hours.sunday : hours.weekdays;
}

/// by_schedule is the day's open stretch without any maintenance.
std::optional<Stretch> by_schedule(const ServiceHours& hours, const Zone& zone, Day day) {
  const OpenSpan span = span_of(hours, day);
  const Stretch open{instant_at(zone, day, span.from), instant_at(zone, day, span.until)};
  return open.from < open.until ? std::optional(open) : std::nullopt;
}

/// open_on are the day's open stretches, in order of time.
std::vector<Stretch> open_on(const ServiceHours& hours, const Zone& zone, Day day) {
  const auto whole = by_schedule(hours, zone, day);
  if (!whole) return {};
  std::vector<Stretch> open;
  Instant from = whole->from;
  for (const Maintenance& each : hours.maintenance) {
    if (each.until <= from || each.from >= whole->until) continue;
    if (from < each.from) open.push_back({from, each.from});
    from = std::max(from, each.until);
  }
  if (from < whole->until) open.push_back({from, whole->until});
  return open;
}

/// last_by_schedule is last_opening as if no maintenance had been declared.
std::optional<Instant> last_by_schedule(ServiceHours hours, const Zone& zone, Instant until) {
  hours.maintenance.clear();
  return last_opening(hours, zone, until);
}

}  // namespace

bool ServiceHours::is_always_open() const {
  const OpenSpan whole;
  return weekdays == whole && saturday == whole && sunday == whole && (holidays == whole || holiday_days.empty()) &&
         maintenance.empty();
}

bool is_open(const ServiceHours& hours, const Zone& zone, Instant now) {
  if (hours.is_always_open()) return true;
  return std::ranges::any_of(open_on(hours, zone, zone.day_of(now)),
                             [&](const Stretch& open) { return open.from <= now && now < open.until; });
}

std::optional<Instant> next_opening(const ServiceHours& hours, const Zone& zone, Instant now) {
  if (hours.is_always_open()) return now;
  const Day today = zone.day_of(now);
  for (Day day = today; day <= today + kLookedAt; day += days{1})
    for (const Stretch& open : open_on(hours, zone, day))
      if (now < open.until) return std::max(now, open.from);
  return {};
}

std::optional<Instant> last_opening(const ServiceHours& hours, const Zone& zone, Instant until) {
  if (hours.is_always_open()) return until;
  const Day last = zone.day_of(until);
  for (Day day = last; day >= last - kLookedAt; day -= days{1}) {
    const auto stretches = open_on(hours, zone, day);
    for (auto open = stretches.rbegin(); open != stretches.rend(); ++open)
      if (open->from <= until) return std::min(until, open->until - kSecond);
  }
  return {};
}

RenewalEnd renewal_end(const ServiceHours& hours, const Zone& zone, Instant not_after) {
  const Instant last = last_opening(hours, zone, not_after).value_or(not_after);
  const Instant planned = last_by_schedule(hours, zone, not_after).value_or(not_after);
  const Day day = zone.day_of(not_after);
  if (last == planned || zone.day_of(planned) != day) return {.last = last};
  // The maintenance took the day's service time behind `last`, up to `planned`.
  const auto schedule = by_schedule(hours, zone, day);
  const Instant from = std::max(last + kSecond, schedule->from);
  const auto again = next_opening(hours, zone, not_after + kSecond);
  if (!again) return {.last = last};
  const Instant end = *again + (planned + kSecond - from) - kSecond;
  return {.last = last_opening(hours, zone, end).value_or(last), .extended = true};
}

}  // namespace inkan::lifecycle
