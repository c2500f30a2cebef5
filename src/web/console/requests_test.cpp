#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "support/console_bank.hpp"
#include "support/expect_text.hpp"

// What needs two persons (O26, T5).
namespace inkan::web {
namespace {

using lifecycle::RequestState;

class RequestTest : public ConsoleTest {
 protected:
  /// lost is an ID whose certificate was revoked.
  lifecycle::CertificateRecord lost(const std::string& login_id = "keiri01") {
    auto certificate = holder(login_id, 100);
    const auto revoked =
        bank.holders.revoke(certificate.authority, certificate.serial, pki::RevocationReason::key_compromise, "test", true);
    check(revoked.has_value(), "a revoked certificate");
    return certificate;
  }
  lifecycle::StaffRequest request(const std::string& number) { return *desk.find_request(bank.institution(), number); }
  static std::string number_of(const Browser& browser) {
    const std::string path = browser.path();
    return path.substr(std::string_view("/requests/").size(), path.find('?') - std::string_view("/requests/").size());
  }
  /// letters are all mails that wait for one address.
  std::vector<lifecycle::Letter> letters(const std::string& address) {
    std::vector<lifecycle::Letter> found;
    const auto read = bank.store->read([&](lifecycle::Reader& reader) -> Result<void> {
      auto waiting = reader.waiting_letters(bank.clock.now(), 100);
      if (!waiting) return fail(waiting);
      for (lifecycle::Letter& letter : *waiting)
        if (letter.to == address) found.push_back(std::move(letter));
      return {};
    });
    check(read.has_value(), "letters");
    return found;
  }
};

TEST_F(RequestTest, O26_a_reissue_takes_two_persons_who_sign_what_is_shown_and_the_code_goes_to_the_customers_mail) {
  lost();
  Browser first = at_desk(clerk);
  const auto form = first.get("/files/keiri01/ask?act=reissue");
  for (const char* part :
       {"本人確認の方法と結果", "折り返しの電話", "name=\"identity_check\"", "name=\"call_back\"", "aria-current=\"step\""})
    EXPECT_HAS(form.body, part);
  const auto statement = first.post("/files/keiri01/ask", kAskReissue);
  ASSERT_EQ(statement.status, 200) << statement.body;
  const std::string shown = statement_on(statement.body);
  for (const char* line : {"institution: d1\n", "act: reissue\n", "login id: keiri01\n", "identity check: 届出印を照合\n",
                           "call back: 10:05 登録番号へ\n", "requested by: tanto01\n"})
    EXPECT_HAS(shown, line);
  EXPECT_HAS(statement.body, "data-key=\"");
  EXPECT_HAS_NOT(statement.body, "name=\"p12");  // file and password are no fields of the form

  const auto asked = sign(first, statement, clerk);
  ASSERT_EQ(asked.status, 200) << asked.body;
  const std::string number = number_of(first);
  EXPECT_TRUE(number.starts_with("R-")) << number;
  EXPECT_HAS(asked.body, "受付番号 " + number);
  EXPECT_HAS(asked.body, "申請した本人は承認できません");
  EXPECT_HAS_NOT(asked.body, "/approve");
  EXPECT_EQ(request(number).state, RequestState::waiting);
  EXPECT_EQ(lifecycle::statement_of(bank.institution(), request(number)), shown);

  Browser other = at_desk(approver);
  EXPECT_HAS(other.get("/requests").body, number);
  EXPECT_HAS(other.get("/requests/" + number).body, "href=\"/requests/" + number + "/approve\"");
  const auto decision = other.get("/requests/" + number + "/approve");
  EXPECT_HAS(statement_on(decision.body), "decision: approved\n");
  EXPECT_HAS(statement_on(decision.body), shown);
  const auto approved = sign(other, decision, approver);
  ASSERT_EQ(approved.status, 200) << approved.body;
  EXPECT_HAS(approved.body, "承認済み");
  EXPECT_HAS(approved.body, "取得コードは、お客さまあてのメールまたは封書にしました");
  EXPECT_EQ(request(number).decided_by, "shonin01");

  const auto mails = letters("keiri01@customer.example");
  const auto code = std::ranges::find_if(mails, [](const auto& letter) { return letter.wipe; });
  ASSERT_NE(code, mails.end());
  const std::string secret = between(code->body, "code=", "\n");
  ASSERT_EQ(secret.size(), 19U) << code->body;
  for (const auto& page : {approved, first.get("/requests/" + number), first.get("/files/keiri01"), other.get("/files/keiri01")})
    EXPECT_HAS_NOT(page.body, secret);
  EXPECT_TRUE(bank.enrolment.acquire(bank.institution(), "keiri01", Secret("password-1"), Secret(secret), make_request()));
  EXPECT_HAS(first.get("/files/keiri01").body, number);
  EXPECT_HAS(first.get("/requests").body, "承認を待っている申請はありません");
}

TEST_F(RequestTest, T5_no_person_decides_the_own_request_and_no_clerk_any) {
  lost();
  Browser own = at_desk(approver);
  const auto asked = ask_reissue(own, approver, "keiri01");
  const std::string number = number_of(own);
  EXPECT_HAS_NOT(asked.body, number + "/approve");
  EXPECT_HAS_NOT(own.get("/requests/" + number + "/approve").body, "data-sign");
  const std::string decision = lifecycle::decision_of(bank.institution(), request(number));
  const auto form = [&](const StaffPerson& person) {
    return "signature=" + net::percent_encode(to_base64(person.sign(decision)));
  };
  const auto same = own.post("/requests/" + number + "/approve", form(approver));
  EXPECT_EQ(same.status, 403);
  EXPECT_HAS(same.body, "申請した本人は承認できません");
  for (const StaffPerson* person : {&clerk, &auditor}) {
    Browser browser = at_desk(*person);
    EXPECT_HAS_NOT(browser.get("/requests/" + number).body, "/approve");
    EXPECT_HAS_NOT(browser.get("/requests/" + number).body, "/refuse");
    EXPECT_EQ(browser.post("/requests/" + number + "/approve", form(*person)).status, 403);
    EXPECT_EQ(browser.post("/requests/" + number + "/refuse", "why=x").status, 403);
  }
  EXPECT_EQ(request(number).state, RequestState::waiting);
  const auto mails = letters("keiri01@customer.example");
  EXPECT_TRUE(std::ranges::none_of(mails, [](const auto& letter) { return letter.wipe && letter.subject == "code"; }));
}

TEST_F(RequestTest, a_signature_of_another_key_or_over_other_words_is_refused_and_the_statement_shown_again) {
  lost();
  Browser browser = at_desk(clerk);
  const auto statement = browser.post("/files/keiri01/ask", kAskReissue);
  const auto forged = sign(browser, statement, approver);
  EXPECT_EQ(forged.status, 403);
  EXPECT_HAS(forged.body, "署名を確認できませんでした");
  EXPECT_HAS(forged.body, "data-sign");
  auto other = statement;
  const std::string wrong = net::percent_encode("照合せず");
  other.body.replace(other.body.find("value=\"届出印を照合\""), std::string("value=\"届出印を照合\"").size(),
                     "value=\"照合せず\"");
  EXPECT_EQ(sign(browser, other, clerk).status, 403);
  for (const char* nonsense : {"signature=", "signature=%25%25", "signature=AAAA"}) {
    const std::string form = "number=R-20261101-000001&act=reissue&identity_check=x&call_back=y&" + std::string(nonsense);
    EXPECT_EQ(browser.post("/files/keiri01/request", form).status, 403) << nonsense;
  }
  EXPECT_TRUE(desk.waiting({.staff = *bank_staff(clerk), .session = {}}, bank.institution())->empty());
}

TEST_F(RequestTest, a_number_that_a_page_made_up_is_refused) {
  lost();
  Browser browser = at_desk(clerk);
  for (const std::string& number : {std::string("R-1"), std::string("x\nact: release"), std::string("<b>"), std::string()}) {
    lifecycle::StaffRequest made_up;
    made_up.number = number;
    made_up.holder = {"d1", "keiri01"};
    made_up.identity_check = "x";
    made_up.call_back = "y";
    made_up.requested_by = clerk.login_id;
    const std::string signature = to_base64(clerk.sign(lifecycle::statement_of(bank.institution(), made_up)));
    const auto page = browser.post("/files/keiri01/request",
                                   "number=" + net::percent_encode(number) +
                                       "&act=reissue&identity_check=x&call_back=y&signature=" + net::percent_encode(signature));
    EXPECT_GE(page.status, 400) << number;
  }
  EXPECT_TRUE(desk.waiting({.staff = *bank_staff(clerk), .session = {}}, bank.institution())->empty());
}

TEST_F(RequestTest, asked_once_and_decided_once) {
  lost();
  Browser first = at_desk(clerk);
  const auto one = first.post("/files/keiri01/ask", kAskReissue);
  const auto two = first.post("/files/keiri01/ask", kAskReissue);
  sign(first, one, clerk);
  const std::string number = number_of(first);
  EXPECT_EQ(sign(first, two, clerk).status, 409);
  EXPECT_EQ(sign(first, one, clerk).status, 409);
  EXPECT_EQ(first.post("/files/keiri01/ask", kAskReissue).status, 409);

  Browser other = at_desk(approver);
  const auto decision = other.get("/requests/" + number + "/approve");
  Browser third = at_desk(second);
  const auto late = third.get("/requests/" + number + "/approve");
  EXPECT_EQ(sign(other, decision, approver).status, 200);
  const auto again = sign(third, late, second);
  EXPECT_EQ(again.status, 409);
  EXPECT_HAS(again.body, "すでに承認されたか却下されています");
}

TEST_F(RequestTest, an_approver_refuses_with_a_reason_and_the_asking_person_withdraws) {
  lost();
  Browser first = at_desk(clerk);
  Browser other = at_desk(approver);
  ask_reissue(first, clerk, "keiri01");
  std::string number = number_of(first);
  EXPECT_EQ(other.post("/requests/" + number + "/refuse", "why=").status, 400);
  const auto refused = other.post("/requests/" + number + "/refuse", "why=" + net::percent_encode("電話番号が違う"));
  EXPECT_HAS(refused.body, "却下・取り下げ");
  EXPECT_HAS(refused.body, "電話番号が違う");
  EXPECT_EQ(request(number).state, RequestState::refused);

  ask_reissue(first, clerk, "keiri01");
  number = number_of(first);
  EXPECT_HAS(first.get("/requests/" + number).body, "取り下げる");
  first.post("/requests/" + number + "/refuse", "why=" + net::percent_encode("本人から取り消し"));
  EXPECT_EQ(request(number).decided_by, "tanto01");
  EXPECT_EQ(other.get("/requests/R-20990101-000001").status, 404);
}

TEST_F(RequestTest, the_end_of_a_hold_takes_two_persons_too) {
  const auto certificate = holder("keiri01", 100);
  Browser first = at_desk(clerk);
  first.post("/files/keiri01/hold", "why=x&knowing=yes");
  const auto form = first.get("/files/keiri01/ask?act=release");
  EXPECT_HAS(form.body, "一時停止の解除");
  const auto statement = first.post("/files/keiri01/ask", "act=release&identity_check=x&call_back=y");
  EXPECT_HAS(statement_on(statement.body), "serial: " + certificate.serial.hex() + "\n");
  sign(first, statement, clerk);
  const std::string number = number_of(first);
  EXPECT_TRUE(bank.find(certificate).held_at);
  Browser other = at_desk(approver, "en");
  const auto done = sign(other, other.get("/requests/" + number + "/approve"), approver);
  EXPECT_HAS(done.body, "Approved");
  EXPECT_FALSE(bank.find(certificate).held_at);
}

TEST_F(RequestTest, what_cannot_be_done_is_refused_before_anybody_signs) {
  holder("keiri01", 100);
  Browser browser = at_desk(clerk);
  const auto needless = browser.post("/files/keiri01/ask", kAskReissue);
  EXPECT_EQ(needless.status, 403);
  EXPECT_HAS(needless.body, "有効な電子証明書があるため、再発行は要りません");
  EXPECT_EQ(browser.post("/files/keiri01/ask", "act=release&identity_check=x&call_back=y").status, 403);
  EXPECT_EQ(browser.post("/files/nobody/ask", kAskReissue).status, 404);
  EXPECT_EQ(browser.get("/files/keiri01/ask?act=everything").status, 404);
}

}  // namespace
}  // namespace inkan::web
