#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "base/text.hpp"
#include "lifecycle/holding.hpp"
#include "lifecycle/recovery.hpp"
#include "support/console_bank.hpp"
#include "support/expect_text.hpp"
#include "web/console/timeline.hpp"
#include "web/words.hpp"

// The file of one ID, and taking power away.
namespace inkan::web {
namespace {

using lifecycle::StaffRole;

/// Sight is one state of an ID: what the desk says why, and the portal's page that the customer gets.
struct Sight {
  int days;
  const char* state;
  const char* why;
  const char* page;  ///< table of the catalogue
  const char* code;
};

TEST_F(ConsoleTest, the_file_says_in_one_sentence_why_a_customer_cannot_log_in_and_what_the_customer_sees) {
  const auto certificate = holder("keiri01", 100);
  const auto ja = load_console_texts("ja");
  const auto en = load_console_texts("en");
  for (const Sight& sight :
       {Sight{100, "有効", "有効な電子証明書があり、ログインできます。", "notices", "S201"},
        Sight{20, "更新できます（残り 20 日）", "有効な電子証明書があり、ログインできます。", "notices", "S201"},
        Sight{0, "本日が有効期限です", "有効な電子証明書があり、ログインできます。", "notices", "S201"},
        Sight{-5, "期限切れ（", "に切れました。あと 85 日、「電子証明書取得」から取得できます。", "refusal_grace", "E102"},
        Sight{-91, "期限切れ（再発行が必要）", "再取得できる期間も過ぎたため、再発行が必要です。", "refusal_closed", "E103"}}) {
    days_before(certificate, sight.days);
    Browser browser = at_desk(clerk);
    const auto page = browser.get("/files/keiri01");
    EXPECT_EQ(page.status, 200);
    EXPECT_HAS(page.body, sight.state);
    EXPECT_HAS(page.body, sight.why);
    EXPECT_HAS(page.body, sight.code);
    EXPECT_HAS(page.body, "<strong>" + ja.at(std::string(sight.page) + ".title") + "</strong>");
    const bool good = std::string(sight.code) == "S201";
    EXPECT_HAS(page.body, good ? "このお客さまはログインできます" : "このお客さまがログインできない理由");
    if (!good) {
      EXPECT_HAS(page.body, ja.at("refusal_none.title"));  // what a browser that hides an expired one makes of it
    }
    Browser english = at_desk(clerk, "en");
    const auto other = english.get("/files/keiri01");
    EXPECT_HAS(other.body, "<strong>" + en.at(std::string(sight.page) + ".title") + "</strong>");
    EXPECT_HAS(other.body, good ? "This customer can log in" : "Why this customer cannot log in");
  }
}

TEST_F(ConsoleTest, O35_a_number_read_out_on_the_telephone_finds_its_screen) {
  Browser browser = at_desk(clerk);
  for (const char* typed : {"E102", "e102", "%EF%BC%A5%EF%BC%91%EF%BC%90%EF%BC%92"}) {
    const auto page = browser.get(std::string("/search?q=") + typed);
    EXPECT_HAS(page.body, "電子証明書の有効期限が切れています");
    EXPECT_HAS(page.body, "有効期限が … に切れました");
    EXPECT_HAS_NOT(page.body, "見つかりませんでした");
  }
  EXPECT_HAS(browser.get("/search?q=S306").body, "発行処理中");
  EXPECT_HAS(browser.get("/search?q=E208").body, "パスワードが正しくありません");  // a message, not a screen
  EXPECT_HAS(browser.get("/search?q=E199").body, "見つかりませんでした");
}

TEST_F(ConsoleTest, the_customers_screen_is_word_for_word_the_portals) {
  const auto certificate = holder("keiri01", -5);
  Browser browser = at_desk(clerk);
  const std::string file = text_of(browser.get("/files/keiri01").body);
  const Day last = certificate.expiry_day + std::chrono::days{90};
  EXPECT_HAS(file, "有効期限が " + to_japanese_with_weekday(certificate.expiry_day) +
                       " に切れました。あと 85 日は再取得できます（" + short_date(last, "ja") + "まで）。");
}

TEST_F(ConsoleTest, an_ID_without_a_certificate_and_one_whose_new_certificate_nobody_used) {
  bank.add_holder("soumu02");
  Browser browser = at_desk(clerk);
  const auto page = browser.get("/files/soumu02");
  EXPECT_HAS(page.body, "電子証明書をまだ取得していません。");
  EXPECT_HAS(page.body, "未取得（取得できます）");
  EXPECT_HAS(page.body, "E101");
  EXPECT_HAS_NOT(page.body, "/files/soumu02/hold");
  EXPECT_HAS_NOT(page.body, "/files/soumu02/revoke");
  const auto unknown = browser.get("/files/nobody");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_HAS(unknown.body, "このログインIDは登録されていません");
}

TEST_F(ConsoleTest, one_person_holds_at_once_after_a_page_that_names_the_consequence) {
  const auto certificate = holder("keiri01", 100);
  Browser browser = at_desk(clerk);
  EXPECT_HAS(browser.get("/files/keiri01").body, "href=\"/files/keiri01/hold\"");
  const auto confirm = browser.get("/files/keiri01/hold");
  EXPECT_HAS(confirm.body, "一時停止の確認");
  EXPECT_HAS(confirm.body, "ログインも更新もできなくなり");
  EXPECT_HAS(confirm.body, "青空商事株式会社");
  EXPECT_FALSE(bank.find(certificate).held_at);
  const auto empty = browser.post("/files/keiri01/hold", "why=");
  EXPECT_EQ(empty.status, 400);
  EXPECT_HAS(empty.body, "role=\"alert\"");
  EXPECT_FALSE(bank.find(certificate).held_at);
  const auto done = browser.post("/files/keiri01/hold", "knowing=yes&why=" + net::percent_encode("PCの紛失"));
  EXPECT_TRUE(bank.find(certificate).held_at);
  for (const char* part : {"一時停止しました。この電子証明書では", "一時停止中", "E106",
                           "href=\"/files/keiri01/ask?act=release\"", "PCの紛失", "窓口 tanto01"})
    EXPECT_HAS(done.body, part);
  EXPECT_HAS_NOT(done.body, "href=\"/files/keiri01/hold\"");
  EXPECT_EQ(browser.post("/files/keiri01/hold", "why=x").status, 403);  // there is nothing left to hold
}

TEST_F(ConsoleTest, one_person_revokes_with_a_reason_and_it_stays) {
  const auto certificate = holder("keiri01", 100);
  Browser browser = at_desk(clerk);
  const auto confirm = browser.get("/files/keiri01/revoke");
  EXPECT_HAS(confirm.body, "失効は取り消せません");
  for (const char* reason : {"keyCompromise", "affiliationChanged", "cessationOfOperation", "unspecified"})
    EXPECT_HAS(confirm.body, "value=\"" + std::string(reason) + "\"");
  for (const char* wrong : {"why=x", "reason=nonsense&why=x", "reason=keyCompromise&why="})
    EXPECT_EQ(browser.post("/files/keiri01/revoke", wrong).status, 400) << wrong;
  EXPECT_FALSE(bank.find(certificate).revoked_at);
  const auto done =
      browser.post("/files/keiri01/revoke", "reason=keyCompromise&knowing=yes&why=" + net::percent_encode("盗難の届け出"));
  EXPECT_EQ(bank.find(certificate).reason, pki::RevocationReason::key_compromise);
  for (const char* part :
       {"失効しました。", "失効しているため、再発行が必要です。", "E105", "盗難の届け出", "/files/keiri01/ask?act=reissue"})
    EXPECT_HAS(done.body, part);
  EXPECT_HAS_NOT(done.body, "href=\"/files/keiri01/revoke\"");
}

TEST_F(ConsoleTest, an_auditor_sees_no_act_and_the_verbs_refuse_whoever_sends_one) {
  const auto certificate = holder("keiri01", 100);
  Browser browser = at_desk(auditor);
  const auto page = browser.get("/files/keiri01");
  EXPECT_EQ(page.status, 200);
  EXPECT_HAS(page.body, "監査の役割では閲覧だけができます");
  for (const char* act : {"/hold", "/revoke", "/ask"}) EXPECT_HAS_NOT(page.body, "keiri01" + std::string(act));
  for (const auto& [path, form] : std::vector<std::pair<std::string, std::string>>{
           {"/hold", "why=x"}, {"/revoke", "reason=keyCompromise&why=x"}, {"/ask", kAskReissue}}) {
    EXPECT_EQ(browser.get("/files/keiri01" + path + "?act=reissue").status, 403) << path;
    const auto refused = browser.post("/files/keiri01" + path, form);
    EXPECT_EQ(refused.status, 403) << path;
    EXPECT_HAS(refused.body, "あなたの役割では、この操作はできません");
  }
  EXPECT_FALSE(bank.find(certificate).held_at || bank.find(certificate).revoked_at);
}

TEST_F(ConsoleTest, the_file_lists_addresses_letters_and_what_happened_in_plain_words) {
  holder("keiri01", 20);
  ASSERT_TRUE(bank.notices.run_day(bank.institution(), bank.institution().zone.day_of(bank.clock.now())));
  Browser browser = at_desk(clerk);
  browser.get("/files/keiri01");
  const auto page = browser.get("/files/keiri01");
  for (const char* part : {"ログインIDを登録しました", "電子証明書を発行しました", "更新のお知らせを作りました",
                           "ファイルを閲覧しました", "窓口 tanto01", "お客さま本人", "お知らせの宛先", "N-2026"})
    EXPECT_HAS(page.body, part);
  EXPECT_HAS_NOT(page.body, "certificate.issued");
}

TEST_F(ConsoleTest, an_address_that_mail_does_not_reach_is_flagged_with_what_the_other_side_said) {
  holder("keiri01", 100);
  const Instant now = bank.clock.now();
  ASSERT_TRUE(bank.store->transact([&](lifecycle::Writer& writer) {
    return writer.put_contact({.holder = {"d1", "keiri01"},
                               .address = "old@customer.example",
                               .added_at = now,
                               .checked_at = now,
                               .check_hash = {},
                               .check_until = {},
                               .check_tries = 0,
                               .undeliverable_since = now,
                               .undeliverable_why = "5.1.1 <no> such user",
                               .soft_bounces = 0});
  }));
  Browser browser = at_desk(clerk);
  const auto page = browser.get("/files/keiri01");
  EXPECT_HAS(page.body, "メール不達（");
  EXPECT_HAS(page.body, "old@customer.example");
  EXPECT_HAS(page.body, "5.1.1 &lt;no&gt; such user");
}

TEST_F(ConsoleTest, O25_a_hold_of_the_customers_can_be_made_the_desks_own) {
  const auto certificate = holder("keiri01", 100);
  lifecycle::Recovery recovery(bank.services(), bank.login);
  ASSERT_TRUE(recovery.hold_lost(bank.institution(), "keiri01", Secret("password-1"), true));
  Browser browser = at_desk(clerk);
  const auto file = browser.get("/files/keiri01");
  EXPECT_HAS(file.body, "から一時停止（お客さま）");
  EXPECT_HAS(file.body, "href=\"/files/keiri01/hold\"");
  EXPECT_HAS(browser.get("/files/keiri01/hold").body, "窓口の一時停止に切り替わり");
  EXPECT_HAS(browser.post("/files/keiri01/hold", "why=x").body, "から一時停止（窓口）")
      << "nobody loses a login by it: no warning";
  EXPECT_TRUE(lifecycle::is_of_bank(bank.find(certificate).held_by));
}

TEST_F(ConsoleTest, O26_the_desk_names_the_consequence_before_the_last_administrator_goes) {
  bank.add_holder("kanri09");
  const auto certificate = bank.certify("kanri09");
  Browser browser = at_desk(clerk);
  for (const auto& [act, form] : {std::pair{"/hold", "why=Tel-1"}, std::pair{"/revoke", "reason=keyCompromise&why=Tel-1"}}) {
    const auto warned = browser.post("/files/kanri09" + std::string(act), form);
    EXPECT_EQ(warned.status, 409);
    for (const char* part : {"最後の管理者", "まだ何も変更していません", "name=\"knowing\"", "value=\"Tel-1\""})
      EXPECT_HAS(warned.body, part);
    EXPECT_FALSE(bank.find(certificate).revoked_at) << "nothing was done";
    EXPECT_HAS(browser.post("/files/kanri09" + std::string(act), std::string(form) + "&knowing=yes").body, "お客さまに通知");
  }
  EXPECT_TRUE(bank.find(certificate).revoked_at);
}

TEST_F(ConsoleTest, T21_payloads_in_names_never_become_markup) {
  const std::string payload = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' x='";
  std::vector<lifecycle::NewHolder> one;
  one.push_back({.id = {"d1", "keiri01"},
                 .role = lifecycle::Role::user,
                 .company = "</title><svg onload=alert(1)>",
                 .name = "javascript:alert(1)//\"'",
                 .mail = "keiri01@customer.example",
                 .password = Secret("password-1")});
  const auto added = bank.holders.add(one, "test");
  ASSERT_TRUE(added) << added.error().id;
  const StaffPerson odd = StaffPerson::make("odd");
  add(odd, StaffRole::clerk, "d1", payload);
  Browser browser = at_desk(odd);
  for (const std::string& path :
       {std::string("/search?q=") + net::percent_encode(payload), std::string("/search?q=keiri01"), std::string("/files/keiri01"),
        std::string("/files/keiri01/ask?act=reissue"), std::string("/files/") + "%3Cscript%3E"}) {
    const auto page = browser.get(path);
    for (const char* mark : {"<script>", "<img", "<svg", "</title><", "' x='", "href=\"javascript:"})
      EXPECT_HAS_NOT(page.body, mark);
  }
  const auto again = browser.post("/files/keiri01/ask", "act=reissue&call_back=&identity_check=" + net::percent_encode(payload));
  EXPECT_EQ(again.status, 400);
  EXPECT_HAS_NOT(again.body, "<script>");
  EXPECT_HAS(again.body, "&lt;script&gt;");
}

TEST(Timeline, every_audit_action_that_the_documents_list_has_words_in_both_languages) {
  std::ifstream in(INKAN_SOURCE_DIR "/docs/messages.md");
  std::stringstream all;
  all << in.rdbuf();
  std::string text = all.str();
  text = text.substr(text.find("## Audit actions"));
  text = text.substr(0, text.find("## Refusals"));
  // The first cell of each row; the others may name ids of other kinds.
  std::string actions;
  std::istringstream rows(text);
  for (std::string row; std::getline(rows, row);)
    if (row.starts_with("| `")) actions += row.substr(0, row.find('|', 1)) + "\n";
  const std::regex action("`([a-z_]+)\\.([a-z_]+)`");
  int count = 0;
  for (const char* language : {"ja", "en"}) {
    const auto texts = load_console_texts(language);
    for (std::sregex_iterator at(actions.begin(), actions.end(), action), end; at != end; ++at) {
      const std::string area = (*at)[1];
      if (area == "crl" || area == "staff" || area == "backup" || area == "restore") continue;  // they are about no customer
      ++count;
      EXPECT_TRUE(texts.contains("desk_action." + area + "_" + std::string((*at)[2]))) << at->str();
    }
  }
  EXPECT_GT(count, 40);
}

TEST_F(ConsoleTest, an_action_without_words_is_shown_by_its_id) {
  holder("keiri01", 100);
  ASSERT_TRUE(bank.store->transact([&](lifecycle::Writer& writer) -> Result<void> {
    writer.audit({.at = bank.clock.now(),
                  .actor = "visitor x",
                  .action = "new.kind",
                  .institution = "d1",
                  .subject = "keiri01",
                  .detail = {}});
    return {};
  }));
  Browser browser = at_desk(clerk);
  const auto page = browser.get("/files/keiri01");
  EXPECT_HAS(page.body, "new.kind");
  EXPECT_HAS(page.body, "visitor x");
}

}  // namespace
}  // namespace inkan::web
