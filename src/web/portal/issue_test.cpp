#include <gtest/gtest.h>

#include <set>

#include "support/portal_bank.hpp"

namespace inkan::web {
namespace {

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
  const std::string_view mark = "href=\"data:text/calendar;charset=utf-8;base64,";
  const auto begin = done.body.find(mark);
  ASSERT_NE(begin, std::string::npos);
  std::string in_page = done.body.substr(begin + mark.size(), done.body.find('"', begin + mark.size()) - begin - mark.size());
  for (const auto& [escaped, plain] : {std::pair{"%2B", "+"}, {"%2F", "/"}, {"%3D", "="}})
    for (auto found = in_page.find(escaped); found != std::string::npos; found = in_page.find(escaped))
      in_page.replace(found, 3, plain);
  const auto calendar = parse_base64(in_page);
  ASSERT_TRUE(calendar) << in_page;
  const Day first = renewed.expiry_day - std::chrono::days{30};
  for (const std::string& part :
       {"DTSTART;VALUE=DATE:" + to_compact(first), std::string("SUMMARY:電子証明書の更新開始 keiri01\r\n"),
        "DTSTART;VALUE=DATE:" + to_compact(renewed.expiry_day), std::string("END:VCALENDAR\r\n")})
    EXPECT_HAS(std::string(as_text(*calendar)), part);
  EXPECT_HAS(done.body, "download=\"renewal-keiri01-" + to_compact(first) + ".ics\"");

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
    headers.add("Content-Type", "application/pkcs10");
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
                                  {{"Content-Type", "application/pkcs10"}, {"Origin", browser.origin()}});
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

TEST_F(PortalTest, D2_23_acquisition_takes_a_new_certificate_with_id_password_and_code) {
  const auto old = holder("keiri01", -5, "d2");
  const std::string code = bank.hand_out_code("keiri01", "d2");
  Browser browser(*portal);
  const auto form = browser.get(portal_of("d2") + "/acquisition");
  for (const char* part : {"ログインID", "ログインパスワード", "取得コード", "autocomplete=\"one-time-code\""})
    EXPECT_HAS(form.body, part);

  std::set<std::string> said;
  const std::vector<std::string> wrongs = {"login_id=keiri01&password=password-1&code=AAAA-AAAA-AAAA-AAAA",
                                           "login_id=keiri01&password=no&code=" + code,
                                           "login_id=nobody&password=password-1&code=" + code};
  for (const std::string& wrong : wrongs) {
    const auto refused = browser.post("/acquisition", wrong);
    EXPECT_EQ(refused.status, 403);
    said.insert(between(refused.body, "role=\"alert\">", "</div>"));
  }
  EXPECT_EQ(said.size(), 1U) << "the words never say which was wrong";

  const auto start = browser.post("/acquisition", "login_id=KEIRI01&password=password-1&code=" + code);
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

}  // namespace
}  // namespace inkan::web
