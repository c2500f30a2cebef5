#include <date/tz.h>
#include <fmt/format.h>

#include <stdexcept>

#include "base/time.hpp"

/// Zones of the IANA database, by Hinnant's library. The customer's program for Windows has windows/zone.cpp instead.
namespace inkan {
namespace {

const date::time_zone& zone_of(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  try {
    return Zone(std::string(name), date::locate_zone(std::string(name)));
  } catch (const std::runtime_error&) {
    return fail(Code::not_found, "zone.unknown", std::string(name));
  }
}

Day Zone::day_of(Instant instant) const {
  const auto local = zone_of(zone_).to_local(instant);
  return Day{std::chrono::floor<std::chrono::days>(local.time_since_epoch())};
}

Instant Zone::start_of(Day day) const {
  const date::local_seconds local{std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch())};
  return zone_of(zone_).to_sys(local, date::choose::earliest);
}

Instant Zone::end_of(Day day) const { return start_of(day + std::chrono::days{1}) - std::chrono::seconds{1}; }

std::string Zone::wall_time(Instant instant) const {
  const auto local = zone_of(zone_).to_local(instant).time_since_epoch();
  const auto seconds = (local - std::chrono::floor<std::chrono::days>(local)).count();
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string Zone::offset(Instant instant) const {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(zone_of(zone_).get_info(instant).offset).count();
  const auto size = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

}  // namespace inkan
