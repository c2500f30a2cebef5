#include "server/toml.hpp"

#include <gtest/gtest.h>

namespace inkan::server {
namespace {

TEST(Toml, gives_what_is_written_and_defaults_for_what_is_not) {
  auto file = Section::parse("name = \"a\"\nlist = [1, 2]\n[inner]\nflag = true\n", "f");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text("name"), "a");
  EXPECT_EQ(file->numbers("list"), (std::vector<int>{1, 2}));
  Section inner = file->section("inner");
  EXPECT_TRUE(inner.flag("flag", false));
  EXPECT_EQ(inner.number("count", 0, 9, 7), 7);
  EXPECT_TRUE(file->close());
}

TEST(Toml, refuses_a_key_that_nobody_knows_and_names_the_nearest) {
  auto file = Section::parse("name = \"a\"\nnmae = \"b\"\n", "f.toml");
  ASSERT_TRUE(file);
  (void)file->text("name");
  const auto closed = file->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().id, "config.unknown_key");
  EXPECT_EQ(closed.error().detail, "f.toml:2: nmae: there is no such key; did you mean \"name\"?");
}

TEST(Toml, says_the_line_of_what_is_wrong) {
  EXPECT_EQ(Section::parse("a = \n", "f").error().id, "config.syntax");
  auto file = Section::parse("\n\nport = \"eighty\"\n", "f");
  (void)file->number("port", 0, 65535, 0);
  EXPECT_EQ(file->close().error().detail, "f:3: port: must be a whole number from 0 to 65535");
  auto missing = Section::parse("[a]\nb = \"c\"\n", "f");
  Section inner = missing->section("a");
  (void)inner.text("b");
  (void)inner.text("d");
  EXPECT_EQ(missing->close().error().detail, "f:1: a.d: is missing");
}

TEST(Toml, free_tables_give_dotted_keys) {
  auto file = Section::parse("[words]\n\"term.login\" = \"x\"\n[words.page]\ntitle = \"y\"\n", "f");
  const auto words = file->section("words").all_texts();
  EXPECT_EQ(words.at("term.login"), "x");
  EXPECT_EQ(words.at("page.title"), "y");
  EXPECT_TRUE(file->close());
}

TEST(Toml, notes_where_each_value_came_from) {
  auto file = Section::parse("a = \"1\"\n", "f");
  (void)file->text("a");
  (void)file->text("b", "2");
  ASSERT_EQ(file->readings().size(), 2u);
  EXPECT_EQ(file->readings()[0].origin, "f:1");
  EXPECT_EQ(file->readings()[1].origin, "default");
}

}  // namespace
}  // namespace inkan::server
