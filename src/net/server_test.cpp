#include "net/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include "support/raw_line.hpp"

namespace inkan::net {
namespace {

using namespace std::chrono_literals;
using test::RawLine;

Response echo(const Request& request) { return make_text(200, request.method + " " + request.path + " " + request.body); }

std::unique_ptr<Server> serve(ListenerOptions listener, std::size_t workers = 2, std::size_t queue = 16,
                              std::chrono::milliseconds stop_timeout = 10s) {
  if (!listener.handler) listener.handler = echo;
  ServerOptions options;
  options.workers = workers;
  options.queue = queue;
  options.stop_timeout = stop_timeout;
  options.listeners.push_back(std::move(listener));
  auto server = Server::start(std::move(options));
  EXPECT_TRUE(server) << (server ? "" : server.error().detail);
  return std::move(*server);
}

// One request on a connection of its own; everything that comes back.
std::string ask(const Server& server, std::string_view text) {
  RawLine line(server.ports()[0]);
  line.send(text);
  return line.receive_all();
}

const std::string kClose = "Host: a\r\nConnection: close\r\n";

TEST(Server, answers_with_a_length_and_a_date) {
  const auto server = serve({});
  const std::string answer = ask(*server, "GET /x HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
  EXPECT_NE(answer.find("\r\nContent-Length: 7\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /x ")) << answer;
  EXPECT_EQ(answer.find("Server:"), std::string::npos);
  EXPECT_EQ(answer.find("chunked"), std::string::npos);
}

TEST(Server, keeps_a_connection_and_answers_in_order) {
  const auto server = serve({});
  RawLine line(server->ports()[0]);
  // Two at once (pipelined), then a third.
  line.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(line.receive_until("GET /1 ").find("keep-alive"), std::string::npos);
  line.receive_until("GET /2 ");
  line.send("GET /3 HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_TRUE(line.receive_all().ends_with("GET /3 "));
  EXPECT_EQ(server->counts().connections, 1u);
  EXPECT_EQ(server->counts().requests, 3u);
}

TEST(Server, head_announces_a_body_and_sends_none) {
  const auto server = serve({});
  const std::string answer = ask(*server, "HEAD /x HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_NE(answer.find("Content-Length: 8\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(Server, takes_bodies_of_both_kinds) {
  const auto server = serve({});
  EXPECT_TRUE(ask(*server, "POST / HTTP/1.1\r\n" + kClose + "Content-Length: 3\r\n\r\nabc").ends_with("POST / abc"));
  EXPECT_TRUE(ask(*server, "POST / HTTP/1.1\r\n" + kClose + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n")
                  .ends_with("POST / abc"));
}

TEST(Server, T7_a_proxy_says_whose_connection_it_is_and_nobody_else_does) {
  ListenerOptions listener;
  listener.handler = [](const Request& request) { return make_text(200, "from " + request.peer.address); };
  const std::string introduction = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n";
  const std::string request = "GET / HTTP/1.1\r\n" + kClose + "\r\n";
  {
    const auto server = serve(listener);
    EXPECT_TRUE(ask(*server, request).ends_with("from 127.0.0.1"));
    EXPECT_EQ(ask(*server, introduction + request).find("from"), std::string::npos) << "not a configured proxy";
  }
  listener.proxies = {"127.0.0.1", "2001:DB8:0::1"};
  listener.limits.connections_per_address = 1;
  const auto server = serve(listener);
  EXPECT_TRUE(ask(*server, introduction + request).ends_with("from 203.0.113.7"));
  EXPECT_TRUE(ask(*server, "PROXY UNKNOWN\r\n" + request).ends_with("from 127.0.0.1"));
  EXPECT_EQ(ask(*server, request), "") << "a proxy that does not introduce its client is not heard";
  EXPECT_EQ(server->counts().refused, 1u);
  EXPECT_EQ(server->counts().turned_away, 0u) << "each was counted out under the address it was counted in";
}

TEST(Server, says_continue_to_who_waits_for_it) {
  const auto server = serve({});
  RawLine line(server->ports()[0]);
  line.send("POST / HTTP/1.1\r\n" + kClose + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(line.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  line.send("abc");
  EXPECT_TRUE(line.receive_all().ends_with("POST / abc"));
}

TEST(Server, refuses_and_closes) {
  ListenerOptions listener;
  listener.limits.body_bytes = 10;
  const auto server = serve(std::move(listener));
  const auto status = [&](const std::string& text) { return ask(*server, text).substr(9, 3); };
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n"), "400");
  EXPECT_EQ(status("GET /%2e%2e/ HTTP/1.1\r\nHost: a\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n"), "431");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n"), "413");
  // The whole body is on its way when the refusal is sent: the answer must arrive all the same, not a reset.
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'a')), "413");
  EXPECT_EQ(server->counts().refused, 8u);
  EXPECT_EQ(server->counts().requests, 0u);
}

TEST(Server, identity_is_not_taken_from_headers) {
  Peer seen;
  ListenerOptions listener;
  listener.handler = [&](const Request& request) {
    seen = request.peer;
    return make_text(200, "");
  };
  const auto server = serve(std::move(listener));
  ask(*server,
      "GET / HTTP/1.1\r\n" + kClose + "Client-Cert: :AAAA:\r\nX-SSL-Client-S-DN: CN=x\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");
  EXPECT_FALSE(seen.tls);
  EXPECT_FALSE(seen.certificate);
  EXPECT_FALSE(seen.fingerprint);
  EXPECT_EQ(seen.address, "127.0.0.1");
}

TEST(Server, a_handler_that_throws_shows_only_a_reference) {
  ListenerOptions listener;
  listener.handler = [](const Request&) -> Response { throw std::runtime_error("inner secret"); };
  const auto server = serve(std::move(listener));
  const std::string answer = ask(*server, "GET / HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_EQ(answer.substr(9, 3), "500");
  EXPECT_EQ(answer.find("secret"), std::string::npos);
  EXPECT_NE(answer.find("reference "), std::string::npos);
  EXPECT_EQ(server->counts().handlers_failed, 1u);
}

TEST(Server, a_response_that_would_split_is_a_defect) {
  ListenerOptions listener;
  listener.handler = [](const Request&) { return Response{200, {{"X", "a\r\nSet-Cookie: b=c"}}, ""}; };
  const auto server = serve(std::move(listener));
  const std::string answer = ask(*server, "GET / HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_EQ(answer.substr(9, 3), "500");
  EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
}

TEST(Server, quick_answers_come_first_and_may_pass) {
  ListenerOptions listener;
  listener.quick = [](const Request& request) -> std::optional<Response> {
    if (request.path == "/quick") return make_text(200, "quick");
    return std::nullopt;
  };
  const auto server = serve(std::move(listener));
  EXPECT_TRUE(ask(*server, "GET /quick HTTP/1.1\r\n" + kClose + "\r\n").ends_with("quick"));
  EXPECT_TRUE(ask(*server, "GET /slow HTTP/1.1\r\n" + kClose + "\r\n").ends_with("GET /slow "));
}

TEST(Server, sends_large_answers_whole) {
  ListenerOptions listener;
  listener.handler = [](const Request&) { return make_text(200, std::string(3'000'000, 'x')); };
  const auto server = serve(std::move(listener));
  const std::string answer = ask(*server, "GET / HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 3'000'000u);
}

// The server closes; if it did not, the test would hang and be ended by ctest.
TEST(Server, closes_on_slow_heads_and_bodies) {
  ListenerOptions listener;
  listener.limits.header_timeout = 50ms;
  listener.limits.body_timeout = 50ms;
  const auto server = serve(std::move(listener));
  EXPECT_EQ(ask(*server, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow"), "");
  EXPECT_EQ(ask(*server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na"), "");
  EXPECT_EQ(server->counts().timed_out, 2u);
}

// A trickle does not win time: the deadline belongs to the whole head.
TEST(Server, closes_on_a_trickle) {
  ListenerOptions listener;
  listener.limits.header_timeout = 50ms;
  const auto server = serve(std::move(listener));
  RawLine line(server->ports()[0]);
  std::atomic<bool> closed = false;
  std::thread trickle([&] {
    line.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    for (std::size_t sent = 0; !closed && sent < 8'000; ++sent) {
      line.send("a");
      std::this_thread::yield();
    }
  });
  line.receive_all();
  closed = true;
  trickle.join();
  EXPECT_EQ(server->counts().timed_out, 1u);
}

TEST(Server, closes_idle_connections) {
  ListenerOptions listener;
  listener.limits.idle_timeout = 50ms;
  const auto server = serve(std::move(listener));
  EXPECT_EQ(ask(*server, ""), "");
  EXPECT_EQ(server->counts().timed_out, 0u);
}

// Gate is a handler that tells when it runs and waits to be let on.
struct Gate {
  std::counting_semaphore<> entered{0};
  std::counting_semaphore<> leave{0};
  Response operator()(const Request&) {
    entered.release();
    leave.acquire();
    return make_text(200, "done");
  }
};

TEST(Server, a_full_queue_is_503_with_retry_after) {
  Gate gate;
  ListenerOptions listener;
  listener.handler = std::ref(gate);
  const auto server = serve(std::move(listener), 1, 0);
  RawLine first(server->ports()[0]);
  first.send("GET / HTTP/1.1\r\n" + kClose + "\r\n");
  gate.entered.acquire();
  const std::string answer = ask(*server, "GET / HTTP/1.1\r\n" + kClose + "\r\n");
  EXPECT_EQ(answer.substr(9, 3), "503");
  EXPECT_NE(answer.find("\r\nRetry-After: 1\r\n"), std::string::npos);
  gate.leave.release();
  EXPECT_TRUE(first.receive_all().ends_with("done"));
  EXPECT_EQ(server->counts().overloaded, 1u);
}

TEST(Server, stop_lets_a_running_request_finish) {
  Gate gate;
  ListenerOptions listener;
  listener.handler = std::ref(gate);
  const auto server = serve(std::move(listener));
  const std::uint16_t port = server->ports()[0];
  RawLine idle(port);
  RawLine busy(port);
  busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  gate.entered.acquire();
  auto stopped = std::async(std::launch::async, [&] { server->stop(); });
  EXPECT_EQ(idle.receive_all(), "");  // closed while the other still runs
  gate.leave.release();
  const std::string answer = busy.receive_all();
  EXPECT_TRUE(answer.ends_with("done")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopped.get();
  EXPECT_EQ(server->counts().open, 0u);
}

TEST(Server, stop_is_bounded) {
  const auto server = serve({}, 2, 16, 20ms);
  RawLine line(server->ports()[0]);
  line.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  line.receive_until("Continue\r\n\r\n");  // so it has begun, and will never be whole
  server->stop();
  EXPECT_EQ(server->counts().requests, 0u);
}

TEST(Server, turns_away_what_is_over_its_limits) {
  Gate gate;
  ListenerOptions listener;
  listener.handler = std::ref(gate);
  listener.limits.connections_per_address = 1;
  const auto server = serve(std::move(listener));
  RawLine first(server->ports()[0]);
  first.send("GET / HTTP/1.1\r\n" + kClose + "\r\n");
  gate.entered.acquire();
  EXPECT_EQ(ask(*server, ""), "");
  EXPECT_EQ(server->counts().turned_away, 1u);
  gate.leave.release();
  EXPECT_TRUE(first.receive_all().ends_with("done"));
}

TEST(Server, several_threads_serve_many_at_once) {
  ServerOptions options;
  options.threads = 2;
  options.workers = 3;
  options.listeners.resize(2);
  for (ListenerOptions& listener : options.listeners) listener.handler = echo;
  auto server = Server::start(std::move(options));
  ASSERT_TRUE(server);
  const auto ports = (*server)->ports();
  ASSERT_EQ(ports.size(), 2u);
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&, i] {
      RawLine line(ports[static_cast<std::size_t>(i) % 2]);
      for (int n = 0; n < 50; ++n) {
        line.send("GET /n HTTP/1.1\r\nHost: a\r\n\r\n");
        if (line.receive_until("GET /n ").ends_with("GET /n ")) ++good;
      }
    });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 400);
}

TEST(Server, start_says_what_is_wrong) {
  const auto error = [](ListenerOptions listener) {
    ServerOptions options;
    options.listeners.push_back(std::move(listener));
    auto server = Server::start(std::move(options));
    return server ? "no error" : server.error().id;
  };
  const auto server = serve({});
  EXPECT_EQ(error({}), "net.no_handler");
  EXPECT_EQ(error({.port = server->ports()[0], .handler = echo}), "net.listen");
  EXPECT_EQ(error({.address = "localhost", .handler = echo}), "net.listen");
  EXPECT_EQ(error({.tls = TlsOptions{}, .handler = echo}), "net.server_certificate");
}

}  // namespace
}  // namespace inkan::net
