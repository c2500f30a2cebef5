#include "net/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace inkan::net {
namespace {
using namespace std::string_literals;

const std::string kStart = "\r\n\r\n\0\r\nQUIT\n"s;

/// read_from takes a header off a stream as a connection does.
std::optional<std::string> read_from(std::string_view stream, std::size_t* taken = nullptr) {
  std::string header;
  for (auto wants = proxy_header_wants(header); wants != std::size_t{0}; wants = proxy_header_wants(header)) {
    if (!wants || header.size() + *wants > stream.size()) return {};
    header += stream.substr(header.size(), *wants);
  }
  if (taken) *taken = header.size();
  const auto parsed = parse_proxy_header(header);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

TEST(ProxyHeader, version_1_as_its_document_shows_it) {
  std::size_t taken = 0;
  const std::string line = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n";
  EXPECT_EQ(read_from(line + "\x16\x03\x01", &taken), "203.0.113.7");
  EXPECT_EQ(taken, line.size()) << "not a byte of the client's";
  EXPECT_EQ(read_from("PROXY TCP6 2001:DB8::1 2001:db8::2 1 443\r\n"), "2001:db8::1");
  EXPECT_EQ(read_from("PROXY UNKNOWN\r\n"), "");
  EXPECT_EQ(read_from("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "");
}

TEST(ProxyHeader, version_2_as_its_document_shows_it) {
  const std::string four = kStart + "\x21\x11\x00\x0c"s + "\xcb\x00\x71\x07\xc0\x00\x02\x01\xdc\x04\x01\xbb"s;
  std::size_t taken = 0;
  EXPECT_EQ(read_from(four + "GET / ", &taken), "203.0.113.7");
  EXPECT_EQ(taken, four.size());
  const std::string six = kStart + "\x21\x21\x00\x27"s + "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s +
                          std::string(20, '\0') + "\x04\x00\x00"s;  // and a field of the proxy's own
  EXPECT_EQ(read_from(six), "2001:db8::1");
  EXPECT_EQ(read_from(kStart + "\x20\x00\x00\x00"s), "") << "LOCAL";
  EXPECT_EQ(read_from(kStart + "\x21\x00\x00\x00"s), "") << "UNSPEC";
}

TEST(ProxyHeader, anything_else_is_none) {
  for (const std::string& bytes :
       {"GET / HTTP/1.1\r\nHost: a\r\n\r\n"s, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00\x00"s,
        "PROXY TCP4 203.0.113.7"s, "PROXY TCP4 2001:db8::1 ::1 1 2\r\n"s, "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n"s,
        "PROXY "s + std::string(200, 'x') + "\r\n"s, kStart + "\x11\x11\x00\x0c"s + std::string(12, 'x'),
        kStart + "\x22\x11\x00\x0c"s + std::string(12, 'x'), kStart + "\x21\x11\x00\x04"s + std::string(4, 'x'),
        kStart + "\x21\x11\xff\xff"s + std::string(70'000, 'x')})
    EXPECT_FALSE(read_from(bytes)) << bytes.substr(0, 40);
}

}  // namespace
}  // namespace inkan::net
