#include "app/command_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/words.hpp"
#include "pki/pkcs12.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::app {
namespace {

/// Said is what one run of inkan-app printed.
struct Said {
  int status = -1;
  std::string out;
  std::string err;
};

Said app(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "inkan-app");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Said said;
  said.status = run(static_cast<int>(arguments.size()), arguments.data());
  said.out = testing::internal::GetCapturedStdout();
  said.err = testing::internal::GetCapturedStderr();
  return said;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    HeldCeremony held;
    const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
    certificate_ = held.issue(key->public_key()).serial().hex();
    const auto file = pki::make_pkcs12(*key, held.issue(key->public_key()), {}, "a", Secret("pw"));
    store_ = "p12:" + folder_.write("a.p12", ByteView(*file));
    password_ = folder_.write("pw", "pw\n");
    wrong_ = folder_.write("wrong", "wrong\n");
  }
  TempFolder folder_;
  std::string certificate_, store_, password_, wrong_;
};

TEST_F(CommandLine, without_arguments_it_says_what_exists_and_nothing_more) {
  const Said said = app({"--lang", "en"});
  EXPECT_EQ(said.status, 0);
  for (const char* verb : {"list", "renew", "issue", "status", "tidy", "exit-codes"}) EXPECT_TRUE(has(said.out, verb)) << verb;
  EXPECT_TRUE(has(app({"--lang", "ja"}).out, "終了コード"));
  EXPECT_TRUE(has(app({"help", "exit-codes", "--lang", "en"}).out, "75"));
}

TEST_F(CommandLine, wrong_usage_is_2) {
  EXPECT_EQ(app({"tidy", "everything"}).status, 2);
  EXPECT_EQ(app({"list", "--store", "usb:stick"}).status, 2);
  EXPECT_EQ(app({"list", "--store", store_.c_str(), "--serial", "no hex"}).status, 2);
  EXPECT_EQ(app({"list", "--store", "pkcs11:token=a?pin-value=1234"}).status, 2);
  EXPECT_EQ(app({"renew", "--store", store_.c_str()}).status, 2);
  EXPECT_EQ(app({"help", "everything"}).status, 2);
  EXPECT_EQ(app({"renew", "--store", store_.c_str(), "--store-password-file", password_.c_str(), "--server", "http://bank.test"})
                .status,
            2);
}

TEST_F(CommandLine, list_shows_the_certificate_in_words_and_in_json) {
  const Said json = app({"list", "--store", store_.c_str(), "--store-password-file", password_.c_str(), "--json"});
  EXPECT_EQ(json.status, 0);
  EXPECT_TRUE(has(json.out, R"("id":"k00012345 山田")")) << json.out;
  EXPECT_TRUE(has(json.out, R"("renewable":"unknown","renewable_from":null)")) << json.out;
  EXPECT_TRUE(json.err.empty());
  const Said words = app({"list", "--store", store_.c_str(), "--store-password-file", password_.c_str(), "--lang", "ja"});
  EXPECT_TRUE(has(words.out, "有効期限")) << words.out;
  EXPECT_TRUE(has(words.out, "試験銀行"));
}

TEST_F(CommandLine, a_missing_file_is_3_and_a_wrong_password_6_each_in_one_line) {
  const std::string absent = store_ + "x";
  const Said missing = app({"list", "--store", absent.c_str(), "--store-password-file", password_.c_str(), "--json"});
  EXPECT_EQ(missing.status, 3);
  EXPECT_TRUE(has(missing.out, R"("code":"file.not_found")"));
  const Said wrong = app({"list", "--store", store_.c_str(), "--store-password-file", wrong_.c_str()});
  EXPECT_EQ(wrong.status, 6);
  EXPECT_EQ(std::ranges::count(wrong.err, '\n'), 1) << wrong.err;
  EXPECT_TRUE(wrong.out.empty());
}

TEST_F(CommandLine, without_a_store_it_is_the_browsers_database_and_an_empty_one_explains_itself) {
  const TempFolder home;
  ::setenv("HOME", home.path().c_str(), 1);
  const Said absent = app({"list", "--lang", "en"});
  EXPECT_EQ(absent.status, 3);
  EXPECT_TRUE(has(absent.err, ".local/share/pki/nssdb")) << absent.err;
  std::filesystem::create_directories(home.path() / ".pki/nssdb");
  ASSERT_EQ(run_tool("certutil -N --empty-password -d sql:" + (home.path() / ".pki/nssdb").string()).status, 0);
  const Said empty = app({"list", "--lang", "en"});
  EXPECT_EQ(empty.status, 0) << empty.err;
  EXPECT_TRUE(has(empty.out, "no certificate with its private key")) << empty.out;
  EXPECT_EQ(app({"list", "--json"}).out, "[]\n");
}

TEST_F(CommandLine, tidy_names_what_is_over_and_deletes_it_only_when_told_to) {
  const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
  HeldCeremony held(pki::KeyAlgorithm::p256, *parse_rfc3339("2020-01-01T00:00:00Z"));
  const auto file = pki::make_pkcs12(*key, held.issue(key->public_key()), {}, "a", Secret("pw"));
  const std::string store = "p12:" + folder_.write("over.p12", ByteView(*file));
  const auto tidy = [&](std::vector<const char*> more) {
    more.insert(more.begin(), {"tidy", "--store", store.c_str(), "--store-password-file", password_.c_str(), "--lang", "en"});
    return app(more);
  };
  const Said unasked = tidy({});
  EXPECT_EQ(unasked.status, 4);
  EXPECT_TRUE(has(unasked.out, "expired")) << unasked.out;
  EXPECT_TRUE(has(tidy({"--login-id", "another", "--json"}).out, R"("result":"nothing_to_do")"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "over.p12"));
  const Said done = tidy({"--yes", "--json"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_TRUE(has(done.out, R"("reason":"expired")")) << done.out;
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "over.p12"));
}

TEST_F(CommandLine, a_bank_that_cannot_be_reached_is_75) {
  const Said said =
      app({"renew", "--store", store_.c_str(), "--store-password-file", password_.c_str(), "--server", "https://localhost:1"});
  EXPECT_EQ(said.status, 75) << said.err;
}

TEST(Words, every_status_of_the_contract_has_its_error) {
  EXPECT_EQ(exit_status({Code::refused, "certificate.revoked", {}}), 4);
  EXPECT_EQ(exit_status({Code::conflict, "ticket.other_key", {}}), 5);
  EXPECT_EQ(exit_status({Code::unauthenticated, "login.password", {}}), 6);
  EXPECT_EQ(exit_status({Code::refused, "net.tls_untrusted", {}}), 6);
  EXPECT_EQ(exit_status({Code::too_many, "login.locked", {}}), 75);
  EXPECT_EQ(exit_status({Code::unavailable, "issuance.running", {}}), 75);
}

TEST(Words, the_question_for_a_pin_warns_of_the_last_try) {
  const Words say(Language::japanese);
  const auto ask = [&](pki::PinState state) {
    return say.question({.about = SecretQuestion::About::pin, .name = "usb", .pin = state, .source = {}});
  };
  EXPECT_EQ(ask(pki::PinState::fine), "「usb」の PIN");
  EXPECT_TRUE(has(ask(pki::PinState::last_try), "あと1回間違えるとロックされます"));
}

TEST(Words, E208_a_wrong_password_says_how_many_tries_are_left_where_the_bank_does) {
  const auto said = [](Language language, const char* left) {
    return Words(language).reason({Code::unauthenticated, "login.password", left});
  };
  EXPECT_EQ(said(Language::japanese, ""), "ログインパスワードが違います（E208）。");
  EXPECT_EQ(said(Language::japanese, "3"), "ログインパスワードが違います（E208）。あと3回間違えると、15分ほど使えなくなります。");
  EXPECT_EQ(said(Language::english, "3"), "The login password is wrong (E208). Tries left before a wait of 15 minutes: 3.");
  EXPECT_EQ(said(Language::english, "0"), "The login password is wrong (E208). Try again in 15 minutes.");
}

TEST(Words, O10_O12_E204_a_key_that_is_gone_and_a_second_computer_are_told_who_can_help) {
  const Words say(Language::japanese);
  const std::string gone = say.error({Code::not_found, "store.no_key", {}});
  for (const char* words :
       {"このパソコンには電子証明書がありますが、秘密鍵を利用できません", "「再発行を許可」", "[store.no_key]"})
    EXPECT_TRUE(has(gone, words)) << gone;
  const std::string second = say.error({Code::conflict, "acquisition.has_certificate", {}});
  for (const char* words : {"1台のパソコン", "別のIDかUSBトークン"}) EXPECT_TRUE(has(second, words)) << second;
}

TEST(Words, an_error_is_said_by_the_longest_id_that_fits) {
  const Words say(Language::english);
  EXPECT_TRUE(has(say.error({Code::unavailable, "net.timeout", {}}), "does not answer"));
  EXPECT_TRUE(has(say.error({Code::unavailable, "net.unreachable", {}}), "cannot be reached"));
  EXPECT_TRUE(has(say.error({Code::unavailable, "file.read", "a.p12"}), "[file.read] a.p12"));
}

}  // namespace
}  // namespace inkan::app
