// Reminders beside the two of the documents: O1, O15, O16, O18.

#include <gmock/gmock.h>

#include "lifecycle/unreached.hpp"
#include "story/life.hpp"

namespace inkan::lifecycle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Reminders : public Life {
 protected:
  RenewalPolicy& renewal() { return d1().renewal; }

  /// on runs a day's job; certificates of 2026-11-01 expire on 2027-11-01.
  long long on(const char* day) {
    bank.clock.set(*parse_rfc3339(std::string(day) + "T09:00:00+09:00"));
    const auto result = bank.notices.catch_up(d1());
    EXPECT_TRUE(result) << result.error().id << " " << result.error().detail;
    return result ? result->decided : -1;
  }
  std::vector<Notice> notices(const std::string& login_id, const std::string& beginning) {
    std::vector<Notice> all;
    const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
      auto found = reader.notices_of({"d1", login_id}, 1000);
      if (!found) return fail(found);
      for (Notice& notice : *found)
        if (notice.kind.starts_with(beginning)) all.insert(all.begin(), std::move(notice));
      return {};
    });
    EXPECT_TRUE(read);
    return all;
  }
  std::vector<std::string> kinds(const std::string& login_id) {
    std::vector<std::string> all;
    for (const char* beginning : {"before-", "after-"})
      for (const Notice& notice : notices(login_id, beginning)) all.push_back(notice.kind);
    return all;
  }
  /// carry empties the outbox and gives the letters that went out.
  std::vector<Letter> carry() {
    auto claimed = bank.outbox.claim(1000);
    EXPECT_TRUE(claimed);
    for (const Letter& letter : *claimed) EXPECT_TRUE(bank.outbox.settle_accepted(letter));
    return std::move(*claimed);
  }
  std::vector<std::string> addressees(const std::string& login_id) {
    std::vector<std::string> to;
    for (const Letter& letter : carry())
      if (letter.holder.login_id == login_id) to.push_back(letter.to);
    return to;
  }
  /// bounce lets the newest mail to an address come back.
  void bounce(const std::string& address) {
    for (const Letter& letter : carry()) {
      if (letter.to != address) continue;
      EXPECT_TRUE(contacts.record_bounce({.letter = letter.id, .hard = true, .status = "5.1.1", .text = "No such user"}));
    }
  }
  UnreachedList unreached() {
    UnreachedList list;
    const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
      auto found = find_unreached(reader, d1(), d1().zone.day_of(bank.clock.now()), 100);
      if (!found) return fail(found);
      list = std::move(*found);
      return {};
    });
    EXPECT_TRUE(read);
    return list;
  }
  void add_without_address(const std::string& login_id) {
    std::vector<NewHolder> one;
    one.push_back(
        {.id = {"d1", login_id}, .company = "青空商事株式会社", .name = "担当", .mail = "", .password = Secret("password-1")});
    ASSERT_TRUE(bank.holders.add(one, "test"));
  }
};

// ---- O1: issued and never used

TEST_F(Reminders, O1_a_renewal_that_was_never_used_is_called_to_mind_once_after_seven_days) {
  const auto old = bank.certify("keiri01");
  bank.clock.set(*parse_rfc3339("2027-10-03T23:30:00+09:00"));
  ASSERT_TRUE(bank.enrolment.renew(d1(), old.fingerprint, make_request()));
  on("2027-10-09");
  EXPECT_EQ(told("keiri01", "unconfirmed"), 0);
  carry();
  on("2027-10-10");
  ASSERT_EQ(told("keiri01", "unconfirmed"), 1);
  const auto letters = carry();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].subject, "unconfirmed");
  EXPECT_THAT(letters[0].body, HasSubstr("old_until=2027年11月1日（月）")) << "the old one still works until then";
  on("2027-10-11");
  on("2027-11-20");
  EXPECT_EQ(told("keiri01", "unconfirmed"), 1);
}

TEST_F(Reminders, O1_a_first_certificate_that_was_never_used_has_words_of_its_own) {
  const std::string code = bank.hand_out_code("keiri01");
  ASSERT_TRUE(acquire("keiri01", code));
  carry();
  on("2026-11-08");
  EXPECT_EQ(told("keiri01", "unconfirmed"), 1);
  const auto letters = carry();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].subject, "unused");
}

TEST_F(Reminders, O1_none_to_who_used_it_nor_while_it_is_held_and_late_after_an_outage) {
  const std::string code = bank.hand_out_code("keiri01");
  const auto issued = acquire("keiri01", code);
  ASSERT_TRUE(issued);
  bank.certify("kanri01");
  ASSERT_TRUE(recovery.hold_lost(d1(), "keiri01", kPassword));
  on("2026-11-08");
  EXPECT_EQ(told("keiri01", "unconfirmed"), 0) << "held";
  EXPECT_EQ(told("kanri01", "unconfirmed"), 0) << "used";
  ASSERT_TRUE(company.release(d1(), log_in(bank.certify("kanri02")), "keiri01"));
  on("2026-12-01");
  EXPECT_EQ(told("keiri01", "unconfirmed"), 1);
}

TEST_F(Reminders, O1_I10_the_letter_stays_when_the_certificate_was_used_before_it_left) {
  const auto issued = acquire("keiri01", bank.hand_out_code("keiri01"));
  ASSERT_TRUE(issued);
  carry();
  on("2026-11-08");
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *issued->fingerprint));
  EXPECT_THAT(carry(), IsEmpty());
  EXPECT_EQ(bank.audit_count("letter.dropped"), 1);
}

// ---- O18: further reminders, and the mute

TEST_F(Reminders, O18_further_days_before_and_after_expiry) {
  renewal().more_mail_days = {20, 3, 1, 0};
  renewal().grace_mail_days = {1, 30, 75};
  bank.certify("keiri01");
  for (const char* day : {"2027-10-01", "2027-10-02", "2027-10-12", "2027-10-22", "2027-10-29", "2027-10-31", "2027-11-01",
                          "2027-11-02", "2027-11-30", "2027-12-01", "2028-01-15", "2028-01-30", "2028-01-31"})
    on(day);
  EXPECT_THAT(kinds("keiri01"), ElementsAre("before-30", "before-20", "before-10", "before-3", "before-1", "before-0", "after-1",
                                            "after-30", "after-75"));
  EXPECT_EQ(notices("keiri01", "before-0").front().remaining, 0);
  EXPECT_EQ(notices("keiri01", "after-30").front().remaining, -30);
  EXPECT_THAT(notices("keiri01", "after-30").front().body, HasSubstr("grace_until_long=2028年1月30日（日）"));
}

TEST_F(Reminders, O18_O17_after_expiry_an_outage_sends_the_later_one_alone) {
  renewal().grace_mail_days = {1, 30, 75};
  bank.certify("keiri01");
  on("2027-12-20");
  on("2027-12-21");
  EXPECT_THAT(kinds("keiri01"), ElementsAre("after-30"));
}

TEST_F(Reminders, O18_none_beyond_the_documents_by_default) {
  bank.certify("keiri01");
  for (const char* day : {"2027-10-02", "2027-10-12", "2027-10-22", "2027-11-01", "2027-11-02", "2027-12-01"}) on(day);
  EXPECT_THAT(kinds("keiri01"), ElementsAre("before-30", "before-10"));
}

TEST_F(Reminders, O18_the_mute_stops_what_is_added_and_never_what_is_promised) {
  renewal().more_mail_days = {20, 3};
  renewal().grace_mail_days = {1};
  const auto certificate = bank.certify("keiri01");
  const auto who = log_in(certificate);
  EXPECT_FALSE(*bank.notices.is_muted(who));
  ASSERT_TRUE(bank.notices.set_mute(d1(), who, true));
  ASSERT_TRUE(bank.notices.set_mute(d1(), who, true));
  EXPECT_TRUE(*bank.notices.is_muted(who));
  EXPECT_EQ(bank.audit_count("notice.muted"), 1);
  for (const char* day : {"2027-10-02", "2027-10-12", "2027-10-22", "2027-10-29", "2027-11-02"}) on(day);
  EXPECT_THAT(kinds("keiri01"), ElementsAre("before-30", "before-10"));
}

TEST_F(Reminders, O18_a_mute_is_undone_and_another_certificate_knows_nothing_of_it) {
  renewal().more_mail_days = {20, 3};
  const auto certificate = bank.certify("keiri01");
  const auto who = log_in(certificate);
  ASSERT_TRUE(bank.notices.set_mute(d1(), who, true));
  ASSERT_TRUE(bank.notices.set_mute(d1(), who, false));
  EXPECT_FALSE(*bank.notices.is_muted(who));
  EXPECT_EQ(bank.audit_count("notice.unmuted"), 1);
  on("2027-10-12");
  EXPECT_THAT(kinds("keiri01"), ElementsAre("before-20"));
  ASSERT_TRUE(bank.notices.set_mute(d1(), log_in(certificate), true));
  const auto renewed = bank.enrolment.renew(d1(), certificate.fingerprint, make_request());
  ASSERT_TRUE(renewed);
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *renewed->fingerprint));
  EXPECT_FALSE(*bank.notices.is_muted(log_in(*renewed)));
  EXPECT_EQ(bank.notices.set_mute(d1(), who, true).error().id, "login.certificate");
  on("2027-10-29");
  EXPECT_THAT(kinds("keiri01"), ElementsAre("before-20")) << "none to a renewed ID";
}

TEST_F(Reminders, O19_letters_on_paper_of_an_unused_and_of_an_expired_one_name_the_last_minute_too) {
  const auto old = bank.certify("keiri01");
  bank.certify("kanri01");
  d1().hours.weekdays = {.from = 7 * 60, .until = 23 * 60};
  d1().hours.saturday = d1().hours.sunday = {.from = 0, .until = 0};
  renewal().grace_mail_days = {1};
  on("2027-10-02");
  bounce("kanri01@customer.example");
  bank.clock.set(*parse_rfc3339("2027-10-08T10:00:00+09:00"));
  ASSERT_TRUE(bank.enrolment.renew(d1(), old.fingerprint, make_request()));
  on("2027-10-15");
  const std::string until = "更新の受付 2027年11月1日（月）22時59分まで\n";
  ASSERT_EQ(told("kanri01", "post"), 1);
  EXPECT_THAT(notices("kanri01", "post")[0].body, HasSubstr(until));
  ASSERT_EQ(told("keiri01", "unconfirmed"), 1);
  EXPECT_THAT(notices("keiri01", "unconfirmed")[0].body, HasSubstr(until)) << "of the old one, which does it";
  on("2027-11-02");
  ASSERT_EQ(told("kanri01", "after-1"), 1);
  EXPECT_THAT(notices("kanri01", "after-1")[0].body, HasSubstr("再取得の受付 2028年1月28日（金）22時59分まで\n"))
      << "the ninetieth day, 30 January, is a Sunday";
}

// ---- O15, O16: whom mail does not reach

TEST_F(Reminders, O15_a_reminder_goes_to_the_other_addresses_while_the_main_one_fails) {
  const auto user = log_in(bank.certify("keiri01"));
  ASSERT_TRUE(contacts.add(d1(), user, "second@customer.example"));
  ASSERT_TRUE(contacts.check(d1(), user, "second@customer.example", Secret(posted("address_check"))));
  on("2027-10-02");
  bounce("keiri01@customer.example");
  on("2027-10-22");
  EXPECT_THAT(addressees("keiri01"), ElementsAre("second@customer.example"));
  EXPECT_THAT(unreached().ids, IsEmpty());
  EXPECT_EQ(told("keiri01", "post"), 0);
}

TEST_F(Reminders, O15_who_is_not_reached_is_listed_and_from_20_days_on_gets_one_letter_on_paper) {
  bank.certify("keiri01");
  bank.certify("kanri01");
  on("2027-10-02");
  bounce("keiri01@customer.example");
  ASSERT_EQ(unreached().ids.size(), 1U);
  EXPECT_EQ(unreached().ids[0].due.holder.login_id, "keiri01");
  EXPECT_TRUE(unreached().ids[0].has_address);
  EXPECT_EQ(unreached().ids[0].remaining, 30);
  EXPECT_FALSE(unreached().ids[0].by_post);
  on("2027-10-11");
  EXPECT_EQ(told("keiri01", "post"), 0);
  on("2027-10-12");
  EXPECT_EQ(told("keiri01", "post"), 1);
  EXPECT_TRUE(unreached().ids[0].by_post);
  on("2027-10-13");
  EXPECT_EQ(told("keiri01", "post"), 1);
  for (const Letter& letter : carry()) EXPECT_NE(letter.subject, "post") << "it waits for the printer, never for the mail";
  const auto printed = bank.outbox.sealed(d1(), 10);
  ASSERT_EQ(printed->size(), 1U);
  EXPECT_FALSE(printed->front().wipe) << "no code: plain text";
  EXPECT_THAT(printed->front().body, HasSubstr("countdown=有効期限まで、あと20日です"));
  ASSERT_TRUE(bank.outbox.settle_printed(printed->front(), "operator"));
  EXPECT_THAT(*bank.outbox.sealed(d1(), 10), IsEmpty());
}

TEST_F(Reminders, O15_I10_a_letter_on_paper_is_not_printed_after_the_renewal) {
  add_without_address("keiri02");
  const auto certificate = bank.certify("keiri02");
  on("2027-10-12");
  ASSERT_EQ(bank.outbox.sealed(d1(), 10)->size(), 1U);
  const auto renewed = bank.enrolment.renew(d1(), certificate.fingerprint, make_request());
  ASSERT_TRUE(renewed);
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *renewed->fingerprint));
  EXPECT_THAT(*bank.outbox.sealed(d1(), 10), IsEmpty());
  EXPECT_EQ(bank.audit_count("letter.dropped"), 1);
}

TEST_F(Reminders, O15_a_profile_may_do_without_paper) {
  renewal().post_days = 0;
  add_without_address("keiri02");
  bank.certify("keiri02");
  on("2027-10-25");
  EXPECT_EQ(told("keiri02", "post"), 0);
  ASSERT_EQ(unreached().ids.size(), 1U);
  EXPECT_FALSE(unreached().ids[0].by_post);
}

TEST_F(Reminders, O16_an_id_without_an_address_is_listed_and_its_administrators_hear_in_one_list) {
  add_without_address("keiri02");
  add_without_address("keiri03");
  for (const char* id : {"keiri01", "keiri02", "keiri03", "kanri01"}) bank.certify(id);
  carry();
  on("2027-10-02");
  EXPECT_EQ(unreached().ids.size(), 2U);
  EXPECT_FALSE(unreached().ids[0].has_address);
  for (const char* administrator : {"kanri01", "kanri02"}) {
    const auto digests = notices(administrator, "digest");
    ASSERT_EQ(digests.size(), 1U);
    EXPECT_THAT(digests[0].body, HasSubstr("…iri02  2027年11月1日（月）まで（メール不達）\n  末尾 …i03"));
    EXPECT_THAT(digests[0].body, testing::Not(HasSubstr("i01  "))) << "keiri01 has mail of its own";
  }
  EXPECT_EQ(told("keiri01", "digest"), 0);
  on("2027-10-03");
  EXPECT_EQ(told("kanri01", "digest"), 1) << "no list without a reminder";
}

TEST_F(Reminders, O16_a_profile_may_list_all_users_or_none) {
  renewal().company_digest = CompanyDigest::all;
  renewal().grace_mail_days = {1};
  add_without_address("keiri02");
  bank.certify("keiri01");
  bank.certify("keiri02");
  on("2027-10-02");
  ASSERT_EQ(told("kanri01", "digest"), 1);
  EXPECT_THAT(notices("kanri01", "digest")[0].body, HasSubstr("…iri01  2027年11月1日（月）まで\n"));
  on("2027-11-02");
  EXPECT_THAT(notices("kanri01", "digest")[1].body, HasSubstr("…iri01  2027年11月1日（月） 期限切れ\n"));
  renewal().company_digest = CompanyDigest::none;
  bank.clock.advance(days{1});
  EXPECT_EQ(told("kanri01", "digest"), 2);
}

TEST_F(Reminders, O16_a_shared_address_is_allowed_and_listed_on_demand) {
  std::vector<NewHolder> one;
  one.push_back({.id = {"d1", "keiri02"},
                 .company = "青空商事株式会社",
                 .name = "担当",
                 .mail = "keiri01@customer.example",
                 .password = Secret("password-1")});
  ASSERT_TRUE(bank.holders.add(one, "test"));
  for (const char* id : {"keiri01", "keiri02", "kanri01"}) bank.certify(id);
  bank.clock.set(*parse_rfc3339("2027-10-02T09:00:00+09:00"));
  std::vector<std::string> ids;
  const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
    const auto found = find_sharing(reader, d1(), d1().zone.day_of(bank.clock.now()));
    if (!found) return fail(found);
    for (const Sharing& sharing : *found) ids.push_back(sharing.due.holder.login_id);
    return {};
  });
  ASSERT_TRUE(read);
  EXPECT_THAT(ids, testing::UnorderedElementsAre("keiri01", "keiri02"));
  EXPECT_THAT(unreached().ids, IsEmpty());
}

TEST_F(Reminders, the_message_id_bears_the_domain_of_the_sender) {
  d1().mail_domain = "mail.bank.example";
  bank.certify("keiri01");
  on("2027-10-02");
  for (const Letter& letter : carry()) EXPECT_THAT(letter.message_id, HasSubstr("@mail.bank.example>"));
}

}  // namespace
}  // namespace inkan::lifecycle
