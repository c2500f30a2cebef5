#include "base/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inkan {
namespace {

TEST(Text, utf8_is_well_formed_or_refused) {
  for (const char* good : {"", "ascii", "証明書", "髙﨑", "𠮷野家", "\x7f", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  const char* broken[] = {"\x80",
                          "\xc0\x80",
                          "\xc1\xbf",
                          "\xc3",
                          "\xe3\x81",
                          "\xe0\x9f\xbf",
                          "\xed\xa0\x80",
                          "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80",
                          "\xff",
                          "a\xe3\x81z"};
  for (const char* text : broken) EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
}

TEST(Text, plain_text_has_no_control_and_turns_no_direction) {
  EXPECT_TRUE(is_plain_text("株式会社 印鑑　経理部"));
  EXPECT_TRUE(is_plain_text(""));
  for (char c = 0; c < 0x20; ++c) EXPECT_FALSE(is_plain_text(std::string(1, c))) << static_cast<int>(c);
  EXPECT_FALSE(is_plain_text("\x7f"));
  EXPECT_FALSE(is_plain_text("\xc2\x85"));      // U+0085, a line end
  EXPECT_FALSE(is_plain_text("\xd8\x9c"));      // U+061C, Arabic letter mark
  EXPECT_FALSE(is_plain_text("a\u200Bb"));      // zero width space
  EXPECT_FALSE(is_plain_text("abc\u202Etxt"));  // right to left override
  EXPECT_FALSE(is_plain_text("abc\u2066txt"));  // left to right isolate
  EXPECT_FALSE(is_plain_text("\uFEFFabc"));     // byte order mark
  EXPECT_FALSE(is_plain_text("a\u2028b"));      // line separator
  EXPECT_FALSE(is_plain_text("\xff"));
}

TEST(Text, fold_width_turns_full_width_ascii_into_ascii_and_leaves_the_rest) {
  EXPECT_EQ(fold_width("ＡＢＣ　ｘｙｚ０９！～"), "ABC xyz09!~");
  EXPECT_EQ(fold_width("ｶﾅ漢字"), "ｶﾅ漢字");
  EXPECT_EQ(fold_width("\xe3\x81"), "");
}

TEST(LoginId, has_one_spelling) {
  for (const char* typed : {"yamada01", "YAMADA01", " Yamada01 ", "ｙａｍａｄａ０１", "　ＹＡＭＡＤＡ０１"})
    EXPECT_EQ(canonical_login_id(typed).value_or("-"), "yamada01") << typed;
  EXPECT_EQ(canonical_login_id("a.b-c_9").value_or("-"), "a.b-c_9");
}

TEST(LoginId, refuses_what_is_none) {
  for (const std::string& typed : {std::string(), std::string("  "), std::string("ya mada"), std::string("山田"),
                                   std::string("a'--"), std::string("a\0b", 3), std::string("\xff"), std::string(65, 'a')}) {
    const auto id = canonical_login_id(typed);
    ASSERT_FALSE(id) << typed;
    EXPECT_EQ(id.error().id, "login_id.malformed");
  }
  EXPECT_TRUE(canonical_login_id(std::string(64, 'a')));
}

TEST(Fill, puts_every_value_in_its_place) {
  EXPECT_EQ(fill("有効期限：{date}まで（あと{days}日）", {{"date", "2026/11/30"}, {"days", "30"}}).value_or("-"),
            "有効期限：2026/11/30まで（あと30日）");
  EXPECT_EQ(fill("plain", {}).value_or("-"), "plain");
  EXPECT_EQ(fill("{a}{a}", {{"a", "{b}"}}).value_or("-"), "{b}{b}") << "a value is never filled again";
}

TEST(Fill, refuses_a_name_without_value) {
  for (const char* text : {"{absent}", "x{", "{a}{", "{}"}) {
    const auto filled = fill(text, {{"a", "1"}});
    ASSERT_FALSE(filled) << text;
    EXPECT_EQ(filled.error().id, "text.unfilled");
  }
}

TEST(Text, split_keeps_empty_parts) {
  EXPECT_EQ(split("a,b", ','), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
  EXPECT_EQ(split(",a,", ','), (std::vector<std::string>{"", "a", ""}));
}

TEST(Text, trim_takes_ascii_spaces_off_both_ends) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, nearest_finds_the_slip_and_nothing_far_away) {
  const std::vector<std::string> keys = {"listen", "window_days", "zone"};
  EXPECT_EQ(nearest("windows_day", keys), "window_days");
  EXPECT_EQ(nearest("lisen", keys), "listen");
  EXPECT_EQ(nearest("password", keys), "");
  EXPECT_EQ(nearest("anything", {}), "");
}

RC_GTEST_PROP(TextProperty, no_bytes_make_it_read_past_the_end, (const std::string& bytes)) {
  const bool plain = is_plain_text(bytes);
  RC_ASSERT(!plain || is_utf8(bytes));
  if (is_utf8(bytes)) RC_ASSERT(fold_width(fold_width(bytes)) == fold_width(bytes));
}

RC_GTEST_PROP(TextProperty, a_login_id_is_its_own_canonical_form, (const std::string& typed)) {
  const auto once = canonical_login_id(typed);
  if (once) RC_ASSERT(canonical_login_id(*once).value() == *once);
}

RC_GTEST_PROP(TextProperty, split_loses_nothing, (const std::string& text)) {
  std::string joined;
  for (const std::string& part : split(text, ',')) joined += part + ",";
  RC_ASSERT(joined == text + ",");
}

}  // namespace
}  // namespace inkan
