// The bare HTTP server that OCSP is held against: our own `net`, which answers every request with one and the same file.

#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "measure.hpp"
#include "net/server.hpp"

int main(int argc, char** argv) {
  using namespace inkan;
  CLI::App app("Answers every request with one file; prints its port, and ends on SIGTERM.");
  std::filesystem::path file;
  std::string type;
  std::size_t workers = 32;
  app.add_option("--answer", file)->required();
  app.add_option("--type", type, "media type")->required();
  app.add_option("--workers", workers);
  CLI11_PARSE(app, argc, argv);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const std::string body = bench::need(read_file(file), file.string());
  net::ServerOptions options{.threads = 2, .workers = workers, .clock = std::make_shared<MachineClock>(), .listeners = {}};
  options.listeners.push_back({.address = "127.0.0.1", .port = 0, .tls = {}, .handler = [&](const net::Request&) {
                                 net::Response response = net::make_response(200, type, body);
                                 response.headers.set("Cache-Control", "no-store");
                                 return response;
                               }});
  const auto server = bench::need(net::Server::start(std::move(options)), "server");
  std::printf("%u\n", static_cast<unsigned>(server->ports().front()));
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  server->stop();
  return 0;
}
