#include <gtest/gtest.h>

#include "support/portal_bank.hpp"

// 「この証明書」 and the addresses, without a browser.
namespace inkan::web {
namespace {

class OwnTest : public PortalTest {
 protected:
  lifecycle::AcquisitionPolicy& policy() { return const_cast<lifecycle::Institution&>(**institutions.find("d1")).acquisition; }
  /// inside is a browser that is logged in; a second 管理者 stands by so that nobody is the last.
  Browser inside(const std::string& login_id = "kanri01", int days = 100) {
    const auto certificate = holder(login_id, days);
    Browser browser(*portal);
    to_notices(browser, certificate);
    return browser;
  }
  void second() {
    bank.add_holder("kanri02");
    bank.certify("kanri02");
  }
  std::string letter(const std::string& kind, const std::string& to = {}) {
    std::string body;
    const auto claimed = bank.outbox.claim(100);
    check(claimed.has_value(), "claim");
    for (const lifecycle::Letter& one : *claimed) {
      if (one.subject == kind && (to.empty() || one.to == to)) body = one.body;
      check(bank.outbox.settle_accepted(one).has_value(), "settle");
    }
    return body;
  }
};

TEST_F(OwnTest, shows_the_certificate_and_what_may_be_done) {
  Browser browser = inside();
  EXPECT_HAS(browser.get("/notices").body, "href=\"/certificate\"");
  const auto page = browser.get("/certificate");
  for (const char* part : {"<h1>この証明書</h1>", "S211", "kanri01", "有効", "管理者", "/certificate/hold", "/certificate/revoke",
                           "/addresses", "/company", "御社の別の管理者が"})
    EXPECT_HAS(page.body, part);
  EXPECT_HAS_NOT(page.body, "/certificate/computer");
  EXPECT_EQ(browser.get("/certificate/computer").status, 404);
  EXPECT_EQ(browser.post("/certificate/computer", "password=password-1").status, 404);
}

TEST_F(OwnTest, O18_the_mails_that_a_profile_adds_can_be_stopped_and_had_again) {
  auto& renewal = const_cast<lifecycle::Institution&>(**institutions.find("d1")).renewal;
  Browser browser = inside();
  EXPECT_HAS_NOT(browser.get("/certificate").body, "/certificate/mute");
  renewal.more_mail_days = {3, 20, 0};
  renewal.grace_mail_days = {30, 1};
  const auto page = browser.get("/certificate");
  for (const char* part : {"30日前、10日前のお知らせは、いつもお送りします", "有効期限の20日前、3日前、当日",
                           "有効期限の1日後、30日後", "action=\"/certificate/mute\"", "追加のお知らせを止める"})
    EXPECT_HAS(page.body, part);
  const auto muted = browser.post("/certificate/mute", "");
  EXPECT_EQ(browser.path(), "/certificate");
  EXPECT_HAS(muted.body, "追加のお知らせを止めています。");
  EXPECT_HAS_NOT(muted.body, "action=\"/certificate/mute\"");
  const auto heard = browser.post("/certificate/unmute", "");
  EXPECT_HAS(heard.body, "追加のお知らせを止める");
  EXPECT_EQ(bank.audit_count("notice.muted"), 1);
  EXPECT_EQ(bank.audit_count("notice.unmuted"), 1);
}

TEST_F(OwnTest, O18_a_profile_that_adds_only_days_after_expiry_names_no_others) {
  const_cast<lifecycle::Institution&>(**institutions.find("d1")).renewal.grace_mail_days = {75};
  Browser browser = inside();
  const auto page = browser.get("/certificate");
  EXPECT_HAS(page.body, "有効期限の75日後");
  EXPECT_HAS_NOT(page.body, "<li>有効期限の</li>");
}

TEST_F(OwnTest, nothing_opens_without_a_session) {
  const auto certificate = holder("kanri01", 100);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  browser.get(portal_of("d1") + "/certificate-login");
  for (const char* path :
       {"/certificate", "/certificate/hold", "/certificate/revoke", "/addresses", "/company", "/company/calendar",
        "/company/ids.csv", "/company/renewals.ics", "/company/id?id=kanri01", "/company/act/hold?id=kanri01"})
    EXPECT_HAS(browser.get(path).body, "type=\"password\"");
  for (const char* path :
       {"/certificate/hold", "/certificate/revoke", "/certificate/mute", "/addresses/add", "/company/act/hold"})
    EXPECT_HAS(browser.post(path, "login_id=kanri01&knowing=yes&reason=keyCompromise&address=a@b.example").body,
               "type=\"password\"");
  EXPECT_FALSE(bank.find(certificate).held_at);
  EXPECT_FALSE(bank.find(certificate).revoked_at);
}

TEST_F(OwnTest, T6_no_other_site_can_act) {
  Browser browser = inside();
  for (const char* path :
       {"/certificate/hold", "/certificate/revoke", "/certificate/mute", "/certificate/unmute", "/addresses/add",
        "/addresses/main", "/addresses/check", "/addresses/remove", "/company/act/hold", "/company/act/revoke"}) {
    const auto page = browser.send("POST", path, "login_id=kanri01&knowing=yes&reason=keyCompromise",
                                   {{"Content-Type", "application/x-www-form-urlencoded"},
                                    {"Origin", "https://d1.localhost:18443"},
                                    {"Sec-Fetch-Site", "same-site"}});
    EXPECT_EQ(page.status, 403) << path;
    EXPECT_HAS(page.body, "E903");
  }
}

TEST_F(OwnTest, O26_hold_warns_the_last_administrator_and_names_the_consequence) {
  const auto certificate = holder("kanri01", 100);
  Browser browser(*portal);
  to_notices(browser, certificate);
  EXPECT_HAS(browser.get("/certificate/hold").body, "ご自分では解除できません");
  const auto warned = browser.post("/certificate/hold");
  EXPECT_EQ(warned.status, 409);
  EXPECT_HAS(warned.body, "最後の管理者");
  EXPECT_HAS(warned.body, "name=\"knowing\"");
  EXPECT_FALSE(bank.find(certificate).held_at);
  const auto held = browser.post("/certificate/hold", "knowing=yes");
  EXPECT_HAS(held.body, "<h1>一時停止しました</h1>");
  EXPECT_HAS(held.body, "S213");
  EXPECT_HAS_NOT(held.body, "/logout");
  EXPECT_TRUE(bank.find(certificate).held_at);
  EXPECT_HAS(browser.get("/certificate").body, "E106");
}

TEST_F(OwnTest, O26_revoke_asks_for_a_reason_and_says_that_it_is_for_good) {
  const auto certificate = holder("kanri01", 100);
  second();
  Browser browser(*portal);
  to_notices(browser, certificate);
  const auto form = browser.get("/certificate/revoke");
  EXPECT_HAS(form.body, "元に戻すことはできません");
  for (const char* wrong : {"", "reason=superseded", "reason=%3Cscript%3E"}) {
    const auto page = browser.post("/certificate/revoke", wrong);
    EXPECT_EQ(page.status, 403);
    EXPECT_HAS(page.body, "理由を選んでください");
  }
  EXPECT_HAS(browser.post("/certificate/revoke", "reason=cessationOfOperation").body, "<h1>失効しました</h1>");
  EXPECT_EQ(bank.find(certificate).reason, pki::RevocationReason::cessation_of_operation);
  EXPECT_HAS(browser.get("/certificate").body, "E105");
}

TEST_F(OwnTest, O11_another_computer_asks_the_password_and_shows_the_code_once) {
  policy().computer_change = lifecycle::ComputerChange::self;
  Browser browser = inside();
  EXPECT_HAS(browser.get("/certificate").body, "href=\"/certificate/computer\"");
  const auto wrong = browser.post("/certificate/computer", "password=no");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_HAS(wrong.body, "パスワードが正しくありません");
  const auto page = browser.post("/certificate/computer", "password=password-1");
  EXPECT_HAS(page.body, "S217");
  EXPECT_HAS(page.body, "このコードを電話でお尋ねすることはありません。");
  const std::string code = between(page.body, "id=\"code-made\">", "<");
  EXPECT_EQ(page.headers.find("Cache-Control"), "no-store");
  EXPECT_HAS_NOT(browser.get("/certificate/computer").body, code);
  EXPECT_FALSE(letter("computer_change").empty());
  Browser other(*portal);
  other.get(portal_of("d1") + "/acquisition");
  EXPECT_HAS(other.post("/acquisition", "login_id=kanri01&password=password-1&code=" + code).body, "電子証明書取得開始");
  policy().computer_change = lifecycle::ComputerChange::staff;
  EXPECT_HAS(browser.get("/certificate").body, "当行へご連絡ください。ご本人であることを確認したうえで");
}

TEST_F(OwnTest, A3_an_address_is_added_checked_made_the_main_one_and_the_other_removed) {
  Browser browser = inside();
  const auto before = browser.get("/addresses");
  EXPECT_HAS(before.body, "S221");
  EXPECT_HAS(before.body, "kanri01@");
  EXPECT_HAS_NOT(before.body, "action=\"/addresses/remove\"");
  const std::string old = between(before.body, "id=\"address-1\">", "<");
  EXPECT_HAS(browser.post("/addresses/add", "address=no+address").body, "形が正しくありません");
  const auto added = browser.post("/addresses/add", "address=new%40company.example");
  EXPECT_EQ(browser.path(), "/addresses?said=added");
  EXPECT_HAS(added.body, "確認のコードをお送りしました");
  EXPECT_HAS(added.body, "確認待ち");
  const std::string code = between(letter("address_check", "new@company.example"), "code=", "\n");
  ASSERT_FALSE(code.empty());
  EXPECT_HAS(browser.post("/addresses/main", "address=new%40company.example").body, "確認が済んでいない");
  EXPECT_HAS(browser.post("/addresses/check", "address=new%40company.example&code=AAAA").body, "コードが正しくないか");
  EXPECT_HAS(browser.post("/addresses/check", "address=new%40company.example&code=" + code).body, "アドレスを確認しました");
  EXPECT_HAS(browser.post("/addresses/add", "address=new%40company.example").body, "すでに登録されています");
  EXPECT_HAS(browser.post("/addresses/main", "address=new%40company.example").body, "主なアドレスを変更しました");
  EXPECT_HAS(browser.post("/addresses/remove", "sure=yes&address=new%40company.example").body, "主なアドレスは外せません");
  const auto asked = browser.post("/addresses/remove", "address=" + net::percent_encode(old));
  EXPECT_HAS(asked.body, "S222");
  EXPECT_HAS(browser.get("/addresses").body, old);
  EXPECT_HAS(browser.post("/addresses/remove", "sure=yes&address=" + net::percent_encode(old)).body, "アドレスを外しました");
  EXPECT_HAS_NOT(browser.get("/addresses").body, old);
  EXPECT_HAS(browser.post("/addresses/remove", "sure=yes&address=x%40y.example").body, "登録されていません");
  EXPECT_HAS_NOT(browser.get("/addresses?said=lead").body, "role=\"status\"");
}

TEST_F(OwnTest, O15_an_address_that_mail_does_not_reach_is_named_at_the_next_login) {
  const auto certificate = holder("kanri01", 20);
  Browser browser(*portal);
  EXPECT_HAS_NOT(to_notices(browser, certificate).body, "メールが届いていません");
  browser.post("/certificate/hold");  // warns: nothing happens
  check(bank.notices.run_day(bank.institution(), bank.institution().zone.day_of(bank.clock.now())).has_value(), "daily");
  const auto claimed = bank.outbox.claim(10);
  ASSERT_TRUE(claimed);
  ASSERT_FALSE(claimed->empty());
  ASSERT_TRUE(contacts.record_bounce({.letter = claimed->front().id, .hard = true, .status = "5.1.1", .text = "no such user"}));
  const auto page = to_notices(browser, certificate);
  EXPECT_HAS(page.body, "メールが届いていません");
  EXPECT_HAS(page.body, "href=\"/addresses\"");
  EXPECT_HAS(browser.get("/addresses").body, "主なアドレスにメールが届いていません");
}

}  // namespace
}  // namespace inkan::web
