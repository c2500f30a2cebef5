#include "web/portal/portal.hpp"

#include <gtest/gtest.h>

#include "support/browser.hpp"
#include "support/catalogue.hpp"
#include "support/installation.hpp"

namespace inkan::web {
namespace {

using testing::Test;

constexpr const char* kNoticeTitle = "電子証明書の更新をお願いします";
constexpr const char* kRenewHere = "電子証明書の更新はこちら";
const std::string kCsrType = "application/pkcs10";

/// PortalTest is a whole bank with two institutions in the forms of D1 and D2, behind the portal.
class PortalTest : public Test {
 protected:
  PortalTest() : institutions(profiles()), enrolment(services(), bank.login) {
    const std::string pages = INKAN_SOURCE_DIR "/src/web/pages/";
    auto made = Portal::make({.services = services(),
                              .login = bank.login,
                              .enrolment = enrolment,
                              .origins = {{"d1", {"https://d1.localhost:18443", "d1.localhost", 18444}},
                                          {"d2", {"https://d2.localhost:18443", "d2.localhost", 18444}}},
                              .catalogue = {{"ja", load_texts(pages + "ja.toml")}, {"en", load_texts(pages + "en.toml")}}});
    check(made.has_value(), made ? "" : made.error().id + " " + made.error().detail);
    portal = std::move(*made);
  }

  static lifecycle::Institutions profiles() {
    auto d1 = lifecycle::make_institution("d1");
    d1.screens = {{"notice.opens", "body"}, {"notice.changed", "yes"}, {"issuing", "screen"}, {"completion", "installed"}};
    auto d2 = lifecycle::make_institution("d2");
    d2.screens = {{"notice.opens", "list"}, {"notice.changed", "no"}, {"issuing", "inline"}, {"completion", "issued"}};
    return lifecycle::Institutions({d1, d2});
  }

  lifecycle::Services services() {
    return {.store = *bank.store, .issuer = *bank.issuer, .institutions = institutions, .clock = bank.clock, .rng = bank.rng};
  }

  static std::string portal_of(const std::string& id) { return "https://" + id + ".localhost:18443"; }

  /// days_before moves the clock to some days before a certificate's last day.
  void days_before(const lifecycle::CertificateRecord& certificate, int days) {
    bank.clock.set(bank.institution().zone.start_of(certificate.expiry_day - std::chrono::days{days}) + std::chrono::hours{10});
  }

  /// holder puts an ID on record and gives its certificate, with so many days left.
  lifecycle::CertificateRecord holder(const std::string& login_id, int days, const std::string& id = "d1") {
    bank.add_holder(login_id, id);
    auto certificate = bank.certify(login_id, id);
    days_before(certificate, days);
    return certificate;
  }

  /// to_notices logs a browser in.
  net::Response to_notices(Browser& browser, const lifecycle::CertificateRecord& certificate, const std::string& id = "d1") {
    browser.show(*certificate.fingerprint);
    browser.get(portal_of(id) + "/certificate-login");
    return browser.post("/login", "password=password-1");
  }

  static std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto start = text.find(before);
    if (start == std::string::npos) return {};
    return text.substr(start + before.size(), text.find(after, start + before.size()) - start - before.size());
  }

  /// ask_certificate sends a request as the page's script does.
  static net::Response ask_certificate(Browser& browser, const std::string& path, const std::string& ticket,
                                       const Bytes& request) {
    return browser.send(
        "POST", path, std::string(as_text(request)),
        {{"Content-Type", kCsrType}, {"Inkan-Ticket", ticket}, {"Origin", browser.origin()}, {"Sec-Fetch-Site", "same-origin"}});
  }

  Installation bank;
  lifecycle::Institutions institutions;
  lifecycle::Enrolment enrolment;
  std::unique_ptr<Portal> portal;
};

#define EXPECT_HAS(text, part) EXPECT_TRUE((text).contains(part)) << (part) << " is missing in\n" << (text)
#define EXPECT_HAS_NOT(text, part) EXPECT_FALSE((text).contains(part)) << (part) << " stands in\n" << (text)

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
  for (const char* name : {"issue.js", "vault.js", "csr.js", "pkcs12.js", "der.js"})
    bytes += browser.get(folder + "/" + name).body.size();
  EXPECT_LT(bytes, 12 * 1024U) << "the issue page's script, encoders included";
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
  ASSERT_TRUE(bank.holders.revoke(certificate.authority, certificate.serial, pki::RevocationReason::key_compromise, "test"));
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

TEST_F(PortalTest, D1_13_to_D1_19_the_renewal_up_to_the_completion_screen) {
  const auto old = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, old);
  const std::string maker = browser.origin();
  EXPECT_HAS(browser.get("/renewal/prepare").body, "<h1>電子証明書更新前処理中</h1>");
  const auto start = browser.post("/renewal/open");
  EXPECT_EQ(browser.path(), "/renewal");
  for (const char* part : {">電子証明書更新開始</h1>", "発行後、ファイルの取り込み操作が必要です。", ">更新</button>",
                           "Web アクセスの確認", "新しい鍵を作成します。", "その鍵で電子証明書の発行を申請します。",
                           "電子証明書発行処理中", "発行の手続きをしています。まだインストールされていません。",
                           "電子証明書が発行されました。ファイルをダウンロードします。", "電子証明書の取り込み"})
    EXPECT_HAS(start.body, part);
  EXPECT_HAS_NOT(start.body, "インストールが完了");
  const std::string ticket = between(start.body, "data-ticket=\"", "\"");
  const pki::Csr request = make_request();
  const auto issued = ask_certificate(browser, "/renewal/request", ticket, request.der());
  EXPECT_EQ(issued.status, 200) << issued.body;
  for (const char* part :
       {"\"certificate\":\"", "\"chain\":[\"", "\"file_name\":\"keiri01_", "\"friendly_name\":\"サンプル銀行 keiri01 "})
    EXPECT_HAS(issued.body, part);
  EXPECT_EQ(ask_certificate(browser, "/renewal/request", ticket, request.der()).body, issued.body) << "a lost reply is repeated";
  EXPECT_HAS(ask_certificate(browser, "/renewal/request", ticket, make_request().der()).body, "ticket.other_key");
  EXPECT_HAS(browser.get("/renewal").body, "data-stage=\"issued\"");

  // Trial with the old certificate: not confirmed, nothing is lost.
  const auto new_host = [&] {
    const auto moved = browser.send("POST", maker + "/trial/start", {}, {{"Origin", maker}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_EQ(moved.status, 307);
    return std::string(*moved.headers.find("Location"));
  };
  const auto try_at = [&](const std::string& url) {
    return browser.send(
        "POST", url, "maker=" + maker.substr(8, 8),
        {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", "null"}, {"Sec-Fetch-Site", "same-site"}});
  };
  auto answer = try_at(new_host());
  const auto pending = browser.get(std::string(*answer.headers.find("Location")));
  EXPECT_HAS(pending.body, "新しい電子証明書をまだ確認できていません。 現在の電子証明書は期限までご利用いただけます。");
  EXPECT_HAS(pending.body, "もう一度確認する");
  EXPECT_HAS(pending.body, maker + "/renewal");

  const auto renewed = bank.certificates_of("keiri01").front();
  browser.show(*renewed.fingerprint);
  answer = try_at(new_host());
  ASSERT_EQ(answer.status, 303);
  const std::string clean(*answer.headers.find("Location"));
  EXPECT_TRUE(clean.starts_with(maker + "/trial/clean?label=")) << clean;
  answer = browser.send("GET", clean, {}, {});
  EXPECT_EQ(answer.headers.find("Clear-Site-Data"), "\"storage\"");
  const auto done = browser.get(std::string(*answer.headers.find("Location")));
  for (const char* part : {"<h1>電子証明書のインストールが完了しました</h1>", "このウィンドウを閉じる", "青空商事株式会社",
                           "取り込み後、ダウンロードしたファイルを削除してください"})
    EXPECT_HAS(done.body, part);
  EXPECT_HAS(done.body, to_japanese_with_weekday(renewed.expiry_day));

  // The old window's next click.
  browser.show(*old.fingerprint);
  const auto superseded = browser.get(maker + "/notices");
  EXPECT_EQ(superseded.status, 403);
  EXPECT_HAS(superseded.body, "E105");
  EXPECT_HAS(superseded.body, "新しい証明書（" + to_japanese_with_weekday(renewed.expiry_day) + "まで）を選んでください");
  EXPECT_HAS(superseded.body, "href=\"https://d1.localhost:18443/certificate-login/fresh\"");
  check_invariants(*bank.store, institutions);
}

TEST_F(PortalTest, O23_no_changes_nothing_and_the_notice_stays) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, certificate);
  browser.post("/renewal/open");
  EXPECT_HAS(browser.post("/renewal/cancel").body, "何も変更していません。");
  EXPECT_HAS(browser.get("/notices").body, kNoticeTitle);
  EXPECT_HAS(browser.get("/renewal").body, "電子証明書更新前処理中");
  EXPECT_EQ(bank.certificates_of("keiri01").size(), 1U);
}

TEST_F(PortalTest, I5_made_anew_the_unsaved_certificate_is_revoked_and_another_key_is_taken) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, certificate);
  std::string ticket = between(browser.post("/renewal/open").body, "data-ticket=\"", "\"");
  ask_certificate(browser, "/renewal/request", ticket, make_request().der());
  const auto again = browser.post("/renewal/anew");
  EXPECT_HAS(again.body, "data-stage=\"open\"");
  ticket = between(again.body, "data-ticket=\"", "\"");
  EXPECT_EQ(ask_certificate(browser, "/renewal/request", ticket, make_request().der()).status, 200);
  check_invariants(*bank.store, institutions);
}

TEST_F(PortalTest, T6_what_other_sites_send_changes_nothing) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, certificate);
  browser.post("/renewal/open");
  const std::string ticket = between(browser.get("/renewal").body, "data-ticket=\"", "\"");
  const std::string own = browser.origin();
  const std::string body(as_text(make_request().der()));
  const std::vector<net::Headers> foreign = {
      {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}},
      {{"Origin", "null"}},
      {},
      {{"Origin", own}, {"Sec-Fetch-Site", "cross-site"}},
      {{"Origin", "https://aaaaaaaa.d1.localhost:18444"}, {"Sec-Fetch-Site", "same-site"}},
      {{"Origin", "https://d1.localhost:18443"}, {"Sec-Fetch-Site", "same-site"}},
      {{"Origin", own}, {"Origin", "https://evil.example"}},
  };
  for (net::Headers headers : foreign) {
    headers.add("Content-Type", kCsrType);
    headers.add("Inkan-Ticket", ticket);
    for (const char* path : {"/renewal/request", "/renewal/open", "/renewal/cancel", "/renewal/anew", "/login", "/logout"})
      EXPECT_EQ(browser.send("POST", path, body, headers).status, 403) << path;
  }
  EXPECT_EQ(browser.send("POST", "/trial", {}, {{"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(browser.send("POST", "/trial", {}, {{"Origin", "null"}}).status, 403);
  EXPECT_EQ(browser.send("POST", "/trial", {}, {{"Origin", "https://evil.d1.localhost"}, {"Sec-Fetch-Site", "same-site"}}).status,
            403);
  EXPECT_EQ(bank.certificates_of("keiri01").size(), 1U);
  EXPECT_HAS(browser.get("/renewal").body, "data-stage=\"open\"");
}

TEST_F(PortalTest, T6_a_page_of_another_ticket_or_without_its_mark_is_refused) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, certificate);
  browser.post("/renewal/open");
  EXPECT_HAS(ask_certificate(browser, "/renewal/request", "00000000000000000000000000000000", make_request().der()).body,
             "ticket.not_found");
  const auto plain = browser.send("POST", "/renewal/request", std::string(as_text(make_request().der())),
                                  {{"Content-Type", kCsrType}, {"Origin", browser.origin()}});
  EXPECT_HAS(plain.body, "ticket.not_found");
  EXPECT_EQ(bank.certificates_of("keiri01").size(), 1U);
}

TEST_F(PortalTest, T13_a_broken_request_is_refused_by_its_stable_id) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, certificate);
  const std::string ticket = between(browser.post("/renewal/open").body, "data-ticket=\"", "\"");
  const auto answer = ask_certificate(browser, "/renewal/request", ticket, to_bytes("no request"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "{\"code\":\"csr.malformed\",\"again\":false}");
  EXPECT_EQ(ask_certificate(browser, "/renewal/request", ticket, Bytes(20'000, 0x30)).status, 413);
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

TEST_F(PortalTest, D2_23_acquisition_takes_a_new_certificate_with_id_password_and_code) {
  const auto old = holder("keiri01", -5, "d2");
  const auto code = bank.holders.release_code(bank.institution("d2"), "keiri01", "test");
  ASSERT_TRUE(code);
  Browser browser(*portal);
  const auto form = browser.get(portal_of("d2") + "/acquisition");
  for (const char* part : {"ログインID", "ログインパスワード", "取得コード", "autocomplete=\"one-time-code\""})
    EXPECT_HAS(form.body, part);

  std::set<std::string> said;
  const std::vector<std::string> wrongs = {"login_id=keiri01&password=password-1&code=AAAA-AAAA-AAAA-AAAA",
                                           "login_id=keiri01&password=no&code=" + *code,
                                           "login_id=nobody&password=password-1&code=" + *code};
  for (const std::string& wrong : wrongs) {
    const auto refused = browser.post("/acquisition", wrong);
    EXPECT_EQ(refused.status, 403);
    said.insert(between(refused.body, "role=\"alert\">", "</div>"));
  }
  EXPECT_EQ(said.size(), 1U) << "the words never say which was wrong";

  const auto start = browser.post("/acquisition", "login_id=KEIRI01&password=password-1&code=" + *code);
  EXPECT_EQ(browser.path(), "/acquisition/issue");
  EXPECT_HAS(start.body, "電子証明書取得開始");
  EXPECT_HAS_NOT(start.body, "電子証明書発行処理中");
  const std::string ticket = between(start.body, "data-ticket=\"", "\"");
  EXPECT_EQ(ask_certificate(browser, "/acquisition/request", ticket, make_request().der()).status, 200);
  const auto fresh = bank.certificates_of("keiri01", "d2").front();
  browser.show(*fresh.fingerprint);
  const auto moved = browser.send("POST", "/trial/start", {}, {{"Origin", browser.origin()}, {"Sec-Fetch-Site", "same-origin"}});
  const std::string from = browser.origin();
  auto answer =
      browser.send("POST", std::string(*moved.headers.find("Location")), "maker=portal",
                   {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", from}, {"Sec-Fetch-Site", "same-site"}});
  ASSERT_EQ(answer.status, 303);
  const auto done = browser.get(std::string(*answer.headers.find("Location")));
  EXPECT_HAS(done.body, "<h1>電子証明書発行 発行完了</h1>");
  EXPECT_EQ(browser.cookie("inkan_host"), browser.host().substr(0, 8))
      << "the next login goes where the new certificate was chosen";
  EXPECT_HAS(to_notices(browser, fresh, "d2").body, "重要なお知らせ");
  EXPECT_FALSE(old.revoked_at);
}

TEST_F(PortalTest, I14_one_institutions_cookies_and_tickets_open_nothing_at_another) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, certificate);
  browser.post("/renewal/open");
  Browser other(*portal);
  other.show(*certificate.fingerprint);
  other.get(portal_of("d2") + "/certificate-login");
  const auto page = other.send("GET", "/renewal", {},
                               {{"Cookie", "__Host-inkan_session=" + browser.cookie("__Host-inkan_session") +
                                               "; inkan_trial=" + browser.cookie("inkan_trial")}});
  EXPECT_HAS(page.body, "E104");
}

TEST(Portal, addresses_that_cannot_share_cookies_and_unknown_screens_are_refused_at_the_start) {
  Installation bank;
  const std::string pages = INKAN_SOURCE_DIR "/src/web/pages/";
  const auto make = [&](Origins origins, const std::string& completion) {
    auto profile = lifecycle::make_institution();
    profile.screens = {{"notice.opens", "body"}, {"notice.changed", "no"}, {"issuing", "screen"}, {"completion", completion}};
    const lifecycle::Institutions institutions({profile});
    auto made = Portal::make(
        {.services =
             {.store = *bank.store, .issuer = *bank.issuer, .institutions = institutions, .clock = bank.clock, .rng = bank.rng},
         .login = bank.login,
         .enrolment = bank.enrolment,
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
