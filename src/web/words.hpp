#pragma once

#include <string>

#include "lifecycle/login.hpp"
#include "web/catalogue.hpp"

/// words writes values as people read them (journeys.md 3.5); `language` is "ja" or "en".
namespace inkan::web {

/// long_date is "2026年11月30日（月）" or "Monday 30 November 2026", short_date "11月30日" or "30 November".
std::string long_date(Day day, const std::string& language);
std::string short_date(Day day, const std::string& language);

/// date_and_time is "2026/11/30 09:05" in the institution's zone.
std::string date_and_time(Instant instant, const Zone& zone);

/// grouped_serial is the serial number in capitals, four digits at a time; serial_tail its last four digits.
std::string grouped_serial(const pki::SerialNumber& serial);
std::string serial_tail(const pki::SerialNumber& serial);

/// StatusWords is a certificate's state and what its holder does next (journeys.md 1.7).
struct StatusWords {
  std::string status;
  std::string next;
};
Result<StatusWords> status_words(const Catalogue& catalogue, const lifecycle::Institution& institution,
                                 const lifecycle::LoggedIn& who, const std::string& language);
Result<StatusWords> status_words(const Catalogue& catalogue, const lifecycle::Institution& institution,
                                 const lifecycle::CertificateRecord& certificate, Day today, const std::string& language);

}  // namespace inkan::web
