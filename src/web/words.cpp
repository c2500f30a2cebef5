#include "web/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace inkan::web {
namespace {

constexpr std::array<const char*, 12> kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                                 "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<const char*, 7> kWeekdays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

std::string upper_hex(const pki::SerialNumber& serial) {
  std::string hex = serial.hex();
  std::ranges::transform(hex, hex.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return hex;
}

const char* key_of(lifecycle::CertificateStatus status, int remaining) {
  using lifecycle::CertificateStatus;
  if (status == CertificateStatus::renewable) return remaining == 0 ? "status.last_day" : "status.renewable";
  return status == CertificateStatus::issued_unconfirmed ? "status.issued_unconfirmed" : "status.active";
}

}  // namespace

std::string long_date(Day day, const std::string& language) {
  if (language != "en") return to_japanese_with_weekday(day);
  const std::chrono::year_month_day ymd{day};
  return fmt::format("{} {} {}", kWeekdays.at(std::chrono::weekday{day}.c_encoding()), short_date(day, language),
                     static_cast<int>(ymd.year()));
}

std::string short_date(Day day, const std::string& language) {
  const std::chrono::year_month_day ymd{day};
  const auto month = static_cast<unsigned>(ymd.month());
  const auto date = static_cast<unsigned>(ymd.day());
  if (language != "en") return fmt::format("{}月{}日", month, date);
  return fmt::format("{} {}", date, kMonths.at(month - 1));
}

std::string date_and_time(Instant instant, const Zone& zone) {
  return to_slashes(zone.day_of(instant)) + " " + zone.wall_time(instant).substr(0, 5);
}

std::string grouped_serial(const pki::SerialNumber& serial) {
  const std::string hex = upper_hex(serial);
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 4) out += (at == 0 ? "" : " ") + hex.substr(at, 4);
  return out;
}

std::string serial_tail(const pki::SerialNumber& serial) {
  const std::string hex = upper_hex(serial);
  return hex.substr(hex.size() - std::min<std::size_t>(4, hex.size()));
}

Result<StatusWords> status_words(const Catalogue& catalogue, const lifecycle::Institution& institution,
                                 const lifecycle::LoggedIn& who, const std::string& language) {
  const std::string key = key_of(who.status, who.remaining);
  const auto fill_in = [&](const std::string& name) -> Result<std::string> {
    auto text = catalogue.text(name);
    if (!text) return text;
    const Day first = who.certificate.expiry_day - std::chrono::days{institution.renewal.window_days};
    return fill(*text, {{"remaining", std::to_string(who.remaining)}, {"first_day", long_date(first, language)}});
  };
  auto status = fill_in(key);
  if (!status) return fail(status);
  auto next = fill_in(key + "_next");
  if (!next) return fail(next);
  return StatusWords{std::move(*status), std::move(*next)};
}

}  // namespace inkan::web
