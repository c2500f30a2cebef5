#include "base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inkan {
namespace {

Zone zone(const char* name) { return Zone::find(name).value(); }
Day day(const char* text) { return parse_day(text).value(); }
Instant at(const char* text) { return parse_rfc3339(text).value(); }

TEST(Zone, is_found_by_its_iana_name_only) {
  EXPECT_EQ(zone("Asia/Tokyo").name(), "Asia/Tokyo");
  for (const char* name : {"", "Tokyo", "Asia/Tokio", "../../etc/passwd", "+09:00"}) {
    const auto found = Zone::find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().id, "zone.unknown");
  }
}

TEST(Zone, day_of_turns_at_local_midnight) {
  EXPECT_EQ(to_iso(zone("Asia/Tokyo").day_of(at("2026-11-30T14:59:59Z"))), "2026-11-30");
  EXPECT_EQ(to_iso(zone("Asia/Tokyo").day_of(at("2026-11-30T15:00:00Z"))), "2026-12-01");
  EXPECT_EQ(to_iso(zone("America/New_York").day_of(at("2026-12-01T04:59:59Z"))), "2026-11-30");
  EXPECT_EQ(to_iso(zone("America/New_York").day_of(at("2026-12-01T05:00:00Z"))), "2026-12-01");
}

TEST(Zone, a_day_in_tokyo_runs_from_15_to_15_utc) {
  const Zone tokyo = zone("Asia/Tokyo");
  EXPECT_EQ(to_rfc3339(tokyo.start_of(day("2026-11-30"))), "2026-11-29T15:00:00Z");
  EXPECT_EQ(to_rfc3339(tokyo.end_of(day("2026-11-30"))), "2026-11-30T14:59:59Z");
  EXPECT_EQ(tokyo.wall_time(tokyo.end_of(day("2026-11-30"))), "23:59:59");
}

TEST(Zone, year_end_and_leap_day_are_ordinary_days) {
  const Zone tokyo = zone("Asia/Tokyo");
  EXPECT_EQ(to_rfc3339(tokyo.end_of(day("2026-12-31")), tokyo), "2026-12-31T23:59:59+09:00");
  EXPECT_EQ(to_iso(tokyo.day_of(tokyo.end_of(day("2026-12-31")) + std::chrono::seconds{1})), "2027-01-01");
  EXPECT_EQ(to_rfc3339(tokyo.end_of(day("2028-02-29")), tokyo), "2028-02-29T23:59:59+09:00");
}

TEST(Zone, days_have_23_or_25_hours_when_clocks_change) {
  const Zone new_york = zone("America/New_York");
  const auto length = [&](const char* text) {
    return new_york.end_of(day(text)) - new_york.start_of(day(text)) + std::chrono::seconds{1};
  };
  EXPECT_EQ(length("2026-03-08"), std::chrono::hours{23});
  EXPECT_EQ(length("2026-11-01"), std::chrono::hours{25});
  EXPECT_EQ(length("2026-11-02"), std::chrono::hours{24});
}

TEST(Zone, a_day_without_midnight_starts_at_its_first_second) {
  const Zone sao_paulo = zone("America/Sao_Paulo");
  EXPECT_EQ(to_rfc3339(sao_paulo.start_of(day("2018-11-04")), sao_paulo), "2018-11-04T01:00:00-02:00");
  EXPECT_EQ(to_rfc3339(sao_paulo.end_of(day("2018-11-03")), sao_paulo), "2018-11-03T23:59:59-03:00");
}

TEST(Zone, a_day_with_two_midnights_starts_at_the_first) {
  const Zone havana = zone("America/Havana");
  EXPECT_EQ(to_rfc3339(havana.start_of(day("2025-11-02")), havana), "2025-11-02T00:00:00-04:00");
  EXPECT_EQ(havana.end_of(day("2025-11-02")) - havana.start_of(day("2025-11-02")) + std::chrono::seconds{1},
            std::chrono::hours{25});
}

TEST(Zone, offset_follows_the_season) {
  EXPECT_EQ(zone("Europe/London").offset(at("2026-01-15T12:00:00Z")), "+00:00");
  EXPECT_EQ(zone("Europe/London").offset(at("2026-07-15T12:00:00Z")), "+01:00");
  EXPECT_EQ(zone("America/St_Johns").offset(at("2026-01-15T12:00:00Z")), "-03:30");
  EXPECT_EQ(zone("Asia/Kathmandu").offset(at("2026-01-15T12:00:00Z")), "+05:45");
}

TEST(Day, counts_calendar_days) {
  EXPECT_EQ(days_between(day("2026-11-30"), day("2026-12-30")), 30);
  EXPECT_EQ(days_between(day("2026-12-31"), day("2027-01-01")), 1);
  EXPECT_EQ(days_between(day("2028-02-28"), day("2028-03-01")), 2);
  EXPECT_EQ(days_between(day("2026-02-28"), day("2026-03-01")), 1);
  EXPECT_EQ(days_between(day("2026-12-30"), day("2026-11-30")), -30);
}

TEST(Day, O5_one_year_after_keeps_the_date) {
  EXPECT_EQ(to_iso(one_year_after(day("2026-11-30"))), "2027-11-30");
  EXPECT_EQ(to_iso(one_year_after(day("2026-12-31"))), "2027-12-31");
  EXPECT_EQ(to_iso(one_year_after(day("2027-02-28"))), "2028-02-28");
  EXPECT_EQ(to_iso(one_year_after(day("2028-02-29"))), "2029-02-28");
}

TEST(Day, is_written_in_each_style) {
  const Day cold = day("2026-01-05");
  EXPECT_EQ(to_slashes(cold), "2026/01/05");
  EXPECT_EQ(to_japanese(cold), "2026年1月5日");
  EXPECT_EQ(to_japanese_with_weekday(cold), "2026年1月5日（月）");
  EXPECT_EQ(to_japanese_with_weekday(day("2026-11-29")), "2026年11月29日（日）");
  EXPECT_EQ(to_iso(cold), "2026-01-05");
  EXPECT_EQ(to_compact(cold), "20260105");
}

TEST(Day, refuses_what_is_no_day) {
  for (const char* text : {"", "2026-11-31", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-5", "2026/01/05",
                           "20260105", " 2026-01-05", "2026-01-05 ", "2026-01-05T00:00:00Z", "-026-01-05", "２０２６-01-05"}) {
    const auto parsed = parse_day(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().id, "day.malformed");
  }
}

TEST(Instant, is_read_with_any_offset) {
  EXPECT_EQ(to_epoch(at("1970-01-01T00:00:00Z")), 0);
  EXPECT_EQ(at("2026-11-30T09:00:00+09:00"), at("2026-11-30T00:00:00Z"));
  EXPECT_EQ(at("2026-11-30T09:00:00-03:30"), at("2026-11-30T12:30:00Z"));
  EXPECT_EQ(at("2026-12-31T23:30:00-01:00"), at("2027-01-01T00:30:00Z"));
  EXPECT_EQ(at("2026-11-30"), at("2026-11-30T00:00:00Z"));
}

TEST(Instant, refuses_what_is_no_time) {
  for (const char* text :
       {"", "now", "2026-11-30T", "2026-11-30T09:00Z", "2026-11-30T24:00:00Z", "2026-11-30T09:60:00Z", "2026-11-30T09:00:60Z",
        "2026-11-30T09:00:00", "2026-11-30T09:00:00+9:00", "2026-11-30T09:00:00+0900", "2026-11-30T09:00:00+09:00Z",
        "2026-11-30T09:00:00.5Z", "2026-11-30 09:00:00Z", "2026-11-31T09:00:00Z"}) {
    const auto parsed = parse_rfc3339(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().id, "time.malformed");
  }
}

// Every day from 1990 to 2099 in zones that change clocks by night, at midnight, or never.
rc::Gen<Day> any_day() {
  return rc::gen::map(rc::gen::inRange(7305, 47482), [](int days) { return from_epoch_day(days); });
}
rc::Gen<std::string> any_zone() {
  return rc::gen::element<std::string>("Asia/Tokyo", "UTC", "America/New_York", "Europe/London", "America/Sao_Paulo",
                                       "America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe");
}

RC_GTEST_PROP(ZoneProperty, both_ends_of_a_day_lie_on_it_and_the_next_second_does_not, ()) {
  const Zone any = Zone::find(*any_zone()).value();
  const Day day = *any_day();
  const std::chrono::seconds second{1};
  RC_ASSERT(any.day_of(any.start_of(day)) == day);
  RC_ASSERT(any.day_of(any.end_of(day)) == day);
  RC_ASSERT(any.day_of(any.start_of(day) - second) == day - std::chrono::days{1});
  RC_ASSERT(any.day_of(any.end_of(day) + second) == day + std::chrono::days{1});
  RC_ASSERT(any.end_of(day) + second == any.start_of(day + std::chrono::days{1}));
}

RC_GTEST_PROP(ZoneProperty, an_instant_survives_writing_and_reading, ()) {
  const Zone any = Zone::find(*any_zone()).value();
  const Instant instant = from_epoch(*rc::gen::inRange<long long>(631152000, 4102444800));
  RC_ASSERT(parse_rfc3339(to_rfc3339(instant)).value() == instant);
  RC_ASSERT(parse_rfc3339(to_rfc3339(instant, any)).value() == instant);
  RC_ASSERT(from_epoch(to_epoch(instant)) == instant);
}

RC_GTEST_PROP(DayProperty, survives_writing_and_reading, ()) {
  const Day day = *any_day();
  RC_ASSERT(parse_day(to_iso(day)).value() == day);
  RC_ASSERT(from_epoch_day(to_epoch_day(day)) == day);
}

RC_GTEST_PROP(DayProperty, distance_is_exact_in_both_directions, (int count)) {
  count %= 20000;
  const Day day = *any_day();
  const Day later = day + std::chrono::days{count};
  RC_ASSERT(days_between(day, later) == count);
  RC_ASSERT(days_between(later, day) == -count);
}

RC_GTEST_PROP(DayProperty, one_year_after_is_365_or_366_days_and_never_a_later_date, ()) {
  const Day day = *any_day();
  const Day next = one_year_after(day);
  const int count = days_between(day, next);
  RC_ASSERT(count == 365 || count == 366);
  const std::string from = to_iso(day).substr(4);
  RC_ASSERT(to_iso(next).substr(4) == (from == "-02-29" ? "-02-28" : from));
}

}  // namespace
}  // namespace inkan
