#include "mail/lint.hpp"

#include <gtest/gtest.h>

#include <set>

namespace inkan::mail {
namespace {

using Ids = std::set<std::string>;

Ids lint(std::string_view body, std::string_view subject = "電子証明書更新のお願い") {
  Ids ids;
  for (const Finding& finding : lint_letter(subject, body)) ids.insert(finding.id);
  return ids;
}

TEST(LetterLint, finds_nothing_in_a_letter_as_it_should_be) {
  constexpr std::string_view kBody = R"(○○株式会社 ご担当者様（利用者ID 末尾 …i01 / 利用者）
電子証明書の有効期限まで、あと30日です。
  有効期限   2026年11月30日（月）23時59分まで
  証明書番号 末尾 4A1F
更新のしかた
 1. いつもの方法で法人インターネットバンキングにログインする
 2. 「重要なお知らせ」の「電子証明書の更新をお願いします」を開く
 3. 「電子証明書の更新はこちら」を押す
このメールにリンクはありません。
お電話でパスワード等をお尋ねすることはありません。
お問い合わせ先は、お手元のご利用ガイドをご覧ください。
お知らせ番号 N-20261031-000123
)";
  EXPECT_EQ(lint(kBody, "【サンプル銀行】電子証明書更新のお願い（11月30日まで）"), Ids{});
}

TEST(LetterLint, T1_a_letter_has_nothing_to_click) {
  for (const char* body : {"https://bank.example/", "http://x", "ｈｔｔｐｓ：／／ｂａｎｋ", "www.bank.co.jp",
                           "bank.example をご覧", "ＢＡＮＫ．ＣＯ．ＪＰ", "(ib.bank.jp)", "inkan://renew"})
    EXPECT_EQ(lint(body), Ids{"letter.link"}) << body;
  for (const char* body : {"第1.2版", "末尾 …i01", "1.5時間", "A. 方法", "v1.2.3", "2026.11.30"})
    EXPECT_EQ(lint(body), Ids{}) << body;
}

TEST(LetterLint, T1_a_letter_has_nobody_to_call_or_answer) {
  for (const char* body : {"0120-123-456", "TEL03-1234-5678", "０３－１２３４－５６７８", "(03)1234-5678", "09012345678",
                           "090 1234 5678", "+81-3-1234-5678", "03‐1234‐5678", "03ー1234ー5678", "03.1234.5678"})
    EXPECT_EQ(lint(body), Ids{"letter.phone"}) << body;
  for (const char* body : {"N-20261031-000123", "2026-11-30", "00:00", "0〜9", "あと 0 日", "12345678901"})
    EXPECT_EQ(lint(body), Ids{}) << body;
  EXPECT_TRUE(lint("info@bank").contains("letter.address"));
  EXPECT_TRUE(lint("ｉｎｆｏ＠ｂａｎｋ").contains("letter.address"));
}

TEST(LetterLint, a_letter_is_finished_plain_text) {
  EXPECT_EQ(lint("<b>太字</b>"), Ids{"letter.html"});
  EXPECT_EQ(lint("A &amp; B"), Ids{"letter.html"});
  EXPECT_EQ(lint("A&B商事 1 < 2 ＜重要＞"), Ids{});
  EXPECT_EQ(lint("あと{remaining}日"), Ids{"letter.placeholder"});
  EXPECT_EQ(lint("x", "{bank}から"), Ids{"letter.placeholder"});
  EXPECT_EQ(lint("a\rb"), Ids{"letter.text"});
  EXPECT_EQ(lint(""), Ids{"letter.body_missing"});
  EXPECT_EQ(lint("x", " "), Ids{"letter.subject_missing"});
}

TEST(LetterLint, lines_are_35_full_width_characters_and_subjects_30) {
  const auto wide = [](int count) {
    std::string text;
    while (count-- > 0) text += "①";
    return text;
  };
  EXPECT_EQ(lint(wide(35)), Ids{});
  EXPECT_EQ(lint("x\n" + wide(35) + " "), Ids{"letter.line_long"});
  EXPECT_EQ(lint("x", wide(30)), Ids{});
  EXPECT_EQ(lint("x", wide(30) + "a"), Ids{"letter.subject_long"});
  EXPECT_FALSE(has_errors(lint_letter("x", wide(36))));
}

TEST(LetterLint, columns_are_counted_as_a_fixed_width_font_draws_them) {
  EXPECT_EQ(columns(""), 0);
  EXPECT_EQ(columns("abc 123"), 7);
  EXPECT_EQ(columns("証明書"), 6);
  EXPECT_EQ(columns("ｶﾞ"), 2);
  EXPECT_EQ(columns("か\u3099"), 2);
  EXPECT_EQ(columns("𠮷"), 2);
  EXPECT_EQ(columns("葛\U000E0100"), 2);
  EXPECT_EQ(columns("\xFF\xFF"), 2);
}

}  // namespace
}  // namespace inkan::mail
