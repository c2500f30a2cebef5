#pragma once

#include <vector>

#include "lifecycle/certificate.hpp"

namespace inkan::lifecycle {

/// DayAhead is what one calendar day brings to certificates that nobody renews; each number counts certificates.
struct DayAhead {
  Day day;
  long long window_opens = 0;    ///< first day of renewal
  long long mails = 0;           ///< reminders that go out, the profile's further ones among them (O18)
  long long last_day = 0;        ///< 有効期限日
  long long last_grace_day = 0;  ///< last day of 電子証明書取得; from the next one on only the bank helps
};

/// farthest_reminder is how many days before expiry the first thing happens: the window opens, or a mail goes out.
int farthest_reminder(const Institution& institution);

/// Forecast adds up the coming days under a profile, from the expiry days alone.
class Forecast {
 public:
  /// The days from `today` to `today + ahead`, both inclusive.
  Forecast(const Institution& institution, Day today, int ahead);
  void add(Day expiry_day);
  /// eventful gives the days on which something happens, in order.
  std::vector<DayAhead> eventful() const;

 private:
  DayAhead* at(Day day);  // nullptr outside

  const Institution& institution_;
  std::vector<DayAhead> days_;
};

}  // namespace inkan::lifecycle
