#include "net/client.hpp"

#include <gtest/gtest.h>

#include <semaphore>
#include <thread>

#include "net/server.hpp"

namespace inkan::net {
namespace {

using namespace std::chrono_literals;

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "no error" : result.error().id;
}

std::unique_ptr<Server> serve(Handler handler, Limits limits = {}) {
  ServerOptions options;
  options.stop_timeout = 1s;
  options.listeners.push_back({.limits = limits, .handler = std::move(handler)});
  return *Server::start(std::move(options));
}

std::string url(const Server& server, const std::string& target = "/") {
  return "http://localhost:" + std::to_string(server.ports()[0]) + target;
}

TEST(Url, is_taken_apart) {
  const auto url = parse_url("https://ID.localhost:8443/a/b?c=d");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "id.localhost");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(url->authority(), "id.localhost:8443");
  EXPECT_EQ(parse_url("http://a")->authority(), "a");
  EXPECT_EQ(parse_url("http://a?b")->target, "/?b");
  EXPECT_EQ(parse_url("http://[::1]:81/")->port, 81);
  for (const char* bad :
       {"", "ftp://a", "https://", "https://user@a/", "https://a:0/", "https://a:70000/", "https://a/ b", "https://a/#b"})
    EXPECT_EQ(error_of(parse_url(bad)), "url.malformed") << bad;
}

TEST(Client, gets_and_posts_over_one_connection) {
  const auto server = serve([](const Request& request) { return make_text(201, request.method + request.host + request.body); });
  Client client = *Client::make({});
  EXPECT_EQ(client.get(url(*server))->body, "GETlocalhost");
  const auto posted = client.post(url(*server), "text/plain", "abc");
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->status, 201);
  EXPECT_EQ(posted->body, "POSTlocalhostabc");
  const auto head = client.send({.method = "HEAD", .url = url(*server)});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(server->counts().connections, 1u);
  client.close();
  EXPECT_TRUE(client.get(url(*server)));
  EXPECT_EQ(server->counts().connections, 2u);
}

TEST(Client, every_localhost_is_this_machine) {
  const auto server = serve([](const Request& request) { return make_text(200, request.host); });
  Client client = *Client::make({});
  EXPECT_EQ(client.get("http://a.b.localhost:" + std::to_string(server->ports()[0]))->body, "a.b.localhost");
}

TEST(Client, notices_that_a_kept_connection_was_closed) {
  const auto server = serve([](const Request&) { return make_text(200, "x"); }, {.idle_timeout = 40ms});
  Client client = *Client::make({});
  ASSERT_TRUE(client.post(url(*server), "text/plain", "1"));
  while (server->counts().open > 0) std::this_thread::yield();
  EXPECT_TRUE(client.post(url(*server), "text/plain", "2"));
  EXPECT_EQ(server->counts().connections, 2u);
}

TEST(Client, says_when_nobody_listens) {
  const auto server = serve([](const Request&) { return make_text(200, ""); });
  const std::string there = url(*server);
  server->stop();
  EXPECT_EQ(error_of(Client::make({})->get(there)), "net.unreachable");
  EXPECT_EQ(error_of(Client::make({})->get("https://a b/")), "url.malformed");
}

TEST(Client, does_not_wait_for_ever) {
  std::binary_semaphore leave{0};
  const auto server = serve([&](const Request&) {
    leave.acquire();
    return make_text(200, "");
  });
  Client client = *Client::make({.exchange_timeout = 30ms});
  EXPECT_EQ(error_of(client.get(url(*server))), "net.timeout");
  leave.release();
}

TEST(Client, bounds_what_it_reads) {
  const auto server = serve([](const Request&) { return make_text(200, std::string(1001, 'x')); });
  EXPECT_EQ(error_of(Client::make({.response_bytes = 1000})->get(url(*server))), "net.too_large");
  EXPECT_EQ(Client::make({.response_bytes = 1001})->get(url(*server))->body.size(), 1001u);
}

TEST(Client, refuses_to_write_headers_that_split) {
  Client client = *Client::make({});
  EXPECT_EQ(error_of(client.send({.url = "http://localhost:1/", .headers = {{"A", "b\r\nC: d"}}})), "net.call_malformed");
  EXPECT_EQ(error_of(client.send({.method = "GET / x", .url = "http://localhost:1/"})), "net.call_malformed");
}

TEST(Client, refuses_trust_that_is_none) {
  EXPECT_EQ(error_of(Client::make({.trust_pem = "nonsense"})), "net.trust_malformed");
  EXPECT_EQ(error_of(Client::make({.certificate_chain = {{1, 2, 3}}})), "net.client_certificate");
}

}  // namespace
}  // namespace inkan::net
