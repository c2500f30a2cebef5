#include "web/portal/portal.hpp"

#include <gtest/gtest.h>

#include "support/portal_bank.hpp"

namespace inkan::web {
namespace {

TEST_F(PortalTest, login_screen_has_its_two_doors_and_speaks_both_languages) {
  Browser browser(*portal);
  const auto page = browser.get(portal_of("d1") + "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_HAS(page.body, ">電子証明書ログイン</a>");
  EXPECT_HAS(page.body, ">電子証明書取得</a>");
  EXPECT_HAS(browser.get("/?lang=en").body, ">Log in with certificate</a>");
  EXPECT_HAS(browser.get("/?lang=ja").body, ">電子証明書ログイン</a>");
  Browser english(*portal, "en-GB,en;q=0.9");
  EXPECT_HAS(english.get(portal_of("d2") + "/").body, "<html lang=\"en\">");
}

TEST_F(PortalTest, every_answer_carries_the_security_fields) {
  Browser browser(*portal);
  for (const char* path : {"/", "/acquisition", "/nothing"}) {
    const auto page = browser.send("GET", portal_of("d1") + path, {}, {});
    const std::string policy(page.headers.find("Content-Security-Policy").value_or(""));
    EXPECT_HAS(policy, "default-src 'none'");
    EXPECT_HAS(policy, "form-action 'self' https://d1.localhost:18443 https://*.d1.localhost:18444;");
    EXPECT_HAS(policy, "frame-ancestors 'none'");
    EXPECT_HAS_NOT(policy, "unsafe");
    EXPECT_EQ(page.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(page.headers.find("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(page.headers.find("Referrer-Policy"), "strict-origin");
    EXPECT_TRUE(page.headers.find("Strict-Transport-Security"));
  }
}

TEST_F(PortalTest, assets_stay_for_good_and_only_under_their_hash) {
  Browser browser(*portal);
  const auto page = browser.get(portal_of("d1") + "/");
  const std::string style = "/assets/" + between(page.body, "/assets/", "\"");
  const auto css = browser.get(style);
  EXPECT_EQ(css.status, 200);
  EXPECT_EQ(css.headers.find("Content-Type"), "text/css; charset=utf-8");
  EXPECT_HAS(std::string(*css.headers.find("Cache-Control")), "immutable");
  EXPECT_EQ(browser.get("/assets/0123456789abcdef/portal.css").status, 404);
  EXPECT_EQ(browser.get(style + "/../x").status, 404);
  const std::string folder = style.substr(0, style.rfind('/'));
  std::size_t bytes = 0;
  for (const char* name : {"issue.js", "vault.js", "csr.js", "der.js"}) bytes += browser.get(folder + "/" + name).body.size();
  EXPECT_LT(bytes, 10 * 1024U) << "the issue page's script";
  const std::string encoder = browser.get(folder + "/pkcs12.js").body;
  EXPECT_TRUE(encoder.starts_with("import { bmp, element,")) << encoder;
  EXPECT_TRUE(encoder.ends_with("octets(salt), integer(kMacRounds)));\n}\n")) << encoder;
  EXPECT_HAS_NOT(encoder, "//");
}

TEST_F(PortalTest, a_host_that_is_nobodys_and_an_address_that_is_not_there) {
  Browser browser(*portal);
  EXPECT_EQ(browser.get("https://d3.localhost:18443/").status, 421);
  EXPECT_EQ(browser.get("https://a.b.d1.localhost:18444/login").status, 421);
  EXPECT_EQ(browser.get("https://www.d1.localhost:18444/login").status, 421);
  EXPECT_EQ(browser.get("https://d1.localhost:18443/notices").status, 404);
  const auto wrong = browser.send("DELETE", "/acquisition", {}, {});
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.find("Allow"), "GET, HEAD, POST");
}

TEST_F(PortalTest, E101_no_certificate_gets_words_and_two_ways_on) {
  Browser browser(*portal);
  const auto page = browser.get(portal_of("d1") + "/certificate-login");
  EXPECT_EQ(page.status, 403);
  for (const char* part :
       {"E101", "電子証明書を確認できませんでした", "電子証明書取得", "別の証明書を選ぶ", "/certificate-login/fresh"})
    EXPECT_HAS(page.body, part);
  EXPECT_HAS_NOT(page.body, "type=\"password\"");
}

TEST_F(PortalTest, E101_names_the_certificate_that_the_browser_now_hides) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, certificate);
  browser.show_nothing();
  EXPECT_HAS(browser.get(portal_of("d1") + "/certificate-login").body, to_japanese_with_weekday(certificate.expiry_day));
}

TEST_F(PortalTest, D2_23_E102_expired_within_the_grace_days) {
  const auto certificate = holder("keiri01", -5);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  const auto page = browser.get(portal_of("d1") + "/certificate-login");
  EXPECT_EQ(page.status, 403);
  EXPECT_HAS(page.body, "E102");
  EXPECT_HAS(page.body,
             "有効期限が " + to_japanese_with_weekday(certificate.expiry_day) + " に切れました。あと 85 日は再取得できます");
  EXPECT_HAS(page.body, "href=\"https://d1.localhost:18443/acquisition\"");
}

TEST_F(PortalTest, E103_E104_E105_each_say_what_to_do) {
  const auto certificate = holder("keiri01", -91);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  EXPECT_HAS(browser.get(portal_of("d1") + "/certificate-login").body, "再発行が必要です");
  EXPECT_HAS(browser.get("/login").body, "E103");
  const auto other = browser.get(portal_of("d2") + "/certificate-login");
  EXPECT_HAS(other.body, "ほかの金融機関の電子証明書です");
  EXPECT_HAS(other.body, "E104");
  EXPECT_HAS_NOT(other.body, "keiri01");

  days_before(certificate, 20);
  ASSERT_TRUE(
      bank.holders.revoke(certificate.authority, certificate.serial, pki::RevocationReason::key_compromise, "test", true));
  const auto revoked = browser.get(portal_of("d1") + "/certificate-login");
  EXPECT_HAS(revoked.body, "失効");
  EXPECT_HAS(revoked.body, "E105");
}

TEST_F(PortalTest, login_shows_who_and_refuses_a_wrong_password) {
  const auto certificate = holder("keiri01", 100);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  const auto page = browser.get(portal_of("d1") + "/certificate-login");
  for (const char* part : {"青空商事株式会社", "管理者", "keiri01", "ログインパスワード"}) EXPECT_HAS(page.body, part);
  const auto wrong = browser.post("/login", "password=no");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_HAS(wrong.body, "role=\"alert\"");
  EXPECT_HAS(wrong.body, "<title>エラー: ");
  EXPECT_HAS(browser.post("/login", "password=password-1").body, "<h1>重要なお知らせ</h1>");
  EXPECT_EQ(browser.path(), "/notices");
  EXPECT_HAS(browser.post("/logout").body, "ログアウトしました");
  EXPECT_HAS(browser.get("/notices").body, "ログインパスワード");
}

TEST_F(PortalTest, E208_login_says_how_many_tries_are_left_after_five) {
  const auto certificate = holder("keiri01", 100);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  browser.get(portal_of("d1") + "/certificate-login");
  for (int i = 0; i < 4; ++i) {
    const auto page = browser.post("/login", "password=no");
    EXPECT_HAS(page.body, "もう一度入力してください");
    EXPECT_HAS(page.body, "E208");
  }
  EXPECT_HAS(browser.post("/login", "password=no").body, "あと5回間違えると、15分ほどログインできなくなります");
  EXPECT_HAS(browser.post("/login", "password=no").body, "あと4回");
  for (int i = 0; i < 3; ++i) browser.post("/login", "password=no");
  EXPECT_HAS(browser.post("/login", "password=no").body, "15分ほどお待ちください（E208）") << "the tenth begins the rest";
  const auto locked = browser.post("/login", "password=password-1");
  EXPECT_EQ(locked.status, 429);
  EXPECT_HAS(locked.body, "15分ほどお待ちください（E208）");
}

TEST_F(PortalTest, D1_12_D2_03_the_notice_is_absent_31_days_before_and_there_at_30) {
  for (const std::string id : {"d1", "d2"}) {
    const auto certificate = holder("keiri01", 31, id);
    Browser browser(*portal);
    const auto early = to_notices(browser, certificate, id);
    EXPECT_HAS_NOT(early.body, kNoticeTitle);
    EXPECT_HAS_NOT(early.body, kRenewHere);
    EXPECT_HAS(early.body, "有効");
    days_before(certificate, 30);
    const auto due = to_notices(browser, certificate, id);
    EXPECT_HAS(due.body, id == "d1" ? kNoticeTitle : kRenewHere);
    EXPECT_HAS(due.body, "あと 30 日（");
    bank.clock.set(*parse_rfc3339("2026-11-01T10:00:00+09:00"));
  }
}

TEST_F(PortalTest, D1_10_D1_11_D1_12_title_on_the_list_and_link_in_the_body) {
  const auto certificate = holder("keiri01", 20);
  ASSERT_TRUE(bank.notices.run_day(bank.institution(), bank.institution().zone.day_of(bank.clock.now())));
  Browser browser(*portal);
  const auto list = to_notices(browser, certificate);
  EXPECT_HAS(list.body, ">電子証明書の更新をお願いします</a>");
  EXPECT_HAS_NOT(list.body, kRenewHere);
  const auto body = browser.get("/notices/renewal");
  EXPECT_HAS(
      body.body,
      "<a class=\"button\" href=\"/renewal/prepare\" target=\"inkan-renewal\" rel=\"opener\">電子証明書の更新はこちら</a>");
  EXPECT_HAS(body.body, "あと 20 日（");
  const std::string number = between(list.body, "/notices/sent/", "\"");
  EXPECT_HAS(body.body, "お知らせ番号 " + number);
  EXPECT_HAS(browser.get("/notices/sent/" + number).body, "青空商事株式会社 あと20日");
}

TEST_F(PortalTest, D1_01_D1_04_the_changed_procedure_is_named) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  EXPECT_HAS(to_notices(browser, certificate).body, "電子証明書の更新手順が変更になりました");
}

TEST_F(PortalTest, D2_02_D2_10_D2_22_the_list_itself_holds_expiry_date_and_link) {
  const auto certificate = holder("keiri01", 20, "d2");
  Browser browser(*portal);
  const auto list = to_notices(browser, certificate, "d2");
  EXPECT_HAS(list.body, kRenewHere);
  EXPECT_HAS_NOT(list.body, kNoticeTitle);
  EXPECT_HAS(list.body, to_japanese_with_weekday(certificate.expiry_day));
  EXPECT_HAS(list.body, "ID毎（管理者ID・利用者ID）に必要");
}

TEST_F(PortalTest, D1_05_on_the_expiry_day_the_words_are_of_today) {
  const auto certificate = holder("keiri01", 0);
  Browser browser(*portal);
  to_notices(browser, certificate);
  EXPECT_HAS(browser.get("/notices/renewal").body, "本日が有効期限です。本日 23:59 まで更新できます");
}

TEST_F(PortalTest, O19_the_pages_name_the_last_minute_of_the_last_business_day) {
  auto& hours = const_cast<lifecycle::Institution&>(**institutions.find("d1")).hours;
  hours.weekdays = {.from = 8 * 60, .until = 23 * 60};
  hours.saturday = hours.sunday = hours.weekdays;
  hours.holidays = {.from = 0, .until = 0};
  const auto certificate = holder("keiri01", 3);  // until 2027-11-01
  hours.holiday_days = {certificate.expiry_day};
  Browser browser(*portal);
  to_notices(browser, certificate);
  auto page = browser.get("/notices/renewal");
  EXPECT_HAS(page.body, "あと 2 日（10月31日まで）");
  EXPECT_HAS(page.body, "更新の受付は 2027年10月31日（日）22:59 までです（有効期限は 11月1日）");
  days_before(certificate, 1);
  to_notices(browser, certificate);
  EXPECT_HAS(browser.get("/notices/renewal").body, "更新できるのは、本日 22:59 までです（有効期限は 11月1日）");
  days_before(certificate, 0);
  to_notices(browser, certificate);
  page = browser.get("/notices/renewal");
  EXPECT_HAS(page.body, "更新の受付は 2027年10月31日（日）22:59 に終了しました");
  EXPECT_HAS_NOT(page.body, "まで更新できます");
}

TEST_F(PortalTest, O19_E901_says_when_it_opens_and_what_is_always_open) {
  auto& hours = const_cast<lifecycle::Institution&>(**institutions.find("d1")).hours;
  hours.weekdays = {.from = 0, .until = 9 * 60};
  hours.saturday = hours.sunday = hours.weekdays;
  const auto certificate = holder("keiri01", 3);
  Browser browser(*portal);
  to_notices(browser, certificate);  // at 10:00
  const auto closed = browser.get("/renewal/prepare");
  EXPECT_EQ(closed.status, 503);
  for (const char* part : {"E901", "次の受付は 2027年10月30日（土）00:00（日本時間）からです",
                           "2027年11月1日（月）08:59 まで更新できます", "紛失・盗難のときの一時停止"})
    EXPECT_HAS(closed.body, part);
  EXPECT_TRUE(closed.headers.find("Retry-After"));
  EXPECT_HAS(browser.get(portal_of("d1") + "/acquisition").body, "E901");
  EXPECT_HAS(browser.post("/lost", "login_id=keiri01&password=password-1&sure=yes&knowing=yes").body, "一時停止しました");
}

TEST_F(PortalTest, O19_after_a_maintenance_on_the_last_evening_the_old_certificate_still_renews) {
  const auto certificate = holder("keiri01", 0);
  const Zone& zone = bank.institution().zone;
  auto& hours = const_cast<lifecycle::Institution&>(**institutions.find("d1")).hours;
  hours.maintenance = {
      {zone.end_of(certificate.expiry_day) - std::chrono::hours{2}, zone.end_of(certificate.expiry_day) + std::chrono::hours{6}}};
  Browser browser(*portal);
  to_notices(browser, certificate);
  EXPECT_HAS(browser.get("/notices/renewal").body, "メンテナンスがあるため、2027年11月2日（火）07:59 まで更新できます");
  bank.clock.set(zone.end_of(certificate.expiry_day) + std::chrono::hours{7});
  Browser next(*portal);
  next.show(*certificate.fingerprint);
  const auto password = next.get(portal_of("d1") + "/certificate-login");
  EXPECT_HAS(password.body, "S102");
  next.post("/login", "password=password-1");
  EXPECT_EQ(next.path(), "/renewal/prepare");
  EXPECT_HAS(next.get("/notices").body, "更新にだけお使いいただけます");
  next.get("/renewal/prepare");
  next.post("/renewal/open", "way=file");
  EXPECT_EQ(next.path(), "/renewal");
}

TEST_F(PortalTest, I14_a_letter_is_shown_to_its_holder_alone) {
  const auto mine = holder("keiri01", 20);
  ASSERT_TRUE(bank.notices.run_day(bank.institution(), bank.institution().zone.day_of(bank.clock.now())));
  Browser browser(*portal);
  const std::string number = between(to_notices(browser, mine).body, "/notices/sent/", "\"");
  bank.add_holder("soumu02");
  const auto theirs = bank.certify("soumu02");
  Browser other(*portal);
  to_notices(other, theirs);
  const auto page = other.get("/notices/sent/" + number);
  EXPECT_EQ(page.status, 404);
  EXPECT_HAS_NOT(page.body, "あと20日");
}

TEST_F(PortalTest, I7_a_cookie_is_worth_nothing_with_another_certificate) {
  const auto certificate = holder("keiri01", 20);
  bank.add_holder("soumu02");
  const auto theirs = bank.certify("soumu02");
  Browser browser(*portal);
  to_notices(browser, certificate);
  browser.show(*theirs.fingerprint);
  const auto page = browser.get("/notices");
  EXPECT_HAS_NOT(page.body, "keiri01");
  EXPECT_HAS(page.body, "type=\"password\"");
}

TEST(Portal, addresses_that_cannot_share_cookies_and_unknown_screens_are_refused_at_the_start) {
  Installation bank;
  const std::string pages = INKAN_SOURCE_DIR "/src/web/pages/";
  const auto make = [&](Origins origins, const std::string& completion) {
    auto profile = lifecycle::make_institution();
    profile.screens = {{"completion.screen", completion}};
    const lifecycle::Institutions institutions({profile});
    const lifecycle::Services services = {
        .store = *bank.store, .issuer = *bank.issuer, .institutions = institutions, .clock = bank.clock, .rng = bank.rng};
    lifecycle::Recovery recovery(services, bank.login);
    lifecycle::Company company(services, bank.login);
    lifecycle::Contacts contacts(services);
    auto made = Portal::make({.services = services,
                              .login = bank.login,
                              .enrolment = bank.enrolment,
                              .recovery = recovery,
                              .company = company,
                              .contacts = contacts,
                              .origins = {{"d1", std::move(origins)}},
                              .catalogue = {{"ja", load_texts(pages + "ja.toml")}, {"en", load_texts(pages + "en.toml")}}});
    return made ? std::string() : made.error().id;
  };
  EXPECT_EQ(make({"https://ib.bank.example", "bank.example", 443}, "installed"), "");
  EXPECT_EQ(make({"https://ib.bank.example", "login.bank.example", 443}, "installed"), "web.origins");
  EXPECT_EQ(make({"http://bank.example", "bank.example", 443}, "installed"), "web.origins");
  EXPECT_EQ(make({"https://bank.example", "bank.example", 443}, "finished"), "web.screens");
}

}  // namespace
}  // namespace inkan::web
