#include "server/csv.hpp"

#include <gtest/gtest.h>

namespace inkan::server {
namespace {

TEST(Csv, reads_quotes_line_ends_and_a_byte_order_mark) {
  const auto rows = parse_csv(
      "\xEF\xBB\xBF"
      "b,a\r\n1,\"x \"\"y\"\",\nz\"\r\n\n2,w",
      {"a", "b"});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].get("a"), "x \"y\",\nz");
  EXPECT_EQ((*rows)[0].line, 2);
  EXPECT_EQ((*rows)[1].get("b"), "2");
  EXPECT_EQ((*rows)[1].line, 5);
}

TEST(Csv, refuses_what_it_cannot_read_with_the_line) {
  EXPECT_EQ(parse_csv("a\n1\n", {"a", "b"}).error().id, "csv.header");
  EXPECT_EQ(parse_csv("a,b\n1\n", {"a", "b"}).error().detail, "line 2: 1 fields instead of 2");
  EXPECT_EQ(parse_csv("a,b\n1,\"x\n", {"a", "b"}).error().detail, "line 2: a quote is never closed");
  EXPECT_EQ(parse_csv("a,b\n1,x\"y\"\n", {"a", "b"}).error().id, "csv.malformed");
  EXPECT_EQ(parse_csv("a,b\n1,\xff\n", {"a", "b"}).error().detail, "the file is not UTF-8");
}

}  // namespace
}  // namespace inkan::server
