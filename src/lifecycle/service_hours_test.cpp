// The hours in which certificates can be asked for (O19).

#include "lifecycle/service_hours.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/institution.hpp"

namespace inkan::lifecycle {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Instant at(const char* text) { return *parse_rfc3339(text); }
Day day(const char* text) { return *parse_day(text); }
const Zone& tokyo() {
  static const Zone zone = *Zone::find("Asia/Tokyo");
  return zone;
}
Instant end_of(const char* text) { return tokyo().end_of(day(text)); }

/// office is open from 8 to 23 on weekdays, from 9 to 17 on Saturdays, and closed on Sundays and holidays.
ServiceHours office() {
  return {.weekdays = {.from = 8 * 60, .until = 23 * 60},
          .saturday = {.from = 9 * 60, .until = 17 * 60},
          .sunday = {.from = 0, .until = 0},
          .holidays = {.from = 0, .until = 0},
          .holiday_days = {day("2027-11-03"), day("2027-11-23")},
          .maintenance = {}};
}

TEST(ServiceHours, O19_always_open_by_default) {
  const ServiceHours always;
  EXPECT_TRUE(always.is_always_open());
  EXPECT_TRUE(is_open(always, tokyo(), at("2027-01-01T03:00:00+09:00")));
  const auto end = renewal_end(always, tokyo(), end_of("2027-11-30"));
  EXPECT_EQ(end.last, end_of("2027-11-30"));
  EXPECT_FALSE(end.extended);
}

TEST(ServiceHours, O19_nights_sundays_and_holidays_are_closed_and_it_says_when_it_opens) {
  const auto hours = office();
  EXPECT_TRUE(is_open(hours, tokyo(), at("2027-11-30T08:00:00+09:00")));
  EXPECT_TRUE(is_open(hours, tokyo(), at("2027-11-30T22:59:59+09:00")));
  EXPECT_FALSE(is_open(hours, tokyo(), at("2027-11-30T23:00:00+09:00")));
  EXPECT_FALSE(is_open(hours, tokyo(), at("2027-11-23T12:00:00+09:00"))) << "a holiday";
  EXPECT_EQ(*next_opening(hours, tokyo(), at("2027-11-30T23:00:00+09:00")), at("2027-12-01T08:00:00+09:00"));
  EXPECT_EQ(*next_opening(hours, tokyo(), at("2027-11-27T17:00:00+09:00")), at("2027-11-29T08:00:00+09:00")) << "over Sunday";
  EXPECT_EQ(*next_opening(hours, tokyo(), at("2027-11-30T10:00:00+09:00")), at("2027-11-30T10:00:00+09:00"));
}

TEST(ServiceHours, O19_the_last_minute_is_the_last_open_one_of_the_last_business_day) {
  EXPECT_EQ(renewal_end(office(), tokyo(), end_of("2027-11-30")).last, at("2027-11-30T22:59:59+09:00"));
  EXPECT_EQ(renewal_end(office(), tokyo(), end_of("2027-11-23")).last, at("2027-11-22T22:59:59+09:00")) << "a holiday";
  EXPECT_EQ(renewal_end(office(), tokyo(), end_of("2027-11-28")).last, at("2027-11-27T16:59:59+09:00")) << "a Sunday";
  EXPECT_FALSE(renewal_end(office(), tokyo(), end_of("2027-11-28")).extended) << "hours are known beforehand";
}

TEST(ServiceHours, O19_a_maintenance_over_the_rest_of_the_last_day_is_made_up_for_in_hours) {
  ServiceHours hours;
  hours.maintenance = {{at("2027-11-30T21:00:00+09:00"), at("2027-12-01T06:00:00+09:00")}};
  const auto end = renewal_end(hours, tokyo(), end_of("2027-11-30"));
  EXPECT_TRUE(end.extended);
  EXPECT_EQ(end.last, at("2027-12-01T08:59:59+09:00")) << "three hours were taken, three hours are given";
  EXPECT_FALSE(renewal_end(hours, tokyo(), end_of("2027-12-01")).extended) << "its own day is open to the end";
  hours.maintenance = {{at("2027-11-30T01:00:00+09:00"), at("2027-11-30T20:00:00+09:00")}};
  EXPECT_FALSE(renewal_end(hours, tokyo(), end_of("2027-11-30")).extended) << "the evening is left";
  EXPECT_EQ(renewal_end(hours, tokyo(), end_of("2027-11-30")).last, end_of("2027-11-30"));
}

TEST(ServiceHours, O19_what_a_maintenance_takes_is_service_time) {
  ServiceHours hours = office();
  hours.maintenance = {{at("2027-11-30T20:00:00+09:00"), at("2027-12-01T02:00:00+09:00")}};
  auto end = renewal_end(hours, tokyo(), end_of("2027-11-30"));
  EXPECT_TRUE(end.extended);
  EXPECT_EQ(end.last, at("2027-12-01T10:59:59+09:00")) << "three hours before 23:00, three from 8:00 on";
  hours.maintenance = {{at("2027-11-29T10:00:00+09:00"), at("2027-12-02T08:00:00+09:00")}};
  end = renewal_end(hours, tokyo(), end_of("2027-11-30"));
  EXPECT_EQ(end.last, at("2027-12-02T22:59:59+09:00")) << "the whole day of fifteen hours";
  hours.maintenance = {{at("2027-11-27T10:00:00+09:00"), at("2027-11-29T08:00:00+09:00")}};
  EXPECT_FALSE(renewal_end(hours, tokyo(), end_of("2027-11-28")).extended) << "a Sunday has no service to take";
}

TEST(ServiceHours, O19_hours_are_those_of_the_clock_on_the_wall) {
  const Zone berlin = *Zone::find("Europe/Berlin");
  ServiceHours hours;
  hours.sunday = {.from = 8 * 60, .until = 18 * 60};
  EXPECT_FALSE(is_open(hours, berlin, at("2027-03-28T07:59:59+02:00")));
  EXPECT_TRUE(is_open(hours, berlin, at("2027-03-28T08:00:00+02:00"))) << "the clocks went forward this morning";
  EXPECT_TRUE(is_open(hours, berlin, at("2027-10-31T17:59:59+01:00"))) << "and back this one";
  EXPECT_FALSE(is_open(hours, berlin, at("2027-10-31T18:00:00+01:00")));
}

RC_GTEST_PROP(ServiceHours, O19_openings_agree_with_one_another, ()) {
  const auto span = [] {
    const int from = *rc::gen::inRange(0, 24 * 60);
    return OpenSpan{.from = from, .until = *rc::gen::inRange(from, 24 * 60 + 1)};
  };
  ServiceHours hours{.weekdays = span(), .saturday = span(), .sunday = span(), .holidays = span(), .holiday_days = {}};
  RC_PRE(hours.weekdays.from < hours.weekdays.until);
  const Instant start = at("2027-01-01T00:00:00Z");
  for (int days = *rc::gen::inRange(0, 5); days > 0; --days)
    hours.holiday_days.insert(day("2027-01-01") + std::chrono::days{*rc::gen::inRange(0, 40)});
  Instant from = start + minutes{*rc::gen::inRange(0, 20'000)};
  for (int count = *rc::gen::inRange(0, 4); count > 0; --count) {
    const Instant until = from + minutes{*rc::gen::inRange(1, 5'000)};
    hours.maintenance.push_back({from, until});
    from = until + minutes{*rc::gen::inRange(1, 5'000)};
  }
  const Zone zone = *Zone::find(*rc::gen::element<std::string>("Asia/Tokyo", "UTC", "Europe/Berlin"));
  const Instant now = start + seconds{*rc::gen::inRange(0, 40 * 24 * 3600)};
  const auto next = next_opening(hours, zone, now);
  const auto last = last_opening(hours, zone, now);
  RC_ASSERT(next && *next >= now && is_open(hours, zone, *next));
  RC_ASSERT(last && *last <= now && is_open(hours, zone, *last));
  RC_ASSERT(is_open(hours, zone, now) == (*next == now));
  RC_ASSERT(is_open(hours, zone, now) == (*last == now));
  if (*next > now) RC_ASSERT(!is_open(hours, zone, *next - seconds{1}));
  if (*last < now) RC_ASSERT(!is_open(hours, zone, *last + seconds{1}));
  const Instant not_after = zone.end_of(zone.day_of(now));
  const RenewalEnd end = renewal_end(hours, zone, not_after);
  RC_ASSERT(is_open(hours, zone, end.last));
  RC_ASSERT(end.extended == (end.last > not_after));
}

TEST(ServiceHours, O4_O19_what_was_begun_may_finish_for_half_an_hour_after_closing) {
  Institution institution = make_institution();
  institution.hours = office();
  EXPECT_TRUE(judge_open(institution, at("2027-11-30T22:59:59+09:00"), false));
  const auto closed = judge_open(institution, at("2027-11-30T23:00:00+09:00"), false);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().id, "service.closed");
  EXPECT_EQ(closed.error().detail, "2027-12-01T08:00:00+09:00");
  EXPECT_TRUE(judge_open(institution, at("2027-11-30T23:29:59+09:00"), true));
  EXPECT_FALSE(judge_open(institution, at("2027-11-30T23:30:01+09:00"), true));
}

}  // namespace
}  // namespace inkan::lifecycle
