#include "lifecycle/forecast.hpp"

#include <gtest/gtest.h>

#include "support/institution.hpp"

namespace inkan::lifecycle {
namespace {

const Day kToday = *parse_day("2026-11-21");

Day after(int days) { return kToday + std::chrono::days{days}; }

Institution profile(int window, std::vector<int> mails, int grace) {
  Institution made = make_institution();
  made.renewal.window_days = window;
  made.renewal.mail_days = std::move(mails);
  made.acquisition.grace_days = grace;
  return made;
}

TEST(Forecast, each_certificate_stands_on_the_days_that_its_profile_names) {
  const Institution d2 = profile(30, {30, 10}, 90);
  Forecast forecast(d2, kToday, 365);
  forecast.add(after(20));   // its window is open already
  forecast.add(after(-90));  // today is its last day of 電子証明書取得
  forecast.add(after(30));
  const auto days = forecast.eventful();

  ASSERT_EQ(days.size(), 6U);
  EXPECT_EQ(days[0].day, kToday);
  EXPECT_EQ(days[0].window_opens, 1);
  EXPECT_EQ(days[0].mails, 1);
  EXPECT_EQ(days[0].last_grace_day, 1);
  EXPECT_EQ(days[1].day, after(10));
  EXPECT_EQ(days[1].mails, 1);
  EXPECT_EQ(days[2].day, after(20));
  EXPECT_EQ(days[2].mails, 1) << "ten days before the one that expires in 30";
  EXPECT_EQ(days[2].last_day, 1);
  EXPECT_EQ(days[5].day, after(120));
  EXPECT_EQ(days[5].last_grace_day, 1);
}

TEST(Forecast, O18_further_mails_before_and_after_expiry_are_counted) {
  Institution d5 = profile(30, {30}, 90);
  d5.renewal.more_mail_days = {3, 0};
  d5.renewal.grace_mail_days = {1};
  Forecast forecast(d5, kToday, 365);
  forecast.add(after(10));
  std::vector<Day> mails;
  for (const DayAhead& day : forecast.eventful())
    if (day.mails > 0) mails.push_back(day.day);
  EXPECT_EQ(mails, (std::vector<Day>{after(7), after(10), after(11)}));
}

TEST(Forecast, what_lies_outside_the_days_looked_at_is_not_counted) {
  const Institution d2 = profile(30, {30, 10}, 0);
  Forecast forecast(d2, kToday, 5);
  forecast.add(after(-1));
  forecast.add(after(6));
  EXPECT_TRUE(forecast.eventful().empty());
}

}  // namespace
}  // namespace inkan::lifecycle
