#include "web/console/console.hpp"

#include <gtest/gtest.h>

#include "support/console_bank.hpp"
#include "support/expect_text.hpp"

namespace inkan::web {
namespace {

using lifecycle::StaffRole;

TEST_F(ConsoleTest, T21_whoever_is_no_staff_gets_a_page_that_says_why_and_no_form) {
  const StaffPerson nobody = StaffPerson::make("nobody");
  for (const char* language : {"ja", "en"}) {
    const bool ja = std::string(language) == "ja";
    Browser browser(*console, language);
    for (const char* path : {"/", "/login", "/search", "/files/keiri01", "/requests"}) {
      const auto page = browser.get(std::string(kDesk) + path);
      EXPECT_EQ(page.status, 403) << path;
      EXPECT_HAS(page.body, ja ? "職員の電子証明書を確認できませんでした" : "No staff certificate was shown");
      EXPECT_HAS(page.body, "B101");
      EXPECT_HAS_NOT(page.body, "<form");
      EXPECT_HAS_NOT(page.body, "サンプル銀行");  // a stranger is not told whose desk this is
    }
    browser.show(nobody.certificate.fingerprint());
    EXPECT_HAS(browser.get("/login").body, ja ? "職員として登録されていません" : "You are not on record as staff");
    EXPECT_HAS(browser.post("/login", "password=desk-password").body, "B103");
    browser.show_refused();
    EXPECT_HAS(browser.get("/login").body, ja ? "この電子証明書では開けません" : "This certificate does not open the desk");
  }
}

TEST_F(ConsoleTest, login_asks_for_the_persons_own_password_and_logs_out) {
  Browser browser(*console);
  browser.show(clerk.certificate.fingerprint());
  const auto page = browser.get(std::string(kDesk) + "/");
  for (const char* part : {"窓口へログイン", "窓口 花子", "担当者", "サンプル銀行", "type=\"password\"", "B105"})
    EXPECT_HAS(page.body, part);
  const auto wrong = browser.post("/login", "password=wrong");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_HAS(wrong.body, "role=\"alert\"");
  EXPECT_HAS(wrong.body, "<title>エラー: ");
  const auto search = browser.post("/login", "password=desk-password");
  EXPECT_HAS(search.body, "<h1>お客さまを探す</h1>");
  EXPECT_HAS(search.body, "action=\"/logout\"");
  EXPECT_HAS(browser.post("/logout").body, "ログアウトしました");
  EXPECT_HAS(browser.get("/search").body, "窓口へログイン");
}

TEST_F(ConsoleTest, ten_wrong_passwords_rest) {
  Browser browser(*console);
  browser.show(clerk.certificate.fingerprint());
  browser.get(std::string(kDesk) + "/login");
  for (int i = 0; i < 6; ++i) browser.post("/login", "password=wrong");
  EXPECT_HAS(browser.post("/login", "password=wrong").body, "あと3回間違えると");
  for (int i = 0; i < 3; ++i) browser.post("/login", "password=wrong");
  const auto page = browser.post("/login", "password=desk-password");
  EXPECT_EQ(page.status, 429);
  EXPECT_HAS(page.body, "15分ほどお待ちください");
}

TEST_F(ConsoleTest, fifteen_minutes_without_use_end_the_session) {
  Browser browser = at_desk(clerk);
  bank.clock.advance(std::chrono::minutes{14});
  EXPECT_HAS(browser.get("/search").body, "<h1>お客さまを探す</h1>");
  bank.clock.advance(std::chrono::minutes{14});
  EXPECT_HAS(browser.get("/search").body, "<h1>お客さまを探す</h1>");
  bank.clock.advance(std::chrono::minutes{15});
  EXPECT_HAS(browser.get("/search").body, "15分以上操作がなかったか");
}

TEST_F(ConsoleTest, T21_a_role_taken_away_counts_from_the_next_request) {
  holder("keiri01", 100);
  Browser browser = at_desk(clerk);
  EXPECT_EQ(browser.get("/files/keiri01").status, 200);
  ASSERT_TRUE(desk.remove_staff({"d1", clerk.login_id}, "test"));
  const auto page = browser.get("/files/keiri01");
  EXPECT_EQ(page.status, 403);
  EXPECT_HAS(page.body, "職員として登録されていません");
  EXPECT_HAS_NOT(page.body, "keiri01");
  EXPECT_EQ(browser.post("/files/keiri01/hold", "why=x").status, 403);
}

TEST_F(ConsoleTest, a_session_is_worth_nothing_with_another_persons_certificate) {
  Browser browser = at_desk(clerk);
  browser.show(approver.certificate.fingerprint());
  EXPECT_HAS(browser.get("/search").body, "窓口へログイン");
  browser.show_nothing();
  EXPECT_EQ(browser.get("/search").status, 403);
}

TEST_F(ConsoleTest, every_answer_carries_the_security_fields_and_other_hosts_get_nothing) {
  Browser browser(*console);
  for (const char* path : {"/", "/nothing", "/assets/x"}) {
    const auto page = browser.send("GET", std::string(kDesk) + path, {}, {});
    const std::string policy(page.headers.find("Content-Security-Policy").value_or(""));
    EXPECT_HAS(policy, "default-src 'none'");
    EXPECT_HAS(policy, "form-action 'self';");
    EXPECT_HAS_NOT(policy, "unsafe");
    EXPECT_HAS_NOT(policy, "connect-src");  // no script of ours sends anything by itself
    EXPECT_EQ(page.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(page.headers.find("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_TRUE(page.headers.find("Strict-Transport-Security"));
  }
  EXPECT_EQ(browser.get("https://d1.localhost:18448/").status, 421);
}

TEST_F(ConsoleTest, T6_a_form_of_another_site_changes_nothing) {
  const auto certificate = holder("keiri01", 100);
  Browser browser = at_desk(clerk);
  for (const auto& [origin, site] : std::vector<std::pair<std::string, std::string>>{{"https://evil.example", "cross-site"},
                                                                                     {"https://d1.localhost:18448", "same-site"},
                                                                                     {kDesk, "cross-site"},
                                                                                     {"null", "cross-site"}}) {
    const auto page =
        browser.send("POST", "/files/keiri01/revoke", "reason=keyCompromise&why=x",
                     {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", origin}, {"Sec-Fetch-Site", site}});
    EXPECT_EQ(page.status, 403) << origin;
    EXPECT_HAS(page.body, "B903");
  }
  EXPECT_EQ(browser.send("GET", "/files/keiri01/request", {}, {}).status, 405);
  EXPECT_FALSE(bank.find(certificate).revoked_at);
}

TEST_F(ConsoleTest, both_languages_by_the_link_at_the_foot) {
  Browser browser = at_desk(clerk);
  EXPECT_HAS(browser.get("/language/en").body, "<h1>Find a customer</h1>");
  EXPECT_HAS(browser.get("/language/ja").body, "<h1>お客さまを探す</h1>");
  EXPECT_EQ(browser.get("/language/xx").status, 404);
}

TEST_F(ConsoleTest, finds_by_company_ID_serial_notice_and_reception_number) {
  const auto certificate = holder("keiri01", 20);
  bank.add_holder("soumu02");
  ASSERT_TRUE(bank.notices.run_day(bank.institution(), bank.institution().zone.day_of(bank.clock.now())));
  Browser browser = at_desk(clerk);
  const auto finds = [&](const std::string& text) { return browser.get("/search?q=" + net::percent_encode(text)).body; };
  for (const std::string& text :
       {std::string("keiri01"), std::string("KEIRI"), std::string("ｋｅｉｒｉ"), certificate.serial.hex()}) {
    const std::string page = finds(text);
    EXPECT_HAS(page, "href=\"/files/keiri01\"");
    EXPECT_HAS_NOT(page, "soumu02");
  }
  const std::string both = finds("青空商事");
  EXPECT_HAS(both, "keiri01");
  EXPECT_HAS(both, "soumu02");
  EXPECT_HAS(both, "見つかったお客さま 2件");
  const std::string number = "N-" + between(browser.get("/files/keiri01").body, ">N-", "<");
  EXPECT_HAS(finds(number), "/files/keiri01");
  EXPECT_HAS(finds("nobody"), "見つかりませんでした");
}

TEST_F(ConsoleTest, T21_the_own_password_is_changed_at_the_desk) {
  Browser browser = at_desk(clerk);
  EXPECT_HAS(browser.get("/search").body, "href=\"/password\">パスワードの変更</a>");
  EXPECT_HAS(browser.get("/password").body, "B107");
  const std::string present = "present=desk-password";
  EXPECT_HAS(browser.post("/password", present + "&wanted=new-password&again=other-password").body, "一致しません");
  EXPECT_HAS(browser.post("/password", "present=x&wanted=new-password&again=new-password").body,
             "いまのパスワードが正しくありません");
  EXPECT_HAS(browser.post("/password", present + "&wanted=short&again=short").body, "8文字以上");
  const auto done = browser.post("/password", present + "&wanted=new-password&again=new-password");
  EXPECT_EQ(done.status, 200);
  EXPECT_HAS(done.body, "パスワードを変更しました");
  EXPECT_HAS(browser.get("/search").body, "窓口へログイン");
}

TEST_F(ConsoleTest, I14_staff_of_another_institution_see_nothing_of_this_one) {
  const auto certificate = holder("keiri01", 20);
  const StaffPerson theirs = StaffPerson::make("tanto99");
  add(theirs, StaffRole::clerk, "d2");
  Browser browser = at_desk(theirs);
  for (const std::string& text : {std::string("keiri01"), std::string("青空"), certificate.serial.hex()})
    EXPECT_HAS_NOT(browser.get("/search?q=" + net::percent_encode(text)).body, "/files/keiri01");
  EXPECT_EQ(browser.get("/files/keiri01").status, 404);
  EXPECT_EQ(browser.post("/files/keiri01/hold", "why=x").status, 404);
  EXPECT_FALSE(bank.find(certificate).held_at);
}

TEST(Console, an_origin_that_is_none_is_refused_at_the_start) {
  Installation bank;
  lifecycle::BankDesk desk(bank.services(), bank.login);
  for (const char* origin : {"", "http://desk.bank.example", "https://", "https://desk.bank.example/x"}) {
    const auto made =
        Console::make({.services = bank.services(), .login = bank.login, .bank_desk = desk, .origin = origin, .catalogue = {}});
    ASSERT_FALSE(made) << origin;
    EXPECT_EQ(made.error().id, "web.origins");
  }
}

}  // namespace
}  // namespace inkan::web
