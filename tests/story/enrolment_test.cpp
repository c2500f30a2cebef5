// Renewal, 電子証明書取得, 作り直す and the bulk door over a real store and a real CA.

#include <gtest/gtest.h>

#include "lifecycle/handover.hpp"
#include "lifecycle/recovery.hpp"
#include "support/installation.hpp"

namespace inkan::lifecycle {
namespace {

using std::chrono::days;

class Renewal : public ::testing::Test {
 protected:
  Renewal() {
    bank.add_holder("keiri01");
    first = bank.certify("keiri01");
    bank.clock.set(*parse_rfc3339("2027-10-02T10:00:00+09:00"));  // 30 days before 2027-11-01
  }
  ~Renewal() override { check_invariants(*bank.store, bank.institutions); }

  const Institution& d1() const { return bank.institution(); }
  std::string actor = "holder d1/keiri01";

  Installation bank;
  CertificateRecord first{.serial = *pki::SerialNumber::parse_hex("01")};
};

TEST_F(Renewal, D1_05_is_refused_31_days_before_and_opens_30_days_before) {
  bank.clock.set(*parse_rfc3339("2027-10-01T23:59:59+09:00"));
  const auto early = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().id, "renewal.not_yet");
  bank.clock.set(*parse_rfc3339("2027-10-02T00:00:00+09:00"));
  EXPECT_TRUE(bank.enrolment.open_renewal(d1(), first.fingerprint, ""));
}

TEST_F(Renewal, D1_05_is_possible_to_the_last_second_of_the_expiry_day) {
  bank.clock.set(*parse_rfc3339("2027-11-01T23:59:59+09:00"));
  EXPECT_TRUE(bank.enrolment.open_renewal(d1(), first.fingerprint, ""));
  bank.clock.set(*parse_rfc3339("2027-11-02T00:00:00+09:00"));
  const auto late = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().id, "login.certificate");
}

TEST_F(Renewal, O4_what_was_begun_in_time_may_finish_half_an_hour_later) {
  bank.clock.set(*parse_rfc3339("2027-11-01T23:59:00+09:00"));
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  bank.clock.set(*parse_rfc3339("2027-11-02T00:29:00+09:00"));
  EXPECT_TRUE(bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor));
}

TEST_F(Renewal, O4_the_session_goes_on_for_the_renewal_alone) {
  bank.clock.set(*parse_rfc3339("2027-11-01T23:59:00+09:00"));
  const auto session = bank.login.open(d1(), first.fingerprint, Secret("password-1"));
  ASSERT_TRUE(session);
  bank.clock.set(*parse_rfc3339("2027-11-02T00:10:00+09:00"));
  EXPECT_FALSE(bank.login.resume_renewal(d1(), session->token, first.fingerprint)) << "nothing was begun";
  bank.clock.set(*parse_rfc3339("2027-11-01T23:59:00+09:00"));
  ASSERT_TRUE(bank.enrolment.open_renewal(d1(), first.fingerprint, ""));
  bank.clock.set(*parse_rfc3339("2027-11-02T00:10:00+09:00"));
  EXPECT_TRUE(bank.login.resume_renewal(d1(), session->token, first.fingerprint));
  bank.clock.set(*parse_rfc3339("2027-11-02T00:29:00+09:00"));
  EXPECT_TRUE(bank.login.resume_renewal(d1(), session->token, first.fingerprint));
  EXPECT_FALSE(bank.login.resume(d1(), session->token, first.fingerprint));
  bank.clock.set(*parse_rfc3339("2027-11-02T00:31:00+09:00"));
  EXPECT_FALSE(bank.login.resume_renewal(d1(), session->token, first.fingerprint));
}

TEST_F(Renewal, O13_the_program_takes_over_what_a_page_began_and_comes_back_after_a_crash) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const std::string& id = opened->ticket.id;
  EXPECT_FALSE(opened->ticket.taken_at);
  const auto taken = take_over(bank.services(), d1(), first.fingerprint, id);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->ticket.taken_at, bank.clock.now());
  bank.clock.advance(std::chrono::minutes{5});
  EXPECT_EQ(take_over(bank.services(), d1(), first.fingerprint, id)->ticket.taken_at, taken->ticket.taken_at);

  const auto request = make_request();
  const auto second = renew_taken_over(bank.services(), bank.enrolment, d1(), first.fingerprint, id, request);
  ASSERT_TRUE(second);
  EXPECT_EQ(renew_taken_over(bank.services(), bank.enrolment, d1(), first.fingerprint, id, request)->der, second->der);
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *second->fingerprint));
  EXPECT_EQ(take_over(bank.services(), d1(), second->fingerprint, id).error().id, "transaction.used");
  EXPECT_EQ(take_over(bank.services(), d1(), first.fingerprint, id).error().id, "login.certificate");
}

TEST_F(Renewal, I7_a_revocation_ends_what_the_program_took_over) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  ASSERT_TRUE(take_over(bank.services(), d1(), first.fingerprint, opened->ticket.id));
  ASSERT_TRUE(bank.holders.revoke(first.authority, first.serial, pki::RevocationReason::key_compromise, "operator", true));
  EXPECT_EQ(
      renew_taken_over(bank.services(), bank.enrolment, d1(), first.fingerprint, opened->ticket.id, make_request()).error().id,
      "login.certificate");
}

TEST_F(Renewal, O1_the_old_certificate_lives_until_the_new_one_was_used) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const auto second = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor);
  ASSERT_TRUE(second);
  EXPECT_FALSE(bank.find(first).revoked_at);
  EXPECT_EQ(bank.login.judge(d1(), first.fingerprint)->kind, CertificateVerdict::Kind::good);

  const auto wrong = bank.enrolment.confirm(d1(), opened->ticket.id, first.fingerprint);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().id, "ticket.other_certificate");
  EXPECT_FALSE(bank.find(first).revoked_at);

  ASSERT_TRUE(bank.enrolment.confirm(d1(), opened->ticket.id, second->fingerprint));
  EXPECT_EQ(bank.find(first).reason, pki::RevocationReason::superseded);
  const auto verdict = bank.login.judge(d1(), first.fingerprint);
  EXPECT_EQ(verdict->kind, CertificateVerdict::Kind::superseded);
  EXPECT_EQ(verdict->successor->serial, second->serial);
  EXPECT_TRUE(bank.enrolment.confirm(d1(), opened->ticket.id, second->fingerprint)) << "repeating is safe";
}

TEST_F(Renewal, O2_D2_20_a_year_from_issue_and_where_the_profile_says_so_a_year_from_the_old_expiry) {
  const Day expiry = first.expiry_day;
  EXPECT_EQ(renewed_expiry(d1(), bank.clock.now(), expiry), one_year_after(d1().zone.day_of(bank.clock.now())));
  auto& policy = const_cast<Institution&>(d1()).renewal;
  policy.carry_over_remaining = true;
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const auto renewed = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor);
  ASSERT_TRUE(renewed) << renewed.error().id;
  EXPECT_EQ(renewed->expiry_day, one_year_after(expiry)) << "30 days before the end costs nothing";
  EXPECT_EQ(renewed->not_after, d1().zone.end_of(one_year_after(expiry)));
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *renewed->fingerprint));

  bank.clock.set(d1().zone.end_of(renewed->expiry_day) - std::chrono::minutes{5});
  const auto late = bank.enrolment.open_renewal(d1(), renewed->fingerprint, "");
  ASSERT_TRUE(late);
  bank.clock.set(bank.clock.now() + std::chrono::minutes{10});  // O4: past midnight
  const auto last = bank.enrolment.submit(d1(), late->ticket.id, make_request(), actor);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->expiry_day, one_year_after(d1().zone.day_of(bank.clock.now()))) << "never less than a year from issue";
}

TEST_F(Renewal, O2_only_a_renewal_carries_days_over) {
  const_cast<Institution&>(d1()).renewal.carry_over_remaining = true;
  bank.clock.set(d1().zone.end_of(first.expiry_day) + std::chrono::days{3});
  bank.add_holder("keiri02");
  const auto fresh = bank.certify("keiri02");
  EXPECT_EQ(fresh.expiry_day, one_year_after(d1().zone.day_of(bank.clock.now())));
}

TEST_F(Renewal, I5_the_same_key_gets_the_same_bytes_and_another_key_is_refused) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const auto request = make_request();
  const auto once = bank.enrolment.submit(d1(), opened->ticket.id, request, actor);
  const auto again = bank.enrolment.submit(d1(), opened->ticket.id, request, actor);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->der, again->der);
  const auto other = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().id, "ticket.other_key");
}

TEST_F(Renewal, O13_O14_a_second_window_resumes_the_same_transaction) {
  const auto one = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(one);
  const auto same_browser = bank.enrolment.open_renewal(d1(), first.fingerprint, one->secret);
  ASSERT_TRUE(same_browser);
  EXPECT_EQ(same_browser->ticket.id, one->ticket.id);
  EXPECT_TRUE(same_browser->secret.empty());
  const auto other_browser = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(other_browser);
  EXPECT_EQ(other_browser->ticket.id, one->ticket.id);
  EXPECT_FALSE(bank.enrolment.resume(d1(), one->secret)) << "the newest browser carries on";
  EXPECT_TRUE(bank.enrolment.resume(d1(), other_browser->secret));
}

TEST_F(Renewal, made_anew_revokes_the_unconfirmed_one_and_takes_another_key) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const auto lost = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor);
  ASSERT_TRUE(lost);
  ASSERT_TRUE(bank.enrolment.make_anew(d1(), opened->ticket.id, actor));
  EXPECT_TRUE(bank.find(*lost).revoked_at);
  const auto anew = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor);
  ASSERT_TRUE(anew);
  ASSERT_TRUE(bank.enrolment.confirm(d1(), opened->ticket.id, anew->fingerprint));
  int live = 0;
  for (const auto& certificate : bank.certificates_of("keiri01")) live += certificate.revoked_at ? 0 : 1;
  EXPECT_EQ(live, 1);
  EXPECT_EQ(bank.enrolment.make_anew(d1(), opened->ticket.id, actor).error().id, "ticket.stage");
}

TEST_F(Renewal, O23_no_changes_nothing_and_a_new_one_can_be_opened) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const auto cancelled = bank.enrolment.cancel(d1(), opened->ticket.id, actor);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->stage, TicketStage::cancelled);
  EXPECT_EQ(bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor).error().id, "ticket.expired");
  const auto next = bank.enrolment.open_renewal(d1(), first.fingerprint, opened->secret);
  ASSERT_TRUE(next);
  EXPECT_NE(next->ticket.id, opened->ticket.id);
}

TEST_F(Renewal, I6_T15_a_revocation_meanwhile_wins) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  ASSERT_TRUE(bank.holders.revoke(first.authority, first.serial, pki::RevocationReason::key_compromise, "operator", true));
  const auto refused = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "login.certificate");
}

/// What happens between reservation and record happens while the signature is made, of which nobody waits for the other.
class Meanwhile : public Renewal {
 protected:
  void renew_while(const std::function<void()>& act) {
    const auto step = [&](std::string_view point) {
      if (point == "signed") act();
    };
    Enrolment slow(bank.services(step), bank.login);
    const auto opened = slow.open_renewal(d1(), first.fingerprint, "");
    ASSERT_TRUE(opened);
    const auto refused = slow.submit(d1(), opened->ticket.id, make_request(), actor);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "ticket.expired");
    EXPECT_EQ(bank.certificates_of("keiri01").size(), 1U) << "the new one was abandoned";
    EXPECT_EQ(bank.audit_count("certificate.abandoned"), 1);
    EXPECT_FALSE(slow.submit(d1(), opened->ticket.id, make_request(), actor));
  }
};

TEST_F(Meanwhile, I7_T15_a_revocation_while_the_signature_is_made_wins) {
  renew_while([&] {
    EXPECT_TRUE(bank.holders.revoke(first.authority, first.serial, pki::RevocationReason::key_compromise, "operator", true));
  });
}

TEST_F(Meanwhile, I7_T15_a_hold_while_the_signature_is_made_wins) {
  Recovery recovery(bank.services(), bank.login);
  renew_while([&] { EXPECT_TRUE(recovery.hold_lost(d1(), "keiri01", Secret("password-1"), true)); });
  EXPECT_TRUE(bank.find(first).held_at);
}

TEST_F(Renewal, T12_a_key_on_record_is_refused_for_anybody) {
  bank.add_holder("keiri02");
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const auto request = make_request();
  ASSERT_TRUE(bank.enrolment.submit(d1(), opened->ticket.id, request, actor));
  EXPECT_EQ(bank.enrolment.enrol_approved(d1(), "keiri02", request, "ra test").error().id, "key.on_record");
}

TEST_F(Renewal, T14_the_subject_is_ours_whatever_the_request_says) {
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  const auto issued = bank.enrolment.submit(d1(), opened->ticket.id, make_request(), actor);
  ASSERT_TRUE(issued);
  const auto certificate = pki::Certificate::parse(issued->der);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->subject().find("O"), "青空商事株式会社");
  EXPECT_EQ(certificate->subject().find("OU"), "管理者");
  EXPECT_EQ(certificate->subject().find("CN"), "keiri01 経理担当者");
}

TEST_F(Renewal, D2_02_renewing_one_id_leaves_the_other_alone) {
  bank.clock.set(*parse_rfc3339("2027-10-02T10:00:00+09:00"));
  bank.add_holder("riyou01", "d1", Role::user);
  const auto user = bank.certify("riyou01");
  const auto renewed = bank.enrolment.renew(d1(), first.fingerprint, make_request());
  ASSERT_TRUE(renewed);
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *renewed->fingerprint));
  EXPECT_FALSE(bank.find(user).revoked_at);
}

TEST_F(Renewal, est_renewal_repeats_safely_and_wants_a_new_key) {
  const auto request = make_request();
  const auto once = bank.enrolment.renew(d1(), first.fingerprint, request);
  const auto again = bank.enrolment.renew(d1(), first.fingerprint, request);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->der, again->der);
}

TEST_F(Renewal, a_certificate_that_was_never_used_is_confirmed_by_renewing_with_it) {
  bank.add_holder("riyou02", "d1", Role::user);
  const auto fresh = bank.enrolment.enrol_approved(d1(), "riyou02", make_request(), "ra test");
  ASSERT_TRUE(fresh);
  bank.clock.set(fresh->not_after - days{3});
  EXPECT_TRUE(bank.enrolment.renew(d1(), fresh->fingerprint, make_request()));
  EXPECT_TRUE(bank.find(*fresh).confirmed_at);
}

TEST_F(Renewal, kinds_of_key_that_the_profile_does_not_take_are_refused) {
  const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p384);
  const auto request = pki::Csr::make(*key, *pki::Name::make({{"CN", "x"}}));
  ASSERT_TRUE(request);
  const auto opened = bank.enrolment.open_renewal(d1(), first.fingerprint, "");
  ASSERT_TRUE(opened);
  EXPECT_EQ(bank.enrolment.submit(d1(), opened->ticket.id, *request, actor).error().id, "key.not_allowed");
}

class Acquisition : public ::testing::Test {
 protected:
  Acquisition() { bank.add_holder("riyou01", "d2", Role::user); }
  ~Acquisition() override { check_invariants(*bank.store, bank.institutions); }
  const Institution& d2() const { return bank.institution("d2"); }
  std::string released() { return bank.hand_out_code("riyou01", "d2"); }
  auto open(const std::string& password, const std::string& code) {
    return bank.enrolment.open_acquisition(d2(), "riyou01", Secret(password), Secret(code));
  }
  Installation bank;
};

TEST_F(Acquisition, D2_23_after_expiry_takes_password_and_code) {
  const auto old = bank.certify("riyou01", "d2");
  bank.clock.set(*parse_rfc3339("2027-11-02T10:00:00+09:00"));
  const auto opened = open("password-1", released());
  ASSERT_TRUE(opened) << opened.error().id;
  EXPECT_EQ(opened->ticket.kind, TicketKind::acquisition);
  const auto issued = bank.enrolment.submit(d2(), opened->ticket.id, make_request(), "holder");
  ASSERT_TRUE(issued);
  ASSERT_TRUE(bank.enrolment.confirm(d2(), opened->ticket.id, issued->fingerprint));
  EXPECT_EQ(bank.find(old).replaced_by, issued->serial);
}

TEST_F(Acquisition, a_certificate_that_was_never_used_and_expired_stands_in_nobodys_way) {
  const auto first = bank.enrolment.acquire(d2(), "riyou01", Secret("password-1"), Secret(released()), make_request());
  ASSERT_TRUE(first);
  bank.clock.set(*parse_rfc3339("2027-11-05T10:00:00+09:00"));
  const auto opened = open("password-1", released());
  ASSERT_TRUE(opened) << opened.error().id;
  EXPECT_NE(opened->ticket.id, first->ticket);
  EXPECT_EQ(opened->ticket.kind, TicketKind::acquisition);
}

TEST_F(Acquisition, a_lost_browser_takes_its_unused_certificate_over_with_a_new_code) {
  const auto first = bank.enrolment.acquire(d2(), "riyou01", Secret("password-1"), Secret(released()), make_request());
  ASSERT_TRUE(first);
  const auto opened = open("password-1", released());
  ASSERT_TRUE(opened) << opened.error().id;
  EXPECT_EQ(opened->ticket.id, first->ticket);
}

TEST_F(Acquisition, D2_23_day_90_is_the_last) {
  (void)bank.certify("riyou01", "d2");
  bank.clock.set(*parse_rfc3339("2028-01-30T23:00:00+09:00"));  // 2027-11-01 + 90
  EXPECT_TRUE(open("password-1", released()));
}

TEST_F(Acquisition, O6_on_day_91_only_the_bank_can_help) {
  (void)bank.certify("riyou01", "d2");
  bank.clock.set(*parse_rfc3339("2028-01-30T23:00:00+09:00"));
  const std::string code = released();
  bank.clock.set(*parse_rfc3339("2028-01-31T00:00:00+09:00"));
  EXPECT_EQ(open("password-1", code).error().id, "acquisition.closed");
  const auto approved = open("password-1", released());  // the release approves the re-issue
  ASSERT_TRUE(approved);
  EXPECT_EQ(approved->ticket.kind, TicketKind::reissue);
}

TEST_F(Acquisition, T2_password_alone_code_alone_and_a_used_code_get_nothing_and_no_hint) {
  const std::string code = released();
  EXPECT_EQ(open("password-1", "").error().id, "acquisition.refused");
  EXPECT_EQ(open("password-1", "AAAA-BBBB-CCCC-DDDD").error().id, "acquisition.refused");
  EXPECT_EQ(open("wrong", code).error().id, "acquisition.refused");
  EXPECT_EQ(bank.enrolment.open_acquisition(d2(), "nobody", Secret("password-1"), Secret(code)).error().id,
            "acquisition.refused");
  const auto good = open("password-1", code);
  ASSERT_TRUE(good);
  EXPECT_EQ(open("password-1", code).error().id, "acquisition.refused") << "a code opens once";
}

TEST_F(Acquisition, T2_never_while_a_valid_certificate_exists) {
  (void)bank.certify("riyou01", "d2");
  EXPECT_EQ(bank.holders.release_code(d2(), "riyou01", "operator").error().id, "code.not_needed");
}

TEST_F(Acquisition, typing_a_code_in_small_full_width_letters_with_spaces_works) {
  std::string code = released();
  for (char& c : code) c = static_cast<char>(std::tolower(c));
  EXPECT_TRUE(open("password-1", " " + code + "　"));
}

TEST_F(Acquisition, O28_ten_wrong_passwords_rest_a_quarter_of_an_hour) {
  const std::string code = released();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(open("wrong", code).error().id, "acquisition.refused");
  EXPECT_EQ(open("password-1", code).error().id, "login.locked");
  bank.clock.advance(std::chrono::minutes{15});
  EXPECT_TRUE(open("password-1", code));
}

TEST_F(Acquisition, est_enrolment_repeats_after_the_code_was_used) {
  const std::string code = released();
  const auto request = make_request();
  const auto once = bank.enrolment.acquire(d2(), "riyou01", Secret("password-1"), Secret(code), request);
  const auto again = bank.enrolment.acquire(d2(), "riyou01", Secret("password-1"), Secret(code), request);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->der, again->der);
  EXPECT_FALSE(bank.enrolment.acquire(d2(), "riyou01", Secret("wrong"), Secret(code), request));
}

TEST(Bulk, only_what_the_bank_approved_and_once) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto request = make_request();
  const auto once = bank.enrolment.enrol_approved(bank.institution(), "keiri01", request, "ra test");
  const auto again = bank.enrolment.enrol_approved(bank.institution(), "keiri01", request, "ra test");
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->der, again->der);
  EXPECT_EQ(bank.enrolment.enrol_approved(bank.institution(), "keiri01", make_request(), "ra test").error().id,
            "bulk.not_approved");
  EXPECT_EQ(bank.enrolment.enrol_approved(bank.institution(), "nobody", make_request(), "ra test").error().id, "holder.unknown");
  check_invariants(*bank.store, bank.institutions);
}

TEST(Isolation, I14_T16_a_certificate_of_another_bank_shows_nothing_of_it) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  const auto verdict = bank.login.judge(bank.institution("d2"), record.fingerprint);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->kind, CertificateVerdict::Kind::other_bank);
  EXPECT_FALSE(verdict->certificate);
  EXPECT_FALSE(verdict->holder);
}

TEST(Login, sessions_end_with_their_certificate) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  const Institution& d1 = bank.institution();
  EXPECT_EQ(bank.login.open(d1, record.fingerprint, Secret("wrong")).error().id, "login.password");
  const auto opened = bank.login.open(d1, record.fingerprint, Secret("password-1"));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(bank.login.resume(d1, opened->token, record.fingerprint));
  EXPECT_FALSE(bank.login.resume(d1, opened->token, std::nullopt)) << "a cookie without its certificate opens nothing";
  ASSERT_TRUE(bank.holders.revoke(record.authority, record.serial, pki::RevocationReason::key_compromise, "operator", true));
  EXPECT_FALSE(bank.login.resume(d1, opened->token, record.fingerprint)) << "I7";
}

TEST(Login, an_expired_certificate_ends_its_session_at_midnight) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  bank.clock.set(*parse_rfc3339("2027-11-01T23:59:00+09:00"));
  const auto opened = bank.login.open(bank.institution(), record.fingerprint, Secret("password-1"));
  ASSERT_TRUE(opened);
  bank.clock.set(*parse_rfc3339("2027-11-02T00:00:00+09:00"));
  EXPECT_EQ(bank.login.resume(bank.institution(), opened->token, record.fingerprint).error().id, "login.certificate");
}

}  // namespace
}  // namespace inkan::lifecycle
