// The bank's desk: one person takes away, two persons give back.

#include "story/life.hpp"
#include "support/printer.hpp"

namespace inkan::lifecycle {
namespace {

class Desk : public Life {
 protected:
  Desk()
      : desk(bank.services(), bank.login),
        clerk(add("tanto01", StaffRole::clerk)),
        approver(add("shonin01", StaffRole::approver)),
        other(add("shonin02", StaffRole::approver)),
        auditor(add("kansa01", StaffRole::auditor)) {}
  StaffPerson add(const std::string& login_id, StaffRole role) {
    StaffPerson person = StaffPerson::make(login_id);
    auto added = desk.add_staff({.id = {"d1", login_id},
                                 .role = role,
                                 .name = "行員",
                                 .password = Secret("staff-password"),
                                 .certificate = person.certificate.der()},
                                "test");
    check(added.has_value(), added ? "" : added.error().id);
    return person;
  }
  StaffOnDuty on_duty(const StaffPerson& person) {
    auto opened = desk.open(d1(), person.certificate.fingerprint(), Secret("staff-password"));
    check(opened.has_value(), opened ? "" : opened.error().id);
    return opened->on_duty;
  }
  Result<StaffRequest> ask(const StaffPerson& person, RequestAct act, const std::string& login_id) {
    auto draft =
        desk.draft(d1(), {"d1", person.login_id},
                   {.act = act, .login_id = login_id, .identity_check = "届出印と電話番号", .call_back = "10:05 代表番号"});
    if (!draft) return draft;
    return desk.ask(d1(), *draft, {.by = person.login_id, .signature = person.sign(statement_of(d1(), *draft))});
  }
  Result<StaffRequest> approve(const StaffPerson& person, const StaffRequest& request) {
    return desk.approve(d1(), request.number, {.by = person.login_id, .signature = person.sign(decision_of(d1(), request))});
  }

  BankDesk desk;
  StaffPerson clerk, approver, other, auditor;
};

/// A deleted certificate is how thieves made banks re-issue one for them (2014). The portal knows two privileges, 管理者 and
/// 利用者.
TEST_F(Desk, T3_a_reissue_brings_back_no_more_than_there_was_and_nothing_from_before) {
  const auto old = bank.certify("keiri01");
  const auto session = bank.login.open(d1(), old.fingerprint, kPassword);
  ASSERT_TRUE(session);
  EXPECT_EQ(acquire("keiri01", "").error().id, "acquisition.has_certificate") << "a deleted one is still valid on record";
  EXPECT_EQ(ask(clerk, RequestAct::reissue, "keiri01").error().code, Code::refused) << "and the bank takes it away first";

  ASSERT_TRUE(desk.revoke(on_duty(clerk), d1(), "keiri01", pki::RevocationReason::key_compromise, "削除された"));
  EXPECT_FALSE(bank.login.resume(d1(), session->token, old.fingerprint));
  posted("");
  const auto request = ask(clerk, RequestAct::reissue, "keiri01");
  ASSERT_TRUE(request) << request.error().id;
  ASSERT_TRUE(approve(other, *request));
  const auto fresh = acquire("keiri01", posted("code"));
  ASSERT_TRUE(fresh) << fresh.error().id;
  EXPECT_FALSE(bank.login.resume(d1(), session->token, fresh->fingerprint)) << "no session comes back";
  EXPECT_NE(judge(old), CertificateVerdict::Kind::good);
  const auto subject = [](const CertificateRecord& record) { return pki::Certificate::parse(record.der)->subject().der(); };
  EXPECT_EQ(subject(*fresh), subject(old));

  const LoggedIn who = log_in(*fresh);
  EXPECT_EQ(who.holder.role, Role::user);
  EXPECT_EQ(company.members(d1(), who).error().id, "company.not_administrator");
  int live = 0;
  for (const auto& each : bank.certificates_of("keiri01")) live += each.revoked_at ? 0 : 1;
  EXPECT_EQ(live, 1);
}

TEST_F(Desk, T5_a_reissue_needs_two_persons_who_sign_and_its_code_goes_to_the_customer) {
  const auto old = bank.certify("keiri01");
  ASSERT_TRUE(desk.revoke(on_duty(clerk), d1(), "keiri01", pki::RevocationReason::key_compromise, "盗難"));
  EXPECT_EQ(acquire("keiri01", "", old.fingerprint).error().id, "acquisition.closed");
  posted("");
  const auto request = ask(approver, RequestAct::reissue, "keiri01");
  ASSERT_TRUE(request) << request.error().id;
  EXPECT_EQ(approve(approver, *request).error().id, "request.same_person");
  EXPECT_EQ(approve(clerk, *request).error().id, "staff.role");
  EXPECT_EQ(approve(auditor, *request).error().id, "staff.role");
  EXPECT_EQ(desk.approve(d1(), request->number, {.by = other.login_id, .signature = approver.sign(decision_of(d1(), *request))})
                .error()
                .id,
            "request.signature")
      << "somebody else's hand";
  EXPECT_EQ(desk.approve(d1(), request->number, {.by = other.login_id, .signature = other.sign(statement_of(d1(), *request))})
                .error()
                .id,
            "request.signature")
      << "a signature over something else";
  ASSERT_TRUE(approve(other, *request));
  EXPECT_EQ(approve(other, *request).error().id, "request.decided");
  const std::string code = posted("code");
  ASSERT_FALSE(code.empty());
  EXPECT_TRUE(acquire("keiri01", code));
}

TEST_F(Desk, T5_a_first_code_needs_two_persons_and_goes_to_the_registered_address) {
  bank.add_holder("atarashii01");
  policy().first_code = FirstCode::mail;
  EXPECT_EQ(bank.holders.release_code(d1(), "atarashii01", "operator").error().id, "code.two_persons");
  EXPECT_EQ(ask(clerk, RequestAct::reissue, "atarashii01").error().id, "code.first") << "what is signed says what is done";
  const auto request = ask(approver, RequestAct::first, "atarashii01");
  ASSERT_TRUE(request) << request.error().id;
  EXPECT_EQ(approve(approver, *request).error().id, "request.same_person");
  posted("");
  ASSERT_TRUE(approve(other, *request));
  const std::string code = posted("code");
  ASSERT_FALSE(code.empty());
  const auto issued = acquire("atarashii01", code);
  ASSERT_TRUE(issued);
  ASSERT_TRUE(bank.enrolment.confirm_use(d1(), *issued->fingerprint));
  EXPECT_EQ(ask(clerk, RequestAct::first, "atarashii01").error().id, "code.not_needed");
  ASSERT_TRUE(desk.revoke(on_duty(clerk), d1(), "atarashii01", pki::RevocationReason::key_compromise, "盗難", true));
  EXPECT_EQ(ask(clerk, RequestAct::first, "atarashii01").error().id, "code.not_first");
}

TEST_F(Desk, T5_a_code_by_post_is_sealed_for_the_printer_and_nobody_else_reads_it) {
  const Printer printer;
  bank.add_holder("yubin01");
  policy().first_code = FirstCode::letter;
  policy().printer = printer.certificate();
  const auto request = ask(clerk, RequestAct::first, "yubin01");
  ASSERT_TRUE(request) << request.error().id;
  ASSERT_TRUE(approve(approver, *request));
  EXPECT_TRUE(posted("code").empty()) << "no mail carries it";
  const auto letters = bank.outbox.sealed(d1(), 10);
  ASSERT_TRUE(letters);
  ASSERT_EQ(letters->size(), 1U);
  const auto sealed = parse_base64(letters->front().body);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(Printer().open(*sealed), "") << "somebody else's key";
  const std::string text = printer.open(*sealed);
  const auto at = text.find("code=");
  ASSERT_NE(at, std::string::npos) << text;
  ASSERT_TRUE(bank.outbox.settle_printed(letters->front(), "operator"));
  EXPECT_TRUE(bank.outbox.sealed(d1(), 10)->empty());
  EXPECT_TRUE(acquire("yubin01", text.substr(at + 5, 19)));
}

TEST_F(Desk, T5_an_ID_without_an_address_gets_its_code_by_post_or_not_at_all) {
  std::vector<NewHolder> one;
  one.push_back({.id = {"d1", "ashinaga01"},
                 .role = Role::user,
                 .company = "青空商事株式会社",
                 .name = "経理担当者",
                 .mail = "",
                 .password = Secret("password-1")});
  ASSERT_TRUE(bank.holders.add(one, "test"));
  policy().first_code = FirstCode::mail;
  EXPECT_EQ(ask(clerk, RequestAct::first, "ashinaga01").error().id, "recovery.no_address");
  policy().printer = Printer().certificate();
  const auto request = ask(clerk, RequestAct::first, "ashinaga01");
  ASSERT_TRUE(request) << request.error().id;
  ASSERT_TRUE(approve(approver, *request));
  EXPECT_EQ(bank.outbox.sealed(d1(), 10)->size(), 1U);
}

TEST_F(Desk, a_draft_uses_up_no_number_and_one_that_is_taken_is_refused) {
  (void)bank.certify("keiri01");
  bank.add_holder("keiri02");
  (void)bank.certify("keiri02");
  ASSERT_TRUE(desk.revoke(on_duty(clerk), d1(), "keiri01", pki::RevocationReason::key_compromise, "盗難"));
  ASSERT_TRUE(desk.revoke(on_duty(clerk), d1(), "keiri02", pki::RevocationReason::key_compromise, "盗難", true));
  const auto request = ask(clerk, RequestAct::reissue, "keiri01");
  ASSERT_TRUE(request);
  auto draft = desk.draft(d1(), {"d1", approver.login_id},
                          {.act = RequestAct::reissue, .login_id = "keiri02", .identity_check = "届出印", .call_back = "10:05"});
  ASSERT_TRUE(draft);
  draft->number = request->number;
  EXPECT_EQ(desk.ask(d1(), *draft, {.by = approver.login_id, .signature = approver.sign(statement_of(d1(), *draft))}).error().id,
            "request.running");
}

TEST_F(Desk, O26_one_person_holds_and_two_release) {
  const auto certificate = bank.certify("keiri01");
  const auto administrator = log_in(bank.certify("kanri01"));
  EXPECT_EQ(desk.hold(on_duty(auditor), d1(), "keiri01", "電話").error().id, "staff.role");
  ASSERT_TRUE(desk.hold(on_duty(clerk), d1(), "keiri01", "電話"));
  EXPECT_EQ(company.release(d1(), administrator, "keiri01").error().id, "company.second_person") << "the bank held it";
  const auto request = ask(clerk, RequestAct::release, "keiri01");
  ASSERT_TRUE(request);
  EXPECT_EQ(ask(approver, RequestAct::release, "keiri01").error().id, "request.running");
  ASSERT_TRUE(approve(approver, *request));
  EXPECT_EQ(judge(certificate), CertificateVerdict::Kind::good);
}

TEST_F(Desk, O25_T5_the_bank_takes_over_what_the_company_holds_and_two_of_its_persons_alone_release_it) {
  const auto certificate = bank.certify("keiri01");
  const auto first = log_in(bank.certify("kanri01"));
  const auto second = log_in(bank.certify("kanri02"));
  ASSERT_TRUE(company.hold(d1(), first, "keiri01", false));
  ASSERT_TRUE(desk.hold(on_duty(clerk), d1(), "keiri01", "盗難の電話"));
  EXPECT_EQ(bank.find(certificate).held_by, "staff d1/tanto01");
  EXPECT_EQ(told("keiri01", "held"), 2);
  EXPECT_EQ(company.release(d1(), second, "keiri01").error().id, "company.second_person");
  EXPECT_EQ(desk.hold(on_duty(approver), d1(), "keiri01", "もう一度").error().id, "hold.nothing") << "it is the bank's already";
  EXPECT_EQ(company.hold(d1(), first, "keiri01", false).error().id, "hold.nothing") << "and nobody takes it back";
  const auto request = ask(clerk, RequestAct::release, "keiri01");
  ASSERT_TRUE(request) << request.error().id;
  EXPECT_EQ(approve(clerk, *request).error().id, "staff.role");
  ASSERT_TRUE(approve(approver, *request));
  EXPECT_EQ(judge(certificate), CertificateVerdict::Kind::good);
}

TEST_F(Desk, O25_what_a_holder_stopped_at_night_the_bank_takes_over_in_the_morning) {
  const auto certificate = bank.certify("kanri01");
  bank.certify("kanri02");
  ASSERT_TRUE(recovery.hold_lost(d1(), "kanri01", kPassword));
  ASSERT_TRUE(desk.hold(on_duty(clerk), d1(), "kanri01", "折り返しで確認"));
  EXPECT_EQ(bank.find(certificate).held_by, "staff d1/tanto01");
}

TEST_F(Desk, O26_the_bank_too_is_told_that_it_takes_the_last_administrator) {
  const auto certificate = bank.certify("kanri01");
  EXPECT_EQ(desk.hold(on_duty(clerk), d1(), "kanri01", "電話").error().id, "company.last_administrator");
  EXPECT_EQ(desk.revoke(on_duty(clerk), d1(), "kanri01", pki::RevocationReason::unspecified, "電話").error().id,
            "company.last_administrator");
  EXPECT_EQ(
      bank.holders.revoke(certificate.authority, certificate.serial, pki::RevocationReason::unspecified, "operator").error().id,
      "company.last_administrator");
  EXPECT_EQ(judge(certificate), CertificateVerdict::Kind::good) << "nothing was done";
  EXPECT_EQ(told("kanri01", "held"), 0);
  ASSERT_TRUE(desk.hold(on_duty(clerk), d1(), "kanri01", "電話", true));
  ASSERT_TRUE(desk.revoke(on_duty(clerk), d1(), "kanri01", pki::RevocationReason::unspecified, "電話", true));
}

TEST_F(Desk, T21_a_person_changes_the_own_password_and_every_session_ends) {
  const Secret old("staff-password"), fresh("a-new-password");
  const auto opened = desk.open(d1(), clerk.certificate.fingerprint(), old);
  ASSERT_TRUE(opened);
  const StaffId id{"d1", "tanto01"};
  EXPECT_EQ(desk.change_password(id, Secret("wrong"), fresh).error().id, "login.password");
  EXPECT_EQ(desk.change_password(id, old, Secret("short")).error().id, "staff.password");
  EXPECT_EQ(desk.change_password(id, old, old).error().id, "staff.password");
  EXPECT_EQ(desk.change_password({"d1", "nobody"}, old, fresh).error().id, "staff.unknown");
  ASSERT_TRUE(desk.change_password(id, old, fresh));
  EXPECT_EQ(desk.resume(d1(), opened->token, clerk.certificate.fingerprint()).error().id, "login.no_session");
  EXPECT_EQ(desk.open(d1(), clerk.certificate.fingerprint(), old).error().id, "login.password");
  EXPECT_TRUE(desk.open(d1(), clerk.certificate.fingerprint(), fresh));
  EXPECT_EQ(bank.audit_count("staff.password_changed"), 1);
}

TEST_F(Desk, T21_the_login_id_of_somebody_who_left_stays_taken) {
  ASSERT_TRUE(desk.remove_staff({"d1", "tanto01"}, "test"));
  EXPECT_EQ(desk.change_password({"d1", "tanto01"}, Secret("staff-password"), Secret("a-new-password")).error().id,
            "staff.unknown");
  const StaffPerson next = StaffPerson::make("tanto01");
  const auto again = desk.add_staff({.id = {"d1", "TANTO01"},
                                     .role = StaffRole::clerk,
                                     .name = "別の人",
                                     .password = Secret("staff-password"),
                                     .certificate = next.certificate.der()},
                                    "test");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().id, "staff.exists");
  EXPECT_NE(again.error().detail.find("who left"), std::string::npos);
}

TEST_F(Desk, T5_no_code_goes_to_an_address_that_changed_this_week) {
  const auto user = log_in(bank.certify("keiri01"));
  posted("");
  ASSERT_TRUE(contacts.add(d1(), user, "thief@elsewhere.example"));
  ASSERT_TRUE(contacts.check(d1(), user, "thief@elsewhere.example", Secret(posted("address_check"))));
  ASSERT_TRUE(contacts.make_main(d1(), user, "thief@elsewhere.example"));
  ASSERT_TRUE(desk.revoke(on_duty(clerk), d1(), "keiri01", pki::RevocationReason::unspecified, "申し出"));
  EXPECT_EQ(ask(clerk, RequestAct::reissue, "keiri01").error().id, "recovery.address_new");
  bank.clock.advance(days{7});
  EXPECT_TRUE(ask(clerk, RequestAct::reissue, "keiri01"));
}

TEST_F(Desk, T21_a_person_who_left_does_nothing_from_the_next_call_on) {
  bank.certify("keiri01");
  const auto opened = desk.open(d1(), clerk.certificate.fingerprint(), Secret("staff-password"));
  ASSERT_TRUE(opened);
  ASSERT_TRUE(desk.remove_staff({"d1", "tanto01"}, "test"));
  EXPECT_FALSE(desk.resume(d1(), opened->token, clerk.certificate.fingerprint()));
  EXPECT_FALSE(desk.hold(opened->on_duty, d1(), "keiri01", "電話"));
  EXPECT_FALSE(desk.find(opened->on_duty, d1(), "keiri01"));
  EXPECT_FALSE(desk.open(d1(), clerk.certificate.fingerprint(), Secret("staff-password")));
}

TEST_F(Desk, the_desk_finds_by_id_company_serial_notice_and_request) {
  const auto certificate = bank.certify("keiri01");
  const auto who = on_duty(clerk);
  EXPECT_EQ(desk.find(who, d1(), "ＫＥＩＲＩ０１")->size(), 1U);
  EXPECT_EQ(desk.find(who, d1(), "青空")->size(), 3U);
  EXPECT_EQ(desk.find(who, d1(), certificate.serial.hex())->front().holder.id.login_id, "keiri01");
  const auto file = desk.open_file(who, d1(), "keiri01");
  ASSERT_TRUE(file);
  ASSERT_FALSE(file->notices.empty());
  EXPECT_EQ(desk.find(who, d1(), file->notices.front().number)->size(), 1U);
  EXPECT_FALSE(file->timeline.empty());
  EXPECT_EQ(desk.find(who, d1(), "%")->size(), 0U);
  EXPECT_EQ(bank.audit_count("file.read"), 1);
}

}  // namespace
}  // namespace inkan::lifecycle
