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

std::string key_of(lifecycle::CertificateStatus status, int remaining) {
  if (status == lifecycle::CertificateStatus::renewable && remaining == 0) return "status.last_day";
  return "status." + std::string(to_text(status));
}

Result<StatusWords> words_of(const Catalogue& catalogue, const lifecycle::Institution& institution,
                             const lifecycle::CertificateRecord& certificate, const std::string& key, int remaining,
                             const std::string& language) {
  const auto fill_in = [&](const std::string& name) -> Result<std::string> {
    auto text = catalogue.text(name);
    if (!text) return text;
    const Day first = certificate.expiry_day - std::chrono::days{institution.renewal.window_days};
    const Day last = certificate.expiry_day + std::chrono::days{institution.acquisition.grace_days};
    return fill(*text, {{"remaining", std::to_string(remaining)},
                        {"first_day", long_date(first, language)},
                        {"grace_end", long_date(last, language)}});
  };
  auto status = fill_in(key);
  if (!status) return fail(status);
  auto next = fill_in(key + "_next");
  if (!next) return fail(next);
  return StatusWords{std::move(*status), std::move(*next)};
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
  return words_of(catalogue, institution, who.certificate, key_of(who.status, who.remaining), who.remaining, language);
}

Result<StatusWords> status_words(const Catalogue& catalogue, const lifecycle::Institution& institution,
                                 const lifecycle::CertificateRecord& certificate, Day today, const std::string& language) {
  const int remaining = remaining_days(certificate, today);
  return words_of(catalogue, institution, certificate, key_of(status_of(certificate, institution, today), remaining), remaining,
                  language);
}

}  // namespace inkan::web
