#include <fmt/format.h>

#include <array>

#include "base/time.hpp"

/// Zones without a database: Windows names them in its own way. Banks that this program knows count their days in Japan, whose
/// clocks have not changed since 1951; a zone with changing clocks is refused instead of counted wrongly.
namespace inkan {
namespace {

struct FixedZone {
  std::string_view name;
  std::chrono::hours offset;
};

constexpr std::array kZones = {FixedZone{"Asia/Tokyo", std::chrono::hours{9}}, FixedZone{"Japan", std::chrono::hours{9}},
                               FixedZone{"Etc/UTC", std::chrono::hours{0}}, FixedZone{"UTC", std::chrono::hours{0}}};

std::chrono::seconds offset_of(const void* zone) { return static_cast<const FixedZone*>(zone)->offset; }

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  for (const FixedZone& zone : kZones)
    if (zone.name == name) return Zone(std::string(name), &zone);
  return fail(Code::not_found, "zone.unknown", std::string(name));
}

Day Zone::day_of(Instant instant) const {
  return Day{std::chrono::floor<std::chrono::days>((instant + offset_of(zone_)).time_since_epoch())};
}

Instant Zone::start_of(Day day) const {
  return Instant{std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch())} - offset_of(zone_);
}

Instant Zone::end_of(Day day) const { return start_of(day + std::chrono::days{1}) - std::chrono::seconds{1}; }

std::string Zone::wall_time(Instant instant) const {
  const auto seconds = (instant - start_of(day_of(instant))).count();
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string Zone::offset(Instant) const { return fmt::format("+{:02}:00", offset_of(zone_).count() / 3600); }

}  // namespace inkan
