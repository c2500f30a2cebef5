#include "lifecycle/company.hpp"

#include <gtest/gtest.h>

#include "support/portal_bank.hpp"

// 「御社のID」 without a browser: a company of two 管理者 and two 利用者.
namespace inkan::web {
namespace {

using lifecycle::Role;

class CompanyTest : public PortalTest {
 protected:
  /// issue puts an ID on record and gives it a certificate, some days from now.
  lifecycle::CertificateRecord issue(const std::string& login_id, Role role, int days) {
    bank.clock.advance(std::chrono::hours{24 * days});
    bank.add_holder(login_id, "d1", role);
    return bank.certify(login_id);
  }
  lifecycle::AcquisitionPolicy& policy() { return const_cast<lifecycle::Institution&>(**institutions.find("d1")).acquisition; }
  Browser as(const lifecycle::CertificateRecord& certificate) {
    Browser browser(*portal);
    to_notices(browser, certificate);
    return browser;
  }

  const lifecycle::CertificateRecord first = issue("keiri01", Role::user, 0);
  const lifecycle::CertificateRecord one = issue("kanri01", Role::administrator, 10);  // ends ten days after the user's
  const lifecycle::CertificateRecord two = issue("kanri02", Role::administrator, 0);
};

TEST_F(CompanyTest, O8_lists_the_ids_of_the_contract_by_expiry) {
  bank.add_holder("keiri02", "d1", Role::user);
  std::vector<lifecycle::NewHolder> other;
  other.push_back(
      {.id = {"d1", "other01"}, .company = "株式会社みどり製作所", .name = "経理", .mail = "", .password = Secret("x")});
  ASSERT_TRUE(bank.holders.add(other, "test"));
  Browser browser = as(one);
  const auto page = browser.get("/company");
  EXPECT_HAS(page.body, "S231");
  EXPECT_HAS(page.body, "IDの一覧（4件");
  EXPECT_LT(page.body.find(">keiri01</a>"), page.body.find(">kanri01</a>"));
  EXPECT_LT(page.body.find(">kanri02</a>"), page.body.find(">keiri02</a>")) << "no certificate comes last";
  EXPECT_HAS(page.body, "未取得（");
  EXPECT_HAS(page.body, to_slashes(first.expiry_day));
  EXPECT_HAS(page.body, "<th scope=\"row\"><a href=\"/company/id?id=keiri01\">keiri01</a></th>");
  EXPECT_HAS_NOT(page.body, "other01");
  EXPECT_EQ(browser.get("/company/id?id=other01").status, 404);
  EXPECT_EQ(browser.post("/company/act/hold", "login_id=other01").status, 404);
  EXPECT_EQ(browser.get("/company/act/delete?id=keiri01").status, 404);
  EXPECT_EQ(browser.post("/company/act/delete", "login_id=keiri01").status, 404);
}

TEST_F(CompanyTest, a_user_sees_and_does_nothing) {
  Browser browser = as(first);
  EXPECT_HAS_NOT(browser.get("/notices").body, "/company");
  for (const char* path : {"/company", "/company/calendar", "/company/ids.csv", "/company/renewals.ics", "/company/id?id=kanri01",
                           "/company/act/hold?id=kanri01"}) {
    const auto page = browser.get(path);
    EXPECT_EQ(page.status, 403) << path;
    EXPECT_HAS(page.body, "E214");
    EXPECT_HAS_NOT(page.body, "kanri01");
  }
  EXPECT_EQ(browser.post("/company/act/hold", "login_id=kanri01").status, 403);
  EXPECT_FALSE(bank.find(one).held_at);
}

TEST_F(CompanyTest, O8_a_user_who_expires_soon_stands_on_the_notices_of_a_管理者) {
  days_before(first, 31);
  Browser browser = as(one);
  EXPECT_HAS_NOT(browser.get("/notices").body, "有効期限が近い電子証明書");
  EXPECT_HAS(browser.get("/company?show=expiring").body, "いま更新が必要なIDはありません");
  days_before(first, 25);
  Browser later = as(one);
  const auto page = later.get("/notices");
  EXPECT_HAS(page.body, "10日以内に0件、30日以内に1件");
  EXPECT_HAS(page.body, "/company/id?id=keiri01");
  const auto few = later.get("/company?show=expiring");
  EXPECT_HAS(few.body, "IDの一覧（1件");
  EXPECT_HAS(few.body, "更新できます（残り 25 日）");
  days_before(first, 8);
  EXPECT_HAS(as(one).get("/notices").body, "10日以内に1件、30日以内に2件");
}

TEST_F(CompanyTest, the_calendar_is_a_table_of_a_month) {
  Browser browser = as(one);
  const auto now = browser.get("/company/calendar");
  EXPECT_HAS(now.body, "<caption id=\"month\">2026年11月</caption>");
  EXPECT_HAS(now.body, "aria-current=\"date\"");
  const std::string month = to_iso(first.expiry_day).substr(0, 7);
  const auto page = browser.get("/company/calendar?month=" + month);
  EXPECT_HAS(page.body, "<th scope=\"col\">日</th>");
  EXPECT_HAS(page.body, "<a href=\"/company/id?id=keiri01\">keiri01</a> 有効期限");
  const std::string earlier = to_iso(first.expiry_day - std::chrono::days{30}).substr(0, 7);
  EXPECT_HAS(browser.get("/company/calendar?month=" + earlier).body, "keiri01</a> 更新開始");
  for (const char* odd : {"2026-13", "x", "99999-01", "2026-1", "%3Cscript%3E"})
    EXPECT_HAS(browser.get(std::string("/company/calendar?month=") + odd).body, "2026年11月");
}

TEST_F(CompanyTest, the_files_hold_the_list_and_the_days_and_no_more) {
  Browser browser = as(one);
  const auto csv = browser.get("/company/ids.csv");
  EXPECT_EQ(csv.headers.find("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_HAS(std::string(*csv.headers.find("Content-Disposition")), "attachment; filename=\"ids-20261111.csv\"");
  EXPECT_TRUE(csv.body.starts_with("\xEF\xBB\xBFログインID,区分,氏名・役職,状態,有効期限,残り日数,メール\r\n")) << csv.body;
  EXPECT_HAS(csv.body, "\r\nkeiri01,利用者,");
  EXPECT_HAS(csv.body, to_iso(first.expiry_day));

  const auto ics = browser.get("/company/renewals.ics");
  EXPECT_EQ(ics.headers.find("Content-Type"), "text/calendar; charset=utf-8");
  EXPECT_HAS(ics.body, "DTSTART;VALUE=DATE:" + to_compact(first.expiry_day - std::chrono::days{30}) + "\r\n");
  EXPECT_HAS(ics.body, "DTSTART;VALUE=DATE:" + to_compact(first.expiry_day) + "\r\n");
  EXPECT_HAS_NOT(ics.body, "@customer");
  EXPECT_HAS_NOT(ics.body, "青空商事");
  EXPECT_HAS_NOT(ics.body, "keiri02");
}

TEST_F(CompanyTest, O7_O11_a_reissue_asks_the_password_and_shows_a_code_once) {
  Browser browser = as(one);
  EXPECT_HAS(browser.get("/company/id?id=keiri01").body, "/company/act/reissue?id=keiri01");
  EXPECT_HAS(browser.get("/company/act/reissue?id=keiri01").body, "type=\"password\"");
  const auto wrong = browser.post("/company/act/reissue", "login_id=keiri01&password=no");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_HAS(wrong.body, "パスワードが正しくありません");
  EXPECT_HAS(browser.post("/company/act/reissue", "login_id=kanri01&password=password-1").body, "ご自分のIDには");
  const auto page = browser.post("/company/act/reissue", "login_id=keiri01&password=password-1");
  EXPECT_HAS(page.body, "S235");
  EXPECT_HAS(page.body, "このコードを電話でお尋ねすることはありません。");
  EXPECT_HAS(page.body, "11:00") << "an hour for another PC";
  const std::string code = between(page.body, "id=\"code-made\">", "<");
  Browser user(*portal);
  user.get(portal_of("d1") + "/acquisition");
  EXPECT_HAS(user.post("/acquisition", "login_id=keiri01&password=password-1&code=" + code).body, "電子証明書取得開始");
  policy().computer_change = lifecycle::ComputerChange::staff;
  EXPECT_HAS_NOT(browser.get("/company/id?id=keiri01").body, "/company/act/reissue");
  EXPECT_HAS(browser.post("/company/act/reissue", "login_id=keiri01&password=password-1").body, "手続きが必要です");
}

TEST_F(CompanyTest, O25_a_hold_is_ended_by_another_管理者) {
  Browser browser = as(one);
  Browser second = as(two);
  EXPECT_HAS(browser.get("/company/act/hold?id=keiri01").body, "あなた以外の管理者");
  EXPECT_HAS(browser.post("/company/act/hold", "login_id=keiri01").body, "<h1>一時停止しました</h1>");
  EXPECT_TRUE(bank.find(first).held_at);
  EXPECT_HAS(browser.get("/company/id?id=keiri01").body, "一時停止中");
  EXPECT_HAS(browser.post("/company/act/hold", "login_id=keiri01").body, "一時停止できる電子証明書がありません");
  EXPECT_HAS(browser.post("/company/act/release", "login_id=keiri01").body, "停止した方以外の管理者");
  EXPECT_TRUE(bank.find(first).held_at);
  EXPECT_HAS(second.get("/company/id?id=keiri01").body, "/company/act/release?id=keiri01");
  EXPECT_HAS(second.post("/company/act/release", "login_id=keiri01").body, "<h1>一時停止を解除しました</h1>");
  EXPECT_FALSE(bank.find(first).held_at);
  EXPECT_HAS(second.post("/company/act/release", "login_id=keiri01").body, "一時停止していません");
}

TEST_F(CompanyTest, O26_revocation_is_for_good_and_names_what_the_last_管理者_loses) {
  Browser browser = as(one);
  EXPECT_HAS(browser.post("/company/act/revoke", "login_id=keiri01").body, "理由を選んでください");
  EXPECT_HAS(browser.post("/company/act/revoke", "login_id=keiri01&reason=affiliationChanged").body, "<h1>失効しました</h1>");
  EXPECT_EQ(bank.find(first).reason, pki::RevocationReason::affiliation_changed);
  const auto after = browser.get("/company/id?id=keiri01");
  EXPECT_HAS(after.body, "手続きが必要です");
  EXPECT_HAS_NOT(after.body, "/company/act/");
  EXPECT_HAS(browser.post("/company/act/revoke", "login_id=keiri01&reason=keyCompromise").body,
             "失効できる電子証明書がありません");
  EXPECT_HAS(browser.post("/company/act/revoke", "login_id=kanri02&reason=keyCompromise").body, "<h1>失効しました</h1>");
  const auto warned = browser.post("/certificate/hold");
  EXPECT_EQ(warned.status, 409);
  EXPECT_HAS(warned.body, "最後の管理者");
}

TEST_F(CompanyTest, a_reminder_goes_once_a_day_to_whom_it_helps) {
  Browser early = as(one);
  EXPECT_HAS_NOT(early.get("/company/id?id=keiri01").body, "/company/act/remind");
  EXPECT_HAS(early.post("/company/act/remind", "login_id=keiri01").body, "更新の期間ではありません");
  days_before(first, 15);
  Browser browser = as(one);
  EXPECT_HAS(browser.get("/company/id?id=keiri01").body, "/company/act/remind?id=keiri01");
  EXPECT_HAS(browser.post("/company/act/remind", "login_id=keiri01").body, "<h1>更新のお願いを受け付けました</h1>");
  const auto again = browser.post("/company/act/remind", "login_id=keiri01");
  EXPECT_EQ(again.status, 409);
  EXPECT_HAS(again.body, "本日すでにお送りしました");
}

TEST_F(CompanyTest, speaks_english_too) {
  Browser browser(*portal, "en-GB,en;q=0.9");
  to_notices(browser, one);
  EXPECT_HAS(browser.get("/company").body, "Your company’s IDs");
  EXPECT_HAS(browser.get("/company/calendar").body, "2026-11");
  EXPECT_HAS(browser.get("/company/ids.csv").body, "Login ID,Role,");
  EXPECT_HAS(browser.get("/company/id?id=keiri01").body, "Certificate of an ID");
}

}  // namespace
}  // namespace inkan::web
