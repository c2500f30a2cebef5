// Service hours and declared maintenance (O19): what they close, what they never close, and what is made up for.

#include "lifecycle/notices.hpp"
#include "story/life.hpp"

namespace inkan::lifecycle {
namespace {

Instant at(const char* text) { return *parse_rfc3339(text); }

class Hours : public Life {
 protected:
  Hours() : user(bank.certify("keiri01")) {
    d1().hours.weekdays = {.from = 8 * 60, .until = 23 * 60};
    d1().hours.saturday = d1().hours.sunday = {.from = 0, .until = 0};
  }
  Result<CertificateRecord> renew() { return bank.enrolment.renew(d1(), user.fingerprint, make_request()); }

  CertificateRecord user;  // until 2027-11-01, a Monday
};

TEST_F(Hours, O19_outside_the_hours_nothing_is_renewed_and_the_answer_names_the_opening) {
  bank.clock.set(at("2027-10-29T23:00:00+09:00"));  // a Friday
  const auto closed = renew();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().id, "service.closed");
  EXPECT_EQ(closed.error().detail, "2027-11-01T08:00:00+09:00") << "over the weekend";
  EXPECT_EQ(acquire("keiri01", "ABCD").error().id, "service.closed") << "before ID or password are looked at";
  EXPECT_EQ(acquire("nobody", "ABCD").error().id, "service.closed");
  bank.clock.set(at("2027-11-01T08:00:00+09:00"));
  EXPECT_TRUE(renew());
}

TEST_F(Hours, O4_O19_what_was_begun_in_time_may_finish_half_an_hour_after_closing) {
  bank.clock.set(at("2027-10-29T22:59:00+09:00"));
  const auto opened = bank.enrolment.open_renewal(d1(), user.fingerprint, "");
  ASSERT_TRUE(opened);
  bank.clock.set(at("2027-10-29T23:20:00+09:00"));
  const auto request = make_request();
  const auto issued = bank.enrolment.submit(d1(), opened->ticket.id, request, "holder d1/keiri01");
  ASSERT_TRUE(issued) << issued.error().id;
  bank.clock.set(at("2027-10-30T03:00:00+09:00"));
  EXPECT_TRUE(bank.enrolment.submit(d1(), opened->ticket.id, request, "holder d1/keiri01")) << "what was issued is given again";
  EXPECT_TRUE(bank.enrolment.open_renewal(d1(), user.fingerprint, "")) << "and can be taken up again to be imported";
  EXPECT_TRUE(bank.enrolment.confirm_use(d1(), *issued->fingerprint)) << "a login is possible at any hour";
}

TEST_F(Hours, O19_O25_what_takes_power_away_is_always_open) {
  const auto hours = std::exchange(d1().hours, {});
  const auto administrator = bank.certify("kanri01");
  bank.certify("kanri02");
  d1().hours = hours;
  bank.clock.set(at("2027-10-30T03:00:00+09:00"));
  const auto who = log_in(administrator);
  ASSERT_TRUE(recovery.hold_lost(d1(), "keiri01", kPassword));
  EXPECT_TRUE(company.revoke(d1(), who, "keiri01", pki::RevocationReason::key_compromise, false));
}

TEST_F(Hours, O19_a_maintenance_over_the_last_evening_is_made_up_for_by_as_many_hours) {
  d1().hours = {};
  d1().hours.maintenance = {{at("2027-11-01T21:00:00+09:00"), at("2027-11-02T06:00:00+09:00")}};
  bank.clock.set(at("2027-11-01T21:00:00+09:00"));
  EXPECT_EQ(renew().error().detail, "2027-11-02T06:00:00+09:00");
  bank.clock.set(at("2027-11-02T05:59:59+09:00"));
  EXPECT_EQ(renew().error().id, "service.closed");
  EXPECT_EQ(judge(user), CertificateVerdict::Kind::expired_grace) << "it opens nothing else";

  bank.clock.set(at("2027-11-02T08:59:59+09:00"));
  const auto session = bank.login.open(d1(), user.fingerprint, kPassword);
  ASSERT_TRUE(session) << session.error().id;
  EXPECT_EQ(bank.login.resume(d1(), session->token, user.fingerprint).error().id, "login.certificate");
  EXPECT_TRUE(bank.login.resume_renewal(d1(), session->token, user.fingerprint));
  const auto renewed = renew();
  ASSERT_TRUE(renewed) << renewed.error().id;
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *renewed->fingerprint));
  EXPECT_EQ(judge(user), CertificateVerdict::Kind::superseded);
}

TEST_F(Hours, O19_and_not_by_one_second_more) {
  d1().hours = {};
  d1().hours.maintenance = {{at("2027-11-01T21:00:00+09:00"), at("2027-11-02T06:00:00+09:00")}};
  bank.clock.set(at("2027-11-02T09:00:00+09:00"));
  EXPECT_EQ(renew().error().id, "login.certificate");
  EXPECT_EQ(bank.login.open(d1(), user.fingerprint, kPassword).error().id, "login.certificate");
}

TEST_F(Hours, O19_a_revoked_or_held_one_is_not_made_up_for) {
  d1().hours = {};
  d1().hours.maintenance = {{at("2027-11-01T21:00:00+09:00"), at("2027-11-02T06:00:00+09:00")}};
  ASSERT_TRUE(recovery.hold_lost(d1(), "keiri01", kPassword));
  bank.clock.set(at("2027-11-02T07:00:00+09:00"));
  EXPECT_EQ(renew().error().id, "login.certificate");
}

TEST_F(Hours, O19_the_letter_names_the_last_business_day_and_its_last_minute) {
  d1().letters["renewal"] = {"（{expiry_short}まで）", "有効期限 {expiry_long}23時59分まで{closes}\n"};
  Notices notices(bank.services());
  d1().hours.holidays = {.from = 0, .until = 0};
  d1().hours.holiday_days = {*parse_day("2027-11-01")};
  auto letter = notices.preview(d1(), "keiri01");
  ASSERT_TRUE(letter) << letter.error().id;
  EXPECT_EQ(letter->subject, "（10月29日まで）");
  EXPECT_EQ(letter->body, "有効期限 2027年11月1日（月）23時59分まで\n  更新の受付 2027年10月29日（金）22時59分まで\n");
  d1().hours = {};
  letter = notices.preview(d1(), "keiri01");
  EXPECT_EQ(letter->subject, "（11月1日まで）");
  EXPECT_EQ(letter->body, "有効期限 2027年11月1日（月）23時59分まで\n") << "no word more where nothing closes";
  d1().hours.maintenance = {{at("2027-11-01T21:00:00+09:00"), at("2027-11-02T06:00:00+09:00")}};
  letter = notices.preview(d1(), "keiri01");
  EXPECT_NE(letter->body.find("2027年11月2日（火）08時59分まで\n  （期限の日のメンテナンスのため延長します）"),
            std::string::npos);
  EXPECT_EQ(letter->subject, "（11月1日まで）");
}

}  // namespace
}  // namespace inkan::lifecycle
