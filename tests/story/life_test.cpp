// The whole life beside renewal: hold and release, loss, change of PC, recovery after expiry, addresses, another CA's
// certificates.

#include "story/life.hpp"

namespace inkan::lifecycle {
namespace {

// ---- hold and loss

TEST_F(Life, O25_a_lost_certificate_is_held_at_night_with_id_and_password_and_opens_nothing) {
  const auto certificate = bank.certify("keiri01");
  const auto session = bank.login.open(d1(), certificate.fingerprint, kPassword);
  ASSERT_TRUE(session);
  EXPECT_EQ(recovery.hold_lost(d1(), "keiri01", Secret("wrong")).error().id, "acquisition.refused");
  EXPECT_EQ(recovery.hold_lost(d1(), "nobody", kPassword).error().id, "acquisition.refused");
  ASSERT_TRUE(recovery.hold_lost(d1(), "ＫＥＩＲＩ０１", kPassword));
  EXPECT_EQ(judge(certificate), CertificateVerdict::Kind::suspended);
  EXPECT_FALSE(bank.login.open(d1(), certificate.fingerprint, kPassword));
  EXPECT_FALSE(bank.login.resume(d1(), session->token, certificate.fingerprint)) << "I7: the session ends with it";
  EXPECT_FALSE(bank.enrolment.open_renewal(d1(), certificate.fingerprint, ""));
  EXPECT_EQ(told("keiri01", "held"), 1);
  EXPECT_EQ(recovery.hold_lost(d1(), "keiri01", kPassword).error().id, "hold.nothing") << "a second time changes nothing";
}

TEST_F(Life, C7_a_hold_is_neither_on_the_crl_nor_in_ocsp) {
  const auto certificate = bank.certify("keiri01");
  ASSERT_TRUE(recovery.hold_lost(d1(), "keiri01", kPassword));
  EXPECT_FALSE(bank.find(certificate).revoked_at);
}

TEST_F(Life, O25_a_hold_outlives_expiry_and_keeps_the_grace_days_shut) {
  const auto certificate = bank.certify("keiri01");
  ASSERT_TRUE(recovery.hold_lost(d1(), "keiri01", kPassword));
  bank.clock.set(*parse_rfc3339("2027-11-20T10:00:00+09:00"));
  policy().methods = {RecoveryMethod::old_key, RecoveryMethod::code, RecoveryMethod::mail_code, RecoveryMethod::password};
  EXPECT_EQ(acquire("keiri01", "", certificate.fingerprint).error().id, "acquisition.held");
  EXPECT_EQ(recovery.ask_mail_code(d1(), "keiri01", kPassword).error().id, "acquisition.held");
  EXPECT_EQ(bank.holders.release_code(d1(), "keiri01", "test").error().id, "code.not_first");
}

TEST_F(Life, O25_another_administrator_releases_and_never_the_one_who_held_or_the_held_one) {
  const auto first = log_in(bank.certify("kanri01"));
  const auto second = log_in(bank.certify("kanri02"));
  const auto user = bank.certify("keiri01");
  ASSERT_TRUE(company.hold(d1(), first, "keiri01", false));
  EXPECT_EQ(company.release(d1(), first, "keiri01").error().id, "company.second_person");
  ASSERT_TRUE(company.release(d1(), second, "keiri01"));
  EXPECT_EQ(judge(user), CertificateVerdict::Kind::good);
  EXPECT_EQ(company.release(d1(), second, "keiri01").error().id, "hold.not_held");
  ASSERT_TRUE(company.hold(d1(), first, "kanri01", false)) << "one's own";
  EXPECT_EQ(company.release(d1(), first, "kanri01").error().id, "login.certificate") << "a held person does nothing any more";
}

TEST_F(Life, O26_a_user_holds_and_revokes_the_own_certificate_alone) {
  const auto user = log_in(bank.certify("keiri01"));
  const auto administrator = bank.certify("kanri01");
  EXPECT_EQ(company.hold(d1(), user, "kanri01", true).error().id, "company.not_administrator");
  EXPECT_EQ(company.revoke(d1(), user, "kanri01", pki::RevocationReason::key_compromise, true).error().id,
            "company.not_administrator");
  EXPECT_EQ(judge(administrator), CertificateVerdict::Kind::good);
  const auto revoked = company.revoke(d1(), user, "keiri01", pki::RevocationReason::key_compromise, false);
  ASSERT_TRUE(revoked);
  EXPECT_EQ(*revoked->reason, pki::RevocationReason::key_compromise);
  EXPECT_EQ(told("keiri01", "revoked"), 1);
}

TEST_F(Life, O26_the_last_administrators_certificate_goes_only_with_a_warning) {
  const auto first = log_in(bank.certify("kanri01"));
  EXPECT_EQ(company.revoke(d1(), first, "kanri01", pki::RevocationReason::cessation_of_operation, false).error().id,
            "company.last_administrator");
  bank.certify("kanri02");
  EXPECT_TRUE(company.hold(d1(), first, "kanri01", false)) << "a second one can still log in";
}

TEST_F(Life, O26_a_lost_certificate_of_the_last_administrator_is_held_only_after_the_warning) {
  const auto only = bank.certify("kanri01");
  EXPECT_EQ(recovery.hold_lost(d1(), "kanri01", Secret("wrong"), true).error().id, "acquisition.refused");
  EXPECT_EQ(recovery.hold_lost(d1(), "kanri01", kPassword).error().id, "company.last_administrator");
  EXPECT_EQ(judge(only), CertificateVerdict::Kind::good) << "nothing was done";
  EXPECT_EQ(told("kanri01", "held"), 0);
  ASSERT_TRUE(recovery.hold_lost(d1(), "kanri01", kPassword, true));
  EXPECT_EQ(judge(only), CertificateVerdict::Kind::suspended);
  EXPECT_EQ(recovery.hold_lost(d1(), "kanri01", kPassword).error().id, "hold.nothing") << "no warning where nothing ends";
}

TEST_F(Life, I14_an_id_of_another_company_does_not_exist) {
  std::vector<NewHolder> other;
  other.push_back(
      {.id = {"d1", "other01"}, .company = "株式会社みどり製作所", .name = "経理", .mail = "", .password = Secret("x")});
  ASSERT_TRUE(bank.holders.add(other, "test"));
  const auto administrator = log_in(bank.certify("kanri01"));
  EXPECT_EQ(company.hold(d1(), administrator, "other01", true).error().id, "holder.unknown");
  EXPECT_EQ(company.allow_reissue(d1(), administrator, "other01", kPassword).error().id, "holder.unknown");
  const auto members = company.members(d1(), administrator);
  ASSERT_TRUE(members);
  EXPECT_EQ(members->size(), 3U);
}

// ---- change of PC

TEST_F(Life, O11_an_administrator_releases_a_code_for_another_pc_and_the_old_one_retires_at_first_use) {
  const auto administrator = log_in(bank.certify("kanri01"));
  const auto old = bank.certify("keiri01");
  EXPECT_EQ(company.allow_reissue(d1(), administrator, "keiri01", Secret("wrong")).error().id, "login.password");
  const auto code = company.allow_reissue(d1(), administrator, "keiri01", kPassword);
  ASSERT_TRUE(code);
  const auto fresh = acquire("keiri01", *code);
  ASSERT_TRUE(fresh) << fresh.error().id;
  EXPECT_EQ(judge(old), CertificateVerdict::Kind::good) << "until the new one is used";
  EXPECT_EQ(acquire("keiri01", *code).error().id, "acquisition.refused") << "once";
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *fresh->fingerprint));
  EXPECT_EQ(judge(old), CertificateVerdict::Kind::superseded);
  EXPECT_EQ(told("keiri01", "code_released"), 1);
  EXPECT_EQ(told("keiri01", "acquired"), 1);
}

TEST_F(Life, O11_nobody_releases_a_code_for_oneself) {
  const auto administrator = log_in(bank.certify("kanri01"));
  EXPECT_EQ(company.allow_reissue(d1(), administrator, "kanri01", kPassword).error().id, "company.self");
}

TEST_F(Life, O11_the_profile_says_who_may) {
  const auto administrator = log_in(bank.certify("kanri01"));
  const auto user = log_in(bank.certify("keiri01"));
  policy().computer_change = ComputerChange::staff;
  EXPECT_EQ(company.allow_reissue(d1(), administrator, "keiri01", kPassword).error().id, "company.bank_only");
  EXPECT_EQ(recovery.make_computer_code(d1(), user, kPassword).error().id, "recovery.closed");
  policy().computer_change = ComputerChange::self;
  EXPECT_EQ(recovery.make_computer_code(d1(), user, Secret("wrong")).error().id, "login.password");
  const auto code = recovery.make_computer_code(d1(), user, kPassword);
  ASSERT_TRUE(code);
  EXPECT_EQ(told("keiri01", "computer_change"), 1);
  bank.clock.advance(minutes{61});
  EXPECT_EQ(acquire("keiri01", *code).error().id, "acquisition.refused") << "a code for another PC lives an hour";
}

TEST_F(Life, I5_a_renewal_on_the_old_pc_ends_a_change_of_pc_under_way) {
  policy().computer_change = ComputerChange::self;
  const auto old = bank.certify("keiri01");
  bank.clock.set(*parse_rfc3339("2027-10-20T10:00:00+09:00"));
  const auto user = log_in(old);
  const auto code = recovery.make_computer_code(d1(), user, kPassword);
  const auto on_new = acquire("keiri01", *code);
  ASSERT_TRUE(on_new);
  const auto renewed = bank.enrolment.renew(d1(), old.fingerprint, make_request());
  ASSERT_TRUE(renewed) << renewed.error().id;
  EXPECT_EQ(judge(*on_new), CertificateVerdict::Kind::revoked);
  EXPECT_EQ(judge(*renewed), CertificateVerdict::Kind::good);
}

TEST_F(Life, I5_after_a_hold_a_renewal_ends_the_successor_that_was_never_used) {
  const auto old = bank.certify("keiri01");
  const auto administrator = log_in(bank.certify("kanri01"));
  bank.clock.set(*parse_rfc3339("2027-10-20T10:00:00+09:00"));
  const auto unused = bank.enrolment.renew(d1(), old.fingerprint, make_request());
  ASSERT_TRUE(unused);
  ASSERT_TRUE(recovery.hold_lost(d1(), "keiri01", kPassword));
  ASSERT_TRUE(company.release(d1(), administrator, "keiri01"));
  const auto renewed = bank.enrolment.renew(d1(), old.fingerprint, make_request());
  ASSERT_TRUE(renewed) << renewed.error().id;
  EXPECT_EQ(judge(*unused), CertificateVerdict::Kind::revoked) << "never two successors";
}

TEST_F(Life, I7_a_revocation_by_serial_ends_what_was_under_way) {
  const auto code = bank.hand_out_code("keiri01");
  const auto opened = bank.enrolment.open_acquisition(d1(), "keiri01", kPassword, Secret(code));
  ASSERT_TRUE(opened);
  const auto issued = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), "holder");
  ASSERT_TRUE(issued);
  ASSERT_TRUE(bank.holders.revoke(issued->authority, issued->serial, pki::RevocationReason::key_compromise, "operator", true));
  EXPECT_FALSE(bank.enrolment.make_anew(d1(), opened->ticket.id, "holder")) << "who held the cookie holds nothing now";
  EXPECT_FALSE(bank.enrolment.submit(d1(), opened->ticket.id, make_request(), "holder"));
}

// ---- after expiry

class Expired : public Life {
 protected:
  Expired() : old(bank.certify("keiri01")) { bank.clock.set(*parse_rfc3339("2027-11-20T10:00:00+09:00")); }
  CertificateRecord old;
};

TEST_F(Expired, T2_id_and_password_alone_yield_nothing_unless_the_profile_says_so) {
  EXPECT_EQ(acquire("keiri01", "").error().id, "acquisition.refused");
  policy().methods = {RecoveryMethod::password};
  EXPECT_TRUE(acquire("keiri01", ""));
}

TEST_F(Expired, O7_the_old_key_and_the_password_do_within_the_grace_days) {
  EXPECT_EQ(bank.enrolment.acquire(d1(), "keiri01", Secret("wrong"), Secret(""), make_request(), old.fingerprint).error().id,
            "acquisition.refused");
  const auto fresh = acquire("keiri01", "", old.fingerprint);
  ASSERT_TRUE(fresh) << fresh.error().id;
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *fresh->fingerprint));
  EXPECT_EQ(judge(old), CertificateVerdict::Kind::superseded);
}

TEST_F(Expired, O7_the_old_key_of_somebody_else_does_not) {
  bank.clock.set(*parse_rfc3339("2026-11-01T10:00:00+09:00"));
  const auto other = bank.certify("kanri01");
  bank.clock.set(*parse_rfc3339("2027-11-20T10:00:00+09:00"));
  EXPECT_EQ(acquire("keiri01", "", other.fingerprint).error().id, "acquisition.refused");
}

TEST_F(Expired, O6_D3_06_day_90_is_possible_and_day_91_is_not) {
  bank.clock.set(*parse_rfc3339("2028-01-30T23:59:59+09:00"));  // expiry 2027-11-01
  EXPECT_TRUE(acquire("keiri01", "", old.fingerprint));
  bank.clock.set(*parse_rfc3339("2028-01-31T00:00:00+09:00"));
  EXPECT_EQ(acquire("keiri01", "", old.fingerprint).error().id, "acquisition.closed");
}

TEST_F(Expired, O7_a_code_by_mail_alone_comes_after_24_hours_and_every_address_knows) {
  EXPECT_EQ(recovery.ask_mail_code(d1(), "keiri01", kPassword).error().id, "recovery.closed");
  policy().methods = {RecoveryMethod::mail_code};
  EXPECT_EQ(recovery.ask_mail_code(d1(), "keiri01", Secret("wrong")).error().id, "acquisition.refused");
  const auto asked = recovery.ask_mail_code(d1(), "keiri01", kPassword);
  ASSERT_TRUE(asked) << asked.error().id;
  EXPECT_EQ(told("keiri01", "code_requested"), 1);
  EXPECT_EQ(recovery.ask_mail_code(d1(), "keiri01", kPassword)->stop_number, asked->stop_number) << "the running one";
  bank.clock.advance(hours{24} - std::chrono::seconds{1});
  EXPECT_EQ(*recovery.send_codes(), 0);
  bank.clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(*recovery.send_codes(), 1);
  EXPECT_EQ(*recovery.send_codes(), 0);
  const std::string code = posted("code");
  ASSERT_FALSE(code.empty());
  EXPECT_TRUE(acquire("keiri01", code));
}

TEST_F(Expired, O7_anybody_with_the_number_stops_a_code_by_mail) {
  policy().methods = {RecoveryMethod::mail_code};
  const auto asked = recovery.ask_mail_code(d1(), "keiri01", kPassword);
  EXPECT_EQ(recovery.stop_mail_code(d1(), "keiri01", "00000000").error().id, "recovery.unknown");
  ASSERT_TRUE(recovery.stop_mail_code(d1(), "keiri01", asked->stop_number));
  bank.clock.advance(hours{25});
  EXPECT_EQ(*recovery.send_codes(), 0);
}

TEST_F(Expired, O7_the_number_that_stops_a_code_is_too_long_to_guess_and_may_be_typed_in_groups) {
  policy().methods = {RecoveryMethod::mail_code};
  const auto asked = recovery.ask_mail_code(d1(), "keiri01", kPassword);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->stop_number.size(), 16U) << "64 bits";
  std::string typed = asked->stop_number;
  std::ranges::transform(typed, typed.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  typed.insert(8, "  -");
  EXPECT_EQ(recovery.stop_mail_code(d1(), "keiri01", asked->stop_number.substr(0, 15)).error().id, "recovery.unknown");
  EXPECT_TRUE(recovery.stop_mail_code(d1(), "keiri01", typed));
}

TEST_F(Expired, I16_a_code_in_a_letter_is_wiped_once_it_left_and_no_notice_keeps_it) {
  policy().methods = {RecoveryMethod::mail_code};
  ASSERT_TRUE(recovery.ask_mail_code(d1(), "keiri01", kPassword));
  bank.clock.advance(hours{24});
  ASSERT_EQ(*recovery.send_codes(), 1);
  const std::string code = posted("code");
  const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
    const auto notices = reader.notices_of({"d1", "keiri01"}, 100);
    for (const Notice& notice : *notices) EXPECT_EQ(notice.body.find(code), std::string::npos);
    for (long long id = 1; id < 20; ++id) {
      const auto letter = reader.find_letter(id);
      if (*letter) {
        EXPECT_EQ((*letter)->body.find(code), std::string::npos);
      }
    }
    return {};
  });
  ASSERT_TRUE(read);
}

TEST_F(Expired, O7_an_administrator_releases_within_the_grace_days_and_the_bank_alone_after_them) {
  bank.add_holder("kanri09");
  const auto administrator = log_in(bank.certify("kanri09"));
  const auto code = company.allow_reissue(d1(), administrator, "keiri01", kPassword);
  ASSERT_TRUE(code) << code.error().id;
  EXPECT_TRUE(acquire("keiri01", *code));
}

TEST_F(Expired, O6_O7_a_code_lives_no_longer_than_the_grace_days_and_says_so) {
  bank.clock.set(*parse_rfc3339("2028-01-25T10:00:00+09:00"));  // the last grace day is 2028-01-30
  bank.add_holder("kanri09");
  const auto administrator = log_in(bank.certify("kanri09"));
  const auto code = company.allow_reissue(d1(), administrator, "keiri01", kPassword);
  ASSERT_TRUE(code) << code.error().id;
  EXPECT_NE(newest_body("keiri01", "code_released").find("2028年1月30日"), std::string::npos);
  bank.clock.set(*parse_rfc3339("2028-01-30T23:59:59+09:00"));
  EXPECT_TRUE(acquire("keiri01", *code));
}

TEST_F(Expired, O6_O7_no_code_by_mail_is_begun_that_would_come_too_late) {
  policy().methods = {RecoveryMethod::mail_code};
  bank.clock.set(*parse_rfc3339("2028-01-30T00:00:00+09:00"));
  EXPECT_EQ(recovery.ask_mail_code(d1(), "keiri01", kPassword).error().id, "acquisition.closed");
  bank.clock.set(*parse_rfc3339("2028-01-29T23:00:00+09:00"));
  ASSERT_TRUE(recovery.ask_mail_code(d1(), "keiri01", kPassword));
  bank.clock.advance(hours{24});
  ASSERT_EQ(*recovery.send_codes(), 1);
  const std::string code = posted("code");
  ASSERT_FALSE(code.empty());
  bank.clock.set(*parse_rfc3339("2028-01-31T00:00:00+09:00"));
  EXPECT_EQ(acquire("keiri01", code).error().id, "acquisition.refused");
}

TEST_F(Life, O27_a_code_for_a_first_certificate_ends_with_the_banks_approval) {
  bank.clock.advance(days{75});  // of 80
  const auto administrator = log_in(bank.certify("kanri01"));
  const auto last = bank.holders.view(d1(), "keiri01")->holder.acquire_until;
  const auto code = company.allow_reissue(d1(), administrator, "keiri01", kPassword);
  ASSERT_TRUE(code) << code.error().id;
  EXPECT_NE(newest_body("keiri01", "code_released").find(to_japanese_with_weekday(*last)), std::string::npos);
}

// ---- passwords

TEST_F(Life, T10_a_thousand_spellings_share_one_counter_and_the_owner_of_the_certificate_still_logs_in) {
  const auto certificate = bank.certify("keiri01");
  const std::vector<std::string> spellings = {"keiri01", "KEIRI01", "ｋｅｉｒｉ０１", " keiri01 ", "Keiri01"};
  for (int attempt = 0; attempt < 10; ++attempt)
    EXPECT_FALSE(bank.enrolment.open_acquisition(d1(), spellings[static_cast<std::size_t>(attempt) % spellings.size()],
                                                 Secret("wrong"), Secret("")));
  EXPECT_EQ(bank.enrolment.open_acquisition(d1(), "keiri01", kPassword, Secret("")).error().id, "login.locked");
  EXPECT_TRUE(bank.login.open(d1(), certificate.fingerprint, kPassword)) << "the lock is no weapon";
  EXPECT_EQ(told("keiri01", "locked"), 1);
  bank.clock.advance(minutes{16});
  for (int attempt = 0; attempt < 10; ++attempt)
    EXPECT_FALSE(bank.enrolment.open_acquisition(d1(), "keiri01", Secret("wrong"), Secret("")));
  EXPECT_EQ(told("keiri01", "locked"), 1) << "one letter a day";
}

TEST_F(Life, T10_all_nodes_count_together_and_a_right_password_writes_nothing) {
  const auto certificate = bank.certify("keiri01");
  Login other(bank.services());  // another node: nothing in common but the store
  const HolderId id{"d1", "keiri01"};
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ((i % 2 ? other : bank.login).check_password(id, Secret("wrong")).error().id, "login.password") << i;
  EXPECT_EQ(other.check_password(id, Secret("wrong")).error().id, "login.password") << "the tenth";
  EXPECT_EQ(bank.login.check_password(id, kPassword).error().id, "login.locked") << "and here the rest begins as well";
  EXPECT_TRUE(bank.login.open(d1(), certificate.fingerprint, kPassword)) << "its owner has an account apart";
  bank.clock.advance(minutes{15});
  EXPECT_TRUE(other.check_password(id, kPassword));
  const auto tries = [&] {
    std::optional<Tries> found;
    const auto read = bank.store->read([&](Reader& reader) -> Result<void> {
      found = *reader.find_tries("holder d1/keiri01");
      return {};
    });
    check(read.has_value(), "tries");
    return found;
  };
  EXPECT_FALSE(tries()) << "a right one ends the count";
  EXPECT_FALSE(other.check_password(id, Secret("wrong")));
  EXPECT_EQ(tries()->wrong, 1);
  bank.clock.advance(minutes{61});
  ASSERT_TRUE(bank.login.gate().forget());
  EXPECT_FALSE(tries()) << "the job clears what is over";
}

TEST_F(Life, E208_the_tries_that_are_left_are_told_after_five_and_only_beside_a_certificate) {
  const auto certificate = bank.certify("keiri01");
  std::vector<std::optional<int>> told_left;
  for (int i = 0; i < 10; ++i)
    told_left.push_back(tries_left_of(bank.login.open(d1(), certificate.fingerprint, Secret("wrong")).error()));
  EXPECT_EQ(told_left, (std::vector<std::optional<int>>{{}, {}, {}, {}, 5, 4, 3, 2, 1, 0}));
  EXPECT_FALSE(tries_left_of(bank.login.open(d1(), certificate.fingerprint, kPassword).error())) << "login.locked";
  for (int i = 0; i < 8; ++i) {
    const auto refused = bank.login.identify(d1(), "keiri01", Secret("wrong")).error();
    EXPECT_EQ(refused.id, "acquisition.refused");
    EXPECT_EQ(refused.detail, "") << "a number would tell a wrong password from a wrong code";
  }
}

TEST_F(Life, ASVS_7_3_1_a_session_that_nobody_uses_ends) {
  const auto certificate = bank.certify("keiri01");
  const auto opened = bank.login.open(d1(), certificate.fingerprint, kPassword);
  ASSERT_TRUE(opened);
  bank.clock.advance(minutes{29});
  EXPECT_TRUE(bank.login.resume(d1(), opened->token, certificate.fingerprint));
  bank.clock.advance(minutes{29});
  EXPECT_TRUE(bank.login.resume(d1(), opened->token, certificate.fingerprint)) << "use keeps it";
  bank.clock.advance(minutes{30});
  EXPECT_FALSE(bank.login.resume(d1(), opened->token, certificate.fingerprint));
}

// ---- addresses

TEST_F(Life, A3_an_address_counts_once_its_code_was_typed_and_the_old_ones_are_told) {
  const auto user = log_in(bank.certify("keiri01"));
  posted("");
  ASSERT_TRUE(contacts.add(d1(), user, "second@customer.example"));
  EXPECT_EQ(contacts.make_main(d1(), user, "second@customer.example").error().id, "contact.unchecked");
  const std::string code = posted("address_check");
  ASSERT_FALSE(code.empty());
  EXPECT_EQ(contacts.check(d1(), user, "second@customer.example", Secret("wrong")).error().id, "contact.code");
  ASSERT_TRUE(contacts.check(d1(), user, "second@customer.example", Secret(code)));
  ASSERT_TRUE(contacts.make_main(d1(), user, "second@customer.example"));
  EXPECT_EQ(contacts.remove(d1(), user, "second@customer.example").error().id, "contact.main");
  ASSERT_TRUE(contacts.remove(d1(), user, "keiri01@customer.example"));
  EXPECT_EQ(contacts.add(d1(), user, "not an address").error().id, "contact.address");
  EXPECT_EQ(told("keiri01", "address_added"), 1);
  EXPECT_EQ(told("keiri01", "address_removed"), 1);
}

TEST_F(Life, A3_five_codes_a_day_go_to_new_addresses_and_no_sixth) {
  const auto user = log_in(bank.certify("keiri01"));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(contacts.add(d1(), user, "second@customer.example")) << i;
  EXPECT_EQ(contacts.add(d1(), user, "second@customer.example").error().id, "contact.too_many_codes");
  EXPECT_EQ(contacts.add(d1(), user, "third@customer.example").error().id, "contact.too_many_codes");
  EXPECT_EQ(told("keiri01", "address_check"), 5);
  bank.clock.advance(hours{24});
  const auto certificate = bank.certificates_of("keiri01").front();
  EXPECT_TRUE(contacts.add(d1(), log_in(certificate), "second@customer.example")) << "another day";
}

TEST_F(Life, A3_five_wrong_codes_end_the_check_of_an_address) {
  const auto user = log_in(bank.certify("keiri01"));
  posted("");
  ASSERT_TRUE(contacts.add(d1(), user, "second@customer.example"));
  const std::string code = posted("address_check");
  for (int attempt = 0; attempt < 5; ++attempt)
    EXPECT_FALSE(contacts.check(d1(), user, "second@customer.example", Secret("wrong")));
  EXPECT_EQ(contacts.check(d1(), user, "second@customer.example", Secret(code)).error().id, "contact.code");
}

TEST_F(Life, O15_a_mail_that_comes_back_flags_the_address_and_tells_the_administrators) {
  bank.certify("keiri01");
  const auto claimed = bank.outbox.claim(10);
  ASSERT_TRUE(claimed);
  const auto letter =
      std::find_if(claimed->begin(), claimed->end(), [](const Letter& each) { return each.to == "keiri01@customer.example"; });
  ASSERT_NE(letter, claimed->end());
  for (int soft = 0; soft < 2; ++soft)
    ASSERT_TRUE(contacts.record_bounce({.letter = letter->id, .hard = false, .status = "4.2.2", .text = "full"}));
  EXPECT_TRUE(contacts.undeliverable(d1())->empty());
  ASSERT_TRUE(contacts.record_bounce({.letter = letter->id, .hard = true, .status = "5.1.1", .text = "No such user"}));
  ASSERT_TRUE(contacts.record_bounce({.letter = letter->id, .hard = true, .status = "5.1.1", .text = "No such user"}));
  const auto flagged = contacts.undeliverable(d1());
  ASSERT_EQ(flagged->size(), 1U);
  EXPECT_EQ(flagged->front().undeliverable_why, "5.1.1 No such user");
  EXPECT_EQ(told("kanri01", "undeliverable"), 1) << "once";
  EXPECT_EQ(contacts.record_bounce({.letter = 999'999}).error().id, "letter.unknown");
}

// ---- another CA's certificates

TEST_F(Life, O38_a_certificate_of_an_accepted_ca_logs_in_and_renews_once_into_ours) {
  const ForeignAuthority foreign;
  const Bytes theirs = foreign.issue("whoever", bank.clock.now(), days{20});
  EXPECT_EQ(bank.holders.import_certificate(d1(), "keiri01", theirs, "test").error().id, "certificate.not_accepted");
  d1().accepted = {{.id = "old-g1", .certificate = foreign.certificate().der()}};
  const auto imported = bank.holders.import_certificate(d1(), "keiri01", theirs, "test");
  ASSERT_TRUE(imported) << imported.error().id;
  EXPECT_EQ(judge(*imported), CertificateVerdict::Kind::good);
  const Bytes unrecorded = foreign.issue("keiri01", bank.clock.now(), days{20});
  EXPECT_EQ(bank.login.judge(d1(), sha256(unrecorded))->kind, CertificateVerdict::Kind::unknown) << "the CA alone opens nothing";
  const auto renewed = bank.enrolment.renew(d1(), imported->fingerprint, make_request());
  ASSERT_TRUE(renewed) << renewed.error().id;
  EXPECT_EQ(renewed->authority, "d1-g1");
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *renewed->fingerprint));
  EXPECT_EQ(judge(*imported), CertificateVerdict::Kind::superseded);
}

}  // namespace
}  // namespace inkan::lifecycle
