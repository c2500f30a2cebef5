// Who is told on which calendar day (D1-03, D2-21; I10, O17).

#include <gtest/gtest.h>

#include "support/installation.hpp"

namespace inkan::lifecycle {
namespace {

class NoticeDays : public ::testing::Test {
 protected:
  NoticeDays() {
    bank.add_holder("keiri01");
    record = bank.certify("keiri01");           // 2026-11-01 → expires 2027-11-01
    const auto issued = bank.outbox.claim(10);  // the letter about the issue itself is not what these tests count
    EXPECT_TRUE(issued && bank.outbox.settle_accepted(issued->front()));
  }

  /// decided runs a day's job and gives how many notices it made.
  long long decided(const char* day) {
    bank.clock.set(*parse_rfc3339(std::string(day) + "T00:00:01+09:00"));
    const auto result = bank.notices.catch_up(bank.institution());
    EXPECT_TRUE(result);
    return result ? result->decided : -1;
  }

  std::vector<Notice> notices() {
    std::vector<Notice> all;
    const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
      auto found = reader.notices_of({"d1", "keiri01"}, 100);
      if (!found) return fail(found);
      for (Notice& notice : *found)
        if (notice.kind.starts_with("before-")) all.push_back(std::move(notice));
      return {};
    });
    EXPECT_TRUE(read);
    return all;
  }

  /// claim_reminders takes what is due out of the outbox, letters of events aside.
  std::vector<Letter> claim_reminders() {
    auto claimed = bank.outbox.claim(10);
    EXPECT_TRUE(claimed);
    std::erase_if(*claimed, [](const Letter& letter) { return !letter.about; });
    return std::move(*claimed);
  }

  Installation bank;
  CertificateRecord record{.serial = *pki::SerialNumber::parse_hex("01")};
};

TEST_F(NoticeDays, D1_03_D2_21_exactly_two_letters_at_30_and_at_10_days) {
  EXPECT_EQ(decided("2027-10-01"), 0);
  EXPECT_EQ(decided("2027-10-02"), 1);
  EXPECT_EQ(decided("2027-10-03"), 0);
  EXPECT_EQ(decided("2027-10-21"), 0);
  EXPECT_EQ(decided("2027-10-22"), 1);
  EXPECT_EQ(decided("2027-10-23"), 0);
  EXPECT_EQ(decided("2027-11-01"), 0);
  const auto all = notices();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].remaining, 10);
  EXPECT_EQ(all[1].remaining, 30);
  EXPECT_EQ(all[1].number, "N-20271002-000001");
  EXPECT_NE(all[1].body.find("あと30日"), std::string::npos);
}

TEST_F(NoticeDays, O17_what_an_outage_missed_goes_out_late_once_with_the_true_days) {
  EXPECT_EQ(decided("2027-10-05"), 1);
  EXPECT_EQ(notices().front().remaining, 27);
  EXPECT_EQ(decided("2027-10-06"), 0);
}

TEST_F(NoticeDays, O17_the_30_day_letter_is_skipped_when_the_10_day_one_is_due) {
  EXPECT_EQ(decided("2027-10-25"), 1);
  ASSERT_EQ(notices().size(), 1u);
  EXPECT_EQ(notices().front().kind, "before-10");
  EXPECT_EQ(notices().front().remaining, 7);
}

TEST_F(NoticeDays, repeating_a_day_changes_nothing) {
  EXPECT_EQ(decided("2027-10-02"), 1);
  const auto again = bank.notices.run_day(bank.institution(), *parse_day("2027-10-02"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->decided, 0);
}

TEST_F(NoticeDays, none_to_who_has_renewed) {
  bank.clock.set(*parse_rfc3339("2027-10-03T10:00:00+09:00"));
  const auto renewed = bank.enrolment.renew(bank.institution(), record.fingerprint, make_request());
  ASSERT_TRUE(renewed);
  ASSERT_TRUE(bank.enrolment.confirm_use(bank.institution(), *renewed->fingerprint));
  EXPECT_EQ(decided("2027-10-22"), 0);
}

TEST_F(NoticeDays, none_to_a_revoked_certificate) {
  ASSERT_TRUE(bank.holders.revoke(record.authority, record.serial, pki::RevocationReason::key_compromise, "operator", true));
  EXPECT_EQ(decided("2027-10-02"), 0);
}

TEST_F(NoticeDays, O16_without_an_address_there_is_a_notice_and_no_letter) {
  std::vector<NewHolder> one;
  one.push_back({.id = {"d1", "nomail"}, .company = "株式会社", .name = "担当", .mail = "", .password = Secret("password-1")});
  ASSERT_TRUE(bank.holders.add(one, "test"));
  bank.clock.set(*parse_rfc3339("2026-11-01T10:00:00+09:00"));
  (void)bank.certify("nomail");
  EXPECT_EQ(decided("2027-10-02"), 2);
  EXPECT_EQ(claim_reminders().size(), 1u);
}

TEST_F(NoticeDays, I10_a_letter_is_dropped_when_its_certificate_was_replaced_before_it_left) {
  ASSERT_EQ(decided("2027-10-02"), 1);
  const auto renewed = bank.enrolment.renew(bank.institution(), record.fingerprint, make_request());
  ASSERT_TRUE(renewed);
  ASSERT_TRUE(bank.enrolment.confirm_use(bank.institution(), *renewed->fingerprint));
  EXPECT_TRUE(claim_reminders().empty());
  EXPECT_EQ(bank.audit_count("letter.dropped"), 1);
}

TEST_F(NoticeDays, I10_a_letter_that_could_not_be_settled_comes_again_with_the_same_message_id) {
  ASSERT_EQ(decided("2027-10-02"), 1);
  const auto first = bank.outbox.claim(10);
  ASSERT_EQ(first->size(), 1u);
  EXPECT_TRUE(bank.outbox.claim(10)->empty()) << "one carrier at a time";
  bank.clock.advance(std::chrono::minutes{11});
  const auto second = bank.outbox.claim(10);
  ASSERT_EQ(second->size(), 1u);
  EXPECT_EQ(second->front().message_id, first->front().message_id);
  ASSERT_TRUE(bank.outbox.settle_accepted(second->front()));
  bank.clock.advance(std::chrono::hours{2});
  EXPECT_TRUE(bank.outbox.claim(10)->empty());
}

TEST_F(NoticeDays, pauses_grow_after_each_failure) {
  ASSERT_EQ(decided("2027-10-02"), 1);
  for (const int minutes : {1, 2, 4}) {
    const auto letter = bank.outbox.claim(1);
    ASSERT_EQ(letter->size(), 1u);
    ASSERT_TRUE(bank.outbox.settle_later(letter->front(), "452"));
    bank.clock.advance(std::chrono::minutes{minutes} - std::chrono::seconds{1});
    EXPECT_TRUE(bank.outbox.claim(1)->empty());
    bank.clock.advance(std::chrono::seconds{1});
  }
}

}  // namespace
}  // namespace inkan::lifecycle
