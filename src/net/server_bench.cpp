// A kept connection's GET of 256 bytes without TLS: this server with a worker, this server answering at once, and the smallest
// Beast server that does the same. The client's share is the same in all three; the time is the whole process's CPU.

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <thread>

#include "net/asio.hpp"
#include "net/server.hpp"

namespace inkan::net {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kRequest = "GET /status HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";
constexpr std::size_t kConnections = 16;

class Lines {
 public:
  explicit Lines(std::uint16_t port) {
    for (int& line : lines_) {
      line = ::socket(AF_INET, SOCK_STREAM, 0);
      const int on = 1;
      ::setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(port);
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      if (::connect(line, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) std::abort();
    }
  }
  ~Lines() {
    for (int line : lines_) ::close(line);
  }
  // All connections ask, then all are read.
  void round() {
    for (int line : lines_)
      if (::send(line, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) std::abort();
    char buffer[2048];
    for (int line : lines_)
      if (::recv(line, buffer, sizeof buffer, 0) <= 0) std::abort();
  }

 private:
  std::array<int, kConnections> lines_{};
};

void measure(benchmark::State& state, std::uint16_t port) {
  Lines lines(port);
  for (auto _ : state) lines.round();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kConnections));
}

std::unique_ptr<Server> serve(bool quick) {
  ServerOptions options;
  options.listeners.resize(1);
  options.listeners[0].handler = [](const Request&) { return make_text(200, std::string(256, 'x')); };
  if (quick) options.listeners[0].quick = [](const Request&) { return std::optional(make_text(200, std::string(256, 'x'))); };
  return *Server::start(std::move(options));
}

void worker(benchmark::State& state) {
  const auto server = serve(false);
  measure(state, server->ports()[0]);
}

void quick(benchmark::State& state) {
  const auto server = serve(true);
  measure(state, server->ports()[0]);
}

Task<> bare_session(Socket socket) {
  socket.set_option(Tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  Ec ec;
  while (true) {
    http::request<http::string_body> request;
    co_await http::async_read(socket, buffer, request, into(ec));
    if (ec) co_return;
    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "text/plain");
    response.body() = std::string(256, 'x');
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    co_await http::async_write(socket, response, into(ec));
    if (ec) co_return;
  }
}

Task<> bare_accept(asio::basic_socket_acceptor<Tcp, Executor>& acceptor, asio::io_context& io) {
  while (true) {
    Socket socket(io);
    Ec ec;
    co_await acceptor.async_accept(socket, into(ec));
    if (ec) co_return;
    asio::co_spawn(io, bare_session(std::move(socket)), asio::detached);
  }
}

void bare_beast(benchmark::State& state) {
  asio::io_context io(1);
  asio::basic_socket_acceptor<Tcp, Executor> acceptor(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  asio::co_spawn(io, bare_accept(acceptor, io), asio::detached);
  std::thread thread([&] { io.run(); });
  measure(state, acceptor.local_endpoint().port());
  io.stop();
  thread.join();
}

BENCHMARK(bare_beast)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(quick)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(worker)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace inkan::net
