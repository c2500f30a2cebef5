#include "net/response_reader.hpp"

#include <gtest/gtest.h>

namespace inkan::net {
namespace {

TEST(ResponseReader, reads_lengths_chunks_and_ends) {
  for (const std::string text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.0 200 OK\r\n\r\nabc"}) {
    ResponseReader reader(1000, false);
    ASSERT_EQ(*reader.feed(text), text.size()) << text;
    ASSERT_TRUE(reader.end()) << text;
    EXPECT_EQ(reader.response().status, 200);
    EXPECT_EQ(reader.response().body, "abc") << text;
  }
}

TEST(ResponseReader, an_answer_to_head_has_no_body) {
  ResponseReader reader(1000, true);
  ASSERT_TRUE(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_TRUE(reader.done());
}

TEST(ResponseReader, says_what_is_wrong) {
  ResponseReader cut(1000, false);
  ASSERT_TRUE(cut.feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"));
  EXPECT_EQ(cut.end().error().id, "net.malformed");
  ResponseReader silent(1000, false);
  EXPECT_EQ(silent.end().error().id, "net.malformed");
  ResponseReader nonsense(1000, false);
  EXPECT_EQ(nonsense.feed("SSH-2.0-x\r\n\r\n").error().id, "net.malformed");
  ResponseReader large(2, false);
  EXPECT_EQ(large.feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc").error().id, "net.too_large");
}

}  // namespace
}  // namespace inkan::net
