#include "net/request_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "net/response_writer.hpp"

namespace inkan::net {
namespace {

using State = RequestReader::State;

// Feeds all bytes at once and gives "200" or status and reason of the refusal.
std::string verdict(std::string_view text, std::size_t header_bytes = 512, std::size_t body_bytes = 64) {
  RequestReader reader(header_bytes, body_bytes);
  std::string rest(text);
  rest.erase(0, reader.feed(rest));
  switch (reader.state()) {
    case State::done: return rest.empty() ? "done" : "done, more";
    case State::refused: return std::to_string(reader.status()) + " " + reader.reason();
    default: return "waits";
  }
}

const std::string kHead = "POST /x HTTP/1.1\r\nHost: id.localhost:1\r\n";

TEST(RequestReader, reads_a_whole_request) {
  RequestReader reader(512, 64);
  const std::string text = "POST /a%20b?c=d HTTP/1.1\r\nHost: ID.localhost:8443\r\nContent-Length: 3\r\n\r\nabcGET";
  EXPECT_EQ(reader.feed(text), text.size() - 3);
  ASSERT_EQ(reader.state(), State::done);
  const Request& request = reader.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a%20b?c=d");
  EXPECT_EQ(request.path, "/a b");
  EXPECT_EQ(request.find_query("c"), "d");
  EXPECT_EQ(request.host, "id.localhost");
  EXPECT_EQ(request.body, "abc");
  EXPECT_TRUE(reader.keep_alive());
  reader.start();
  EXPECT_EQ(reader.state(), State::head);
  EXPECT_EQ(reader.request().body, "");
}

TEST(RequestReader, reads_chunks_and_forgets_trailers) {
  RequestReader reader(512, 64);
  const std::string text =
      kHead + "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nAuthorization: x\r\nHost: y\r\n\r\n";
  EXPECT_EQ(reader.feed(text), text.size());
  ASSERT_EQ(reader.state(), State::done);
  EXPECT_EQ(reader.request().body, "abcde");
  EXPECT_EQ(reader.request().find_header("Authorization"), std::nullopt);
  EXPECT_EQ(reader.request().host, "id.localhost");
}

TEST(RequestReader, takes_http_1_0_without_host) {
  RequestReader reader(512, 64);
  reader.feed("POST /ocsp HTTP/1.0\r\nContent-Length: 1\r\n\r\nx");
  ASSERT_EQ(reader.state(), State::done);
  EXPECT_EQ(reader.request().host, "");
  EXPECT_FALSE(reader.keep_alive());
}

TEST(RequestReader, refuses_two_lengths) {
  EXPECT_EQ(verdict(kHead + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc").substr(0, 3), "400");
  EXPECT_EQ(verdict(kHead + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), "400 http.repeated_field");
  EXPECT_EQ(verdict(kHead + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "Content-Length: 3, 3\r\n\r\nabc"), "400 http.content_length");
  EXPECT_EQ(verdict(kHead + "Content-Length: +3\r\n\r\nabc").substr(0, 3), "400");
  EXPECT_EQ(verdict(kHead + "Content-Length: -3\r\n\r\nabc").substr(0, 3), "400");
  EXPECT_EQ(verdict(kHead + "Content-Length: 99999999999999999999\r\n\r\nabc").substr(0, 3), "400");
}

TEST(RequestReader, refuses_other_transfer_encodings) {
  EXPECT_EQ(verdict(kHead + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "501 http.transfer_encoding");
  EXPECT_EQ(verdict(kHead + "Transfer-Encoding: identity\r\n\r\n"), "501 http.transfer_encoding");
  EXPECT_EQ(verdict(kHead + "Transfer-Encoding: \vchunked\r\n\r\n").substr(0, 1), "4");
  EXPECT_EQ(verdict(kHead + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400 http.chunked_in_1_0");
}

TEST(RequestReader, refuses_bad_chunks) {
  const std::string chunked = kHead + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(verdict(chunked + "x\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(chunked + "1\r\nabcd\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(chunked + "fffffffffffffffff\r\n").substr(0, 1), "4");
  EXPECT_EQ(verdict(chunked + "1\r\na\r\n" + std::string(600, '0')), "400 http.malformed");
}

TEST(RequestReader, refuses_more_or_less_than_one_host) {
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\n\r\n"), "400 http.no_host");
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), "400 http.repeated_field");
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: \r\n\r\n"), "400 host.malformed");
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"), "400 host.malformed");
  EXPECT_EQ(verdict("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"), "400 http.two_hosts");
  EXPECT_EQ(verdict("GET http://A:1/ HTTP/1.1\r\nHost: a:1\r\n\r\n"), "done");
}

TEST(RequestReader, refuses_ambiguous_lines) {
  EXPECT_EQ(verdict(kHead + "A: b\r\n c\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "A: b\r\n\tc\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "A: b\nC: d\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "A: b\rC: d\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "A : b\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + ": b\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + "no colon\r\n\r\n"), "400 http.malformed");
  EXPECT_EQ(verdict(kHead + std::string("A: \0b\r\n\r\n", 9)), "400 http.malformed");
  EXPECT_EQ(verdict("\r\n" + kHead + "\r\n"), "400 http.malformed");
}

TEST(RequestReader, refuses_bad_request_lines) {
  EXPECT_EQ(verdict("GET  / HTTP/1.1\r\nHost: a\r\n\r\n").substr(0, 3), "400");
  EXPECT_EQ(verdict("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n").substr(0, 1), "5");
  EXPECT_EQ(verdict("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), "505 http.version");
  EXPECT_EQ(verdict("GET /\r\n\r\n").substr(0, 3), "400");
  EXPECT_EQ(verdict("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"), "400 target.malformed");
  EXPECT_EQ(verdict("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), "400 target.malformed");
  EXPECT_EQ(verdict("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "done");
  EXPECT_EQ(verdict("GET /%2e%2e/etc HTTP/1.1\r\nHost: a\r\n\r\n"), "400 target.dot_segment");
}

TEST(RequestReader, keeps_its_limits) {
  EXPECT_EQ(verdict(kHead + "A: " + std::string(600, 'a')), "431 http.header_too_large");
  EXPECT_EQ(verdict(kHead + "A: " + std::string(600, 'a') + "\r\n\r\n"), "431 http.header_too_large");
  EXPECT_EQ(verdict(kHead + "Content-Length: 64\r\n\r\n" + std::string(64, 'a')), "done");
  EXPECT_EQ(verdict(kHead + "Content-Length: 65\r\n\r\n"), "413 http.body_too_large");
  EXPECT_EQ(verdict(kHead + "Transfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(64, 'a') + "\r\n1\r\n"),
            "413 http.body_too_large");
  std::string many = kHead;
  for (int i = 0; i < 100; ++i) many += "A:\r\n";
  EXPECT_EQ(verdict(many + "\r\n", 4096), "431 http.too_many_fields");
}

TEST(RequestReader, knows_expectations) {
  RequestReader reader(512, 64);
  reader.feed(kHead + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(reader.state(), State::body);
  EXPECT_TRUE(reader.expects_continue());
  EXPECT_EQ(verdict(kHead + "Expect: tea\r\n\r\n"), "417 http.expectation");
}

// However the network cuts a request, it is the same request.
RC_GTEST_PROP(RequestReader, cuts_make_no_difference, (std::vector<std::uint8_t> cuts, bool chunked)) {
  const std::string text = kHead + (chunked ? "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nA: b\r\n\r\n"
                                            : "Content-Length: 5\r\n\r\nabcde");
  RequestReader reader(512, 64);
  std::string waiting;
  std::size_t sent = 0;
  std::size_t next = 0;
  while (sent < text.size()) {
    const std::size_t size = std::min<std::size_t>(next < cuts.size() ? cuts[next++] % 16 + 1 : text.size(), text.size() - sent);
    waiting += text.substr(sent, size);
    sent += size;
    waiting.erase(0, reader.feed(waiting));
  }
  RC_ASSERT(reader.state() == State::done);
  RC_ASSERT(reader.request().body == "abcde");
  RC_ASSERT(waiting.empty());
}

TEST(ResponseWriter, writes_what_net_owns_and_nothing_twice) {
  Response response = make_text(200, "abc");
  response.headers.add("Content-Length", "9");
  response.headers.add("Transfer-Encoding", "chunked");
  std::string out;
  DateField date;
  write_head(out, response, {.head = false, .keep_alive = true}, date.at(from_epoch(1'795'251'661)));
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 09:01:01 GMT\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 3\r\nConnection: keep-alive\r\n\r\n");
}

TEST(ResponseWriter, refuses_responses_that_would_split) {
  EXPECT_TRUE(is_writable({200, {{"X-A", "b\tc"}}, "\r\n"}));
  EXPECT_FALSE(is_writable({200, {{"X-A", "b\r\nX-B: c"}}, ""}));
  EXPECT_FALSE(is_writable({200, {{"X A", "b"}}, ""}));
  EXPECT_FALSE(is_writable({200, {{"", "b"}}, ""}));
  EXPECT_FALSE(is_writable({100, {}, ""}));
}

TEST(ResponseWriter, knows_answers_without_body) {
  EXPECT_FALSE(sends_body({204, {}, "x"}, {}));
  EXPECT_FALSE(sends_body({304, {}, "x"}, {}));
  EXPECT_FALSE(sends_body({200, {}, "x"}, {.head = true}));
  EXPECT_TRUE(sends_body({200, {}, "x"}, {}));
}

}  // namespace
}  // namespace inkan::net
