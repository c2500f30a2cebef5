// The calendar of a certificate: windows, grace, one year, exactly as journeys.md 1.7 has it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lifecycle/certificate.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/notices.hpp"
#include "support/institution.hpp"

namespace inkan::lifecycle {
namespace {

Day day(const char* text) { return *parse_day(text); }

CertificateStatus on(const char* today, Day expiry = day("2026-11-30")) {
  return status_of(make_record(expiry), make_institution(), day(today));
}

TEST(Window, D1_05_D1_12_opens_30_days_before_and_closes_after_the_day_itself) {
  EXPECT_EQ(on("2026-10-30"), CertificateStatus::active);
  EXPECT_EQ(on("2026-10-31"), CertificateStatus::renewable);
  EXPECT_EQ(on("2026-11-30"), CertificateStatus::renewable);
  EXPECT_EQ(on("2026-12-01"), CertificateStatus::expired_grace);
}

TEST(Window, D2_23_grace_lasts_to_day_90_inclusive) {
  EXPECT_EQ(on("2027-02-28"), CertificateStatus::expired_grace);
  EXPECT_EQ(on("2027-03-01"), CertificateStatus::expired_closed);
}

TEST(Window, revoked_and_superseded_come_before_expired) {
  auto record = make_record(day("2026-11-30"));
  record.revoked_at = Instant{};
  EXPECT_EQ(status_of(record, make_institution(), day("2027-06-01")), CertificateStatus::revoked);
  record.replaced_by = record.serial;
  EXPECT_EQ(status_of(record, make_institution(), day("2026-11-01")), CertificateStatus::superseded);
}

TEST(Window, an_unused_certificate_says_so) {
  auto record = make_record(day("2026-11-30"));
  record.confirmed_at.reset();
  EXPECT_EQ(status_of(record, make_institution(), day("2026-11-01")), CertificateStatus::issued_unconfirmed);
}

TEST(OneYear, D2_01_D2_20_runs_from_the_day_of_issue) {
  const auto institution = make_institution();
  // 15:00Z is midnight in Tokyo: one second decides the day.
  EXPECT_EQ(to_iso(renewed_expiry(institution, *parse_rfc3339("2026-11-29T14:59:59Z"))), "2027-11-29");
  EXPECT_EQ(to_iso(renewed_expiry(institution, *parse_rfc3339("2026-11-29T15:00:00Z"))), "2027-11-30");
  EXPECT_EQ(to_iso(renewed_expiry(institution, *parse_rfc3339("2028-02-29T03:00:00Z"))), "2029-02-28");
  EXPECT_EQ(to_iso(renewed_expiry(institution, *parse_rfc3339("2026-12-31T14:59:59Z"))), "2027-12-31");
  EXPECT_EQ(to_iso(renewed_expiry(institution, *parse_rfc3339("2026-12-31T15:00:00Z"))), "2028-01-01");
}

RC_GTEST_PROP(OneYear, ends_at_the_last_second_of_its_day_in_the_zone, (int offset, bool new_york)) {
  const Zone zone = *Zone::find(new_york ? "America/New_York" : "Asia/Tokyo");
  const Day any = day("2026-01-01") + std::chrono::days{offset % 20000};
  const Instant end = zone.end_of(any);
  RC_ASSERT(zone.day_of(end) == any);
  RC_ASSERT(zone.day_of(end + std::chrono::seconds{1}) == any + std::chrono::days{1});
  RC_ASSERT(zone.wall_time(end) == "23:59:59");
}

RC_GTEST_PROP(Window, each_day_has_exactly_one_state_and_they_come_in_order, (int shift)) {
  const Day expiry = day("2028-02-29") + std::chrono::days{shift % 5000};
  const auto institution = make_institution();
  const auto record = make_record(expiry);
  int previous = -1;
  for (int d = -40; d <= 100; ++d) {
    const auto status = status_of(record, institution, expiry + std::chrono::days{d});
    const int rank = status == CertificateStatus::active          ? 0
                     : status == CertificateStatus::renewable     ? 1
                     : status == CertificateStatus::expired_grace ? 2
                                                                  : 3;
    RC_ASSERT(rank >= previous);
    RC_ASSERT((rank == 1) == (d >= -30 && d <= 0));
    RC_ASSERT((rank == 2) == (d >= 1 && d <= 90));
    previous = rank;
  }
}

TEST(ScreenNotice, D1_12_D2_03_D2_22_shows_the_day_and_the_number_of_the_letter) {
  const auto institution = make_institution();
  const auto record = make_record(day("2026-11-30"));
  EXPECT_FALSE(screen_notice(institution, record, {}, day("2026-10-30")));
  const std::vector<Notice> sent = {{.number = "N-20261031-000123",
                                     .holder = record.holder,
                                     .serial = record.serial,
                                     .kind = "before-30",
                                     .decided_on = day("2026-10-31")}};
  const auto notice = screen_notice(institution, record, sent, day("2026-11-30"));
  ASSERT_TRUE(notice);
  EXPECT_EQ(notice->remaining, 0);
  EXPECT_EQ(notice->expiry_day, day("2026-11-30"));
  EXPECT_EQ(notice->number, "N-20261031-000123");
}

RC_GTEST_PROP(Carrying, O2_nobody_loses_a_day_and_nobody_gains_more_than_the_window, ()) {
  Institution institution = make_institution();
  institution.renewal.window_days = *rc::gen::inRange(1, 181);
  const Day today = from_epoch_day(*rc::gen::inRange(20'000, 30'000));
  const Day expiry = today + std::chrono::days{*rc::gen::inRange(0, institution.renewal.window_days + 1)};
  const Instant now = institution.zone.start_of(today);
  RC_ASSERT(renewed_expiry(institution, now, expiry) == one_year_after(today));
  institution.renewal.carry_over_remaining = true;
  const Day carried = renewed_expiry(institution, now, expiry);
  RC_ASSERT(carried >= one_year_after(today));
  RC_ASSERT(carried <= one_year_after(today) + std::chrono::days{institution.renewal.window_days});
  RC_ASSERT(carried == one_year_after(expiry) ||
            carried == one_year_after(today) + std::chrono::days{institution.renewal.window_days});
}

}  // namespace
}  // namespace inkan::lifecycle
