#include "lifecycle/recovery.hpp"

#include <gtest/gtest.h>

#include "support/portal_bank.hpp"

namespace inkan::web {
namespace {

using std::chrono::hours;

class RecoveryTest : public PortalTest {
 protected:
  lifecycle::AcquisitionPolicy& policy() { return const_cast<lifecycle::Institution&>(**institutions.find("d1")).acquisition; }
  void allow(std::vector<lifecycle::RecoveryMethod> methods) { policy().methods = std::move(methods); }

  /// letter is the body of the newest letter of one kind; the test bank's letters bear their kind as subject.
  std::string letter(const std::string& kind) {
    std::string body;
    const auto claimed = bank.outbox.claim(100);
    check(claimed.has_value(), "claim");
    for (const lifecycle::Letter& one : *claimed) {
      if (one.subject == kind) body = one.body;
      check(bank.outbox.settle_accepted(one).has_value(), "settle");
    }
    return body;
  }
};

TEST_F(RecoveryTest, O25_the_login_screen_leads_to_the_pages_for_trouble) {
  Browser browser(*portal);
  const auto page = browser.get(portal_of("d1") + "/");
  EXPECT_HAS(page.body, "href=\"/lost\">紛失・盗難のとき</a>");
  EXPECT_HAS(page.body, "href=\"/forgotten\">ログインIDをお忘れの方</a>");
}

TEST_F(RecoveryTest, O25_lost_holds_at_once_without_a_certificate_and_ends_the_session) {
  const auto certificate = holder("kanri01", 100);
  Browser inside(*portal);
  to_notices(inside, certificate);

  Browser outside(*portal);
  const auto form = outside.get(portal_of("d1") + "/lost");
  EXPECT_HAS(form.body, "S104");
  EXPECT_HAS(form.body, "解除できるのは、御社の別の管理者、または当行だけです");
  const auto unsure = outside.post("/lost", "login_id=kanri01&password=password-1");
  EXPECT_EQ(unsure.status, 400);
  EXPECT_HAS(unsure.body, "まだ停止していません");
  EXPECT_FALSE(bank.find(certificate).held_at);

  const auto warned = outside.post("/lost", "login_id=KANRI01&password=password-1&sure=yes");
  EXPECT_EQ(warned.status, 409) << "O26: the only 管理者 of the company";
  for (const char* part : {"最後の管理者", "name=\"knowing\"", "まだ停止していません", "value=\"KANRI01\""})
    EXPECT_HAS(warned.body, part);
  EXPECT_FALSE(bank.find(certificate).held_at);

  const auto held = outside.post("/lost", "login_id=KANRI01&password=password-1&sure=yes&knowing=yes");
  EXPECT_EQ(held.status, 200);
  for (const char* part : {"<h1>一時停止しました</h1>", "S105", "kanri01", "御社の別の管理者", "当行"})
    EXPECT_HAS(held.body, part);
  EXPECT_HAS_NOT(held.body, "/logout");
  EXPECT_TRUE(bank.find(certificate).held_at);
  EXPECT_HAS(inside.get("/notices").body, "E106");
  EXPECT_HAS(outside.post("/lost", "login_id=kanri01&password=password-1&sure=yes").body, "一時停止できる電子証明書がありません");
}

TEST_F(RecoveryTest, T9_lost_tells_an_unknown_id_from_a_wrong_password_to_nobody) {
  const auto certificate = holder("kanri01", 100);
  Browser browser(*portal);
  browser.get(portal_of("d1") + "/lost");
  const auto wrong = browser.post("/lost", "login_id=kanri01&password=no&sure=yes");
  const auto unknown = browser.post("/lost", "login_id=nobody1&password=no&sure=yes");
  const auto malformed = browser.post("/lost", "login_id=%3C%3E&password=no&sure=yes");
  EXPECT_EQ(wrong.status, 403);
  const auto without_id = [](std::string body, const std::string& id) {
    const auto at = body.find("value=\"" + id);
    return at == std::string::npos ? body : body.erase(at, id.size() + 7);
  };
  EXPECT_EQ(without_id(wrong.body, "kanri01"), without_id(unknown.body, "nobody1"));
  EXPECT_EQ(wrong.status, malformed.status);
  EXPECT_FALSE(bank.find(certificate).held_at);
  for (int tries = 0; tries < 10; ++tries) browser.post("/lost", "login_id=kanri01&password=no&sure=yes");
  const auto locked = browser.post("/lost", "login_id=kanri01&password=password-1&sure=yes");
  EXPECT_EQ(locked.status, 429);
  EXPECT_HAS(locked.body, "15分ほどお待ちください");
}

TEST_F(RecoveryTest, T6_no_other_site_can_hold_or_ask) {
  const auto certificate = holder("kanri01", 100);
  allow({lifecycle::RecoveryMethod::code, lifecycle::RecoveryMethod::mail_code});
  Browser browser(*portal);
  browser.get(portal_of("d1") + "/lost");
  for (const char* path : {"/lost", "/acquisition/mail-code", "/acquisition/mail-code/stop"}) {
    const auto page = browser.send("POST", path, "login_id=kanri01&password=password-1&sure=yes",
                                   {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", "https://evil.example"}});
    EXPECT_EQ(page.status, 403) << path;
    EXPECT_HAS(page.body, "E903");
  }
  EXPECT_FALSE(bank.find(certificate).held_at);
}

TEST_F(RecoveryTest, O9_forgotten_says_where_an_id_stands_and_looks_nothing_up) {
  Browser browser(*portal);
  const auto page = browser.get(portal_of("d1") + "/forgotten");
  for (const char* part : {"S106", "御社のID", "控え", "ご本人であることを確認", "お調べすることはできません"})
    EXPECT_HAS(page.body, part);
  EXPECT_HAS_NOT(page.body, "<form");
}

TEST_F(RecoveryTest, O7_the_code_may_be_left_out_exactly_where_the_profile_says_so) {
  holder("kanri01", -5);
  Browser browser(*portal);
  const auto page = browser.get(portal_of("d1") + "/acquisition");
  EXPECT_HAS(page.body, "maxlength=\"64\" required aria-describedby");
  EXPECT_HAS_NOT(page.body, "/acquisition/mail-code");
  EXPECT_HAS(browser.post("/acquisition", "login_id=kanri01&password=password-1&code=").body, "入力された内容では取得できません");

  allow({lifecycle::RecoveryMethod::password});
  const auto optional = browser.get("/acquisition");
  EXPECT_HAS(optional.body, "maxlength=\"64\" aria-describedby");
  EXPECT_HAS(optional.body, "取得コードをお持ちの方だけ入力してください");
  EXPECT_HAS(browser.post("/acquisition", "login_id=kanri01&password=password-1&code=").body, "電子証明書取得開始");
}

TEST_F(RecoveryTest, O7_a_code_by_mail_is_asked_for_and_stopped) {
  holder("kanri01", -5);
  allow({lifecycle::RecoveryMethod::code, lifecycle::RecoveryMethod::mail_code});
  Browser browser(*portal);
  EXPECT_HAS(browser.get(portal_of("d1") + "/acquisition").body, "href=\"/acquisition/mail-code\"");
  EXPECT_HAS(browser.get("/acquisition/mail-code").body, "24時間後にお送りします");
  const auto asked = browser.post("/acquisition/mail-code", "login_id=kanri01&password=password-1");
  EXPECT_EQ(asked.status, 200);
  EXPECT_HAS(asked.body, "S412");
  const std::string number = between(letter("code_requested"), "stop_number=", "\n");
  ASSERT_FALSE(number.empty());
  EXPECT_HAS(asked.body, number);
  const Zone& zone = bank.institution().zone;
  EXPECT_HAS(asked.body, to_slashes(zone.day_of(bank.clock.now() + hours{24})) + " 10:00");
  EXPECT_HAS(browser.post("/acquisition/mail-code", "login_id=kanri01&password=no").body, "受け付けられません");

  EXPECT_HAS(browser.post("/acquisition/mail-code/stop", "login_id=kanri01&number=00000000").body, "見つかりません");
  const auto stopped = browser.post("/acquisition/mail-code/stop", "login_id=kanri01&number=" + number);
  EXPECT_HAS(stopped.body, "<h1>申し込みを取り消しました</h1>");
  bank.clock.advance(hours{25});
  EXPECT_EQ(recovery.send_codes().value(), 0);
  EXPECT_HAS(browser.post("/acquisition/mail-code/stop", "login_id=nobody1&number=" + number).body, "見つかりません");
}

TEST_F(RecoveryTest, O7_a_code_by_mail_gets_a_certificate_after_its_delay) {
  holder("kanri01", -5);
  allow({lifecycle::RecoveryMethod::code, lifecycle::RecoveryMethod::mail_code});
  Browser browser(*portal);
  browser.get(portal_of("d1") + "/acquisition/mail-code");
  browser.post("/acquisition/mail-code", "login_id=kanri01&password=password-1");
  bank.clock.advance(hours{23});
  EXPECT_EQ(recovery.send_codes().value(), 0);
  bank.clock.advance(hours{1});
  EXPECT_EQ(recovery.send_codes().value(), 1);
  const std::string code = between(letter("code"), "code=", "\n");
  EXPECT_HAS(browser.post("/acquisition", "login_id=kanri01&password=password-1&code=" + code).body, "電子証明書取得開始");
}

TEST_F(RecoveryTest, a_code_by_mail_is_for_profiles_that_have_it_and_ids_that_need_it) {
  const auto certificate = holder("kanri01", 100);
  Browser browser(*portal);
  EXPECT_EQ(browser.get(portal_of("d1") + "/acquisition/mail-code").status, 404);
  EXPECT_EQ(browser.post("/acquisition/mail-code", "login_id=kanri01&password=password-1").status, 404);
  EXPECT_EQ(browser.get("/acquisition/mail-code/stop").status, 404);
  EXPECT_EQ(browser.post("/acquisition/mail-code/stop", "login_id=kanri01&number=1").status, 404);

  allow({lifecycle::RecoveryMethod::code, lifecycle::RecoveryMethod::mail_code});
  const auto ask = [&] { return browser.post("/acquisition/mail-code", "login_id=kanri01&password=password-1"); };
  EXPECT_HAS(ask().body, "有効な電子証明書がすでにあります");
  days_before(certificate, -91);
  EXPECT_HAS(ask().body, "取得できる期限が過ぎています");
  days_before(certificate, -5);
  ASSERT_TRUE(recovery.hold_lost(bank.institution(), "kanri01", Secret("password-1"), true));
  EXPECT_HAS(ask().body, "一時停止中です");
}

}  // namespace
}  // namespace inkan::web
