#include "lifecycle/forecast.hpp"

#include <algorithm>
#include <iterator>

namespace inkan::lifecycle {

using std::chrono::days;

int farthest_reminder(const Institution& institution) {
  const std::vector<int>& mails = institution.renewal.mail_days;
  const int window = institution.renewal.window_days;
  return mails.empty() ? window : std::max(window, *std::max_element(mails.begin(), mails.end()));
}

Forecast::Forecast(const Institution& institution, Day today, int ahead) : institution_(institution) {
  for (int i = 0; i <= ahead; ++i) days_.push_back({.day = today + days{i}});
}

DayAhead* Forecast::at(Day day) {
  const bool within = !days_.empty() && day >= days_.front().day && day <= days_.back().day;
  return within ? &days_[static_cast<std::size_t>(days_between(days_.front().day, day))] : nullptr;
}

void Forecast::add(Day expiry_day) {
  const auto count = [this](Day day, long long DayAhead::* what) {
    if (DayAhead* found = at(day)) ++(found->*what);
  };
  count(expiry_day - days{institution_.renewal.window_days}, &DayAhead::window_opens);
  const RenewalPolicy& policy = institution_.renewal;
  for (const int before : policy.mail_days) count(expiry_day - days{before}, &DayAhead::mails);
  for (const int before : policy.more_mail_days) count(expiry_day - days{before}, &DayAhead::mails);
  for (const int after : policy.grace_mail_days) count(expiry_day + days{after}, &DayAhead::mails);
  count(expiry_day, &DayAhead::last_day);
  count(expiry_day + days{institution_.acquisition.grace_days}, &DayAhead::last_grace_day);
}

std::vector<DayAhead> Forecast::eventful() const {
  std::vector<DayAhead> some;
  std::copy_if(days_.begin(), days_.end(), std::back_inserter(some),
               [](const DayAhead& day) { return day.window_opens + day.mails + day.last_day + day.last_grace_day > 0; });
  return some;
}

}  // namespace inkan::lifecycle
