#include "net/server.hpp"

#include <condition_variable>
#include <thread>

#include "base/log.hpp"
#include "net/connection.hpp"

namespace inkan::net {

namespace {

using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;

constexpr std::chrono::milliseconds kShortestSweep{10};
constexpr std::chrono::milliseconds kLongestSweep{1'000};
constexpr std::chrono::milliseconds kOutOfFiles{100};

// Deadlines are kept to a quarter of the shortest one, so that no request pays for a timer of its own.
std::chrono::milliseconds sweep_every(const std::vector<ListenerOptions>& listeners) {
  std::chrono::milliseconds every = kLongestSweep;
  for (const ListenerOptions& listener : listeners) {
    const Limits& limits = listener.limits;
    every = std::min({every, limits.handshake_timeout / 4, limits.header_timeout / 4, limits.body_timeout / 4,
                      limits.idle_timeout / 4, limits.write_timeout / 4});
  }
  return std::max(every, kShortestSweep);
}

/// text_of is an address as Peer has it: one IPv4 client is the same on a listener for both families.
std::string text_of(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

Result<Acceptor> bind(asio::io_context& io, const ListenerOptions& options) {
  const std::string where = options.address + ":" + std::to_string(options.port);
  Ec ec;
  const asio::ip::address address = asio::ip::make_address(options.address, ec);
  if (ec) return fail(Code::corrupt, "net.listen", where + ": not an IP address");
  Acceptor acceptor(io.get_executor());
  const Tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return fail(Code::unavailable, "net.listen", where + ": " + ec.message());
  return acceptor;
}

// Counts a connection in, unless there are too many.
bool admit(House& house, Listener& listener, const std::string& address) {
  const Limits& limits = listener.options.limits;
  {
    const std::lock_guard lock(listener.mutex);
    if (listener.connections >= limits.connections) return false;
    if (limits.connections_per_address > 0) {
      std::size_t& here = listener.by_address[address];
      if (here >= limits.connections_per_address) return false;
      ++here;
    }
    ++listener.connections;
  }
  ++house.tally.connections;
  ++house.tally.open;
  return true;
}

}  // namespace

struct Server::Engine {
  explicit Engine(ServerOptions given) : options(std::move(given)) {}

  Result<void> start();
  void stop();
  Task<> accept(Listener& listener, Acceptor& acceptor);
  Task<> sweep(Shard& shard);
  // Runs `act` for every connection of every network thread, there.
  void for_all(void (*act)(Deadline&));

  ServerOptions options;
  std::shared_ptr<const Clock> clock;
  House house;
  std::vector<std::unique_ptr<Listener>> listeners;
  std::vector<std::unique_ptr<Shard>> shards;
  std::unique_ptr<Workers> workers;  // before the shards go, see stop()
  std::vector<Acceptor> acceptors;
  std::vector<asio::executor_work_guard<Executor>> guards;
  std::vector<std::thread> threads;
  std::size_t next_shard = 0;
  std::chrono::milliseconds sweep_period{0};
  bool stopped = false;
};

Result<void> Server::Engine::start() {
  clock = options.clock ? options.clock : std::make_shared<MachineClock>();
  house.clock = clock.get();
  sweep_period = sweep_every(options.listeners);
  for (std::size_t i = 0; i < std::max<std::size_t>(options.threads, 1); ++i) shards.push_back(std::make_unique<Shard>());

  for (ListenerOptions& given : options.listeners) {
    if (!given.handler) return fail(Code::internal, "net.no_handler");
    for (std::string& proxy : given.proxies) {
      Ec ec;
      const auto address = asio::ip::make_address(proxy, ec);
      if (ec) return fail(Code::invalid, "net.listen", proxy + ": not an IP address");
      proxy = text_of(address);
    }
    auto listener = std::make_unique<Listener>();
    listener->options = std::move(given);
    if (listener->options.tls) {
      auto tls = ServerTls::make(std::move(*listener->options.tls));
      if (!tls) return fail(tls);
      listener->options.tls.reset();
      listener->tls = std::move(*tls);
    }
    auto acceptor = bind(shards.front()->io, listener->options);
    if (!acceptor) return fail(acceptor);
    Ec ec;
    listener->port = acceptor->local_endpoint(ec).port();
    acceptors.push_back(std::move(*acceptor));
    listeners.push_back(std::move(listener));
  }

  workers = std::make_unique<Workers>(options.workers, options.queue);
  house.workers = workers.get();
  for (std::size_t i = 0; i < listeners.size(); ++i)
    asio::co_spawn(shards.front()->io, accept(*listeners[i], acceptors[i]), asio::detached);
  for (const auto& shard : shards) {
    guards.emplace_back(shard->io.get_executor());
    asio::co_spawn(shard->io, sweep(*shard), asio::detached);
    threads.emplace_back([&io = shard->io] { io.run(); });
  }
  return {};
}

Task<> Server::Engine::accept(Listener& listener, Acceptor& acceptor) {
  Timer pause(shards.front()->io);
  while (!house.stopping) {
    Shard& shard = *shards[next_shard++ % shards.size()];
    Socket socket(shard.io);
    Tcp::endpoint from;
    Ec ec;
    co_await acceptor.async_accept(socket, from, into(ec));
    if (ec == asio::error::operation_aborted || !acceptor.is_open()) co_return;
    if (ec == asio::error::no_descriptors) {
      log(LogLevel::error, "net", "net.out_of_files", {{"port", std::to_string(listener.port)}});
      pause.expires_after(kOutOfFiles);
      co_await pause.async_wait(into(ec));
      continue;
    }
    if (ec) continue;  // the client went away while it waited
    std::string address = text_of(from.address());
    if (!admit(house, listener, address)) {
      ++house.tally.turned_away;
      continue;
    }
    if (&shard == shards.front().get()) {
      start_connection(house, shard, listener, std::move(socket), std::move(address));
    } else {
      asio::post(shard.io, [this, &shard, &listener, socket = std::move(socket), address = std::move(address)]() mutable {
        start_connection(house, shard, listener, std::move(socket), std::move(address));
      });
    }
  }
}

Task<> Server::Engine::sweep(Shard& shard) {
  Timer timer(shard.io);
  while (true) {
    Ec ec;
    timer.expires_after(sweep_period);
    co_await timer.async_wait(into(ec));
    if (ec) co_return;
    const Steady now = house.machine.steady();
    for (Deadline* connection : shard.connections) {
      if (connection->due > now) continue;
      if (connection->wait != Deadline::Wait::idle) ++house.tally.timed_out;
      connection->due = Steady::max();
      connection->abort();
    }
  }
}

void Server::Engine::for_all(void (*act)(Deadline&)) {
  for (const auto& shard : shards)
    asio::post(shard->io, [&shard = *shard, act] {
      for (Deadline* connection : shard.connections) act(*connection);
    });
}

void Server::Engine::stop() {
  if (stopped) return;
  stopped = true;
  house.stopping = true;
  if (!threads.empty()) {
    asio::post(shards.front()->io, [this] {
      Ec ignored;
      for (Acceptor& acceptor : acceptors) acceptor.close(ignored);
    });
    for_all([](Deadline& connection) {
      if (connection.wait == Deadline::Wait::idle || connection.wait == Deadline::Wait::handshake) connection.abort();
    });
    house.wait_until_none_open(options.stop_timeout);
    for (const auto& shard : shards) shard->io.stop();
    for (std::thread& thread : threads) thread.join();
    Ec ignored;
    for (Acceptor& acceptor : acceptors) acceptor.close(ignored);  // with nothing open the threads may have ended first
  }
  // Now nothing runs on the network side; what a handler still answers stays in its shard's queue and ends with it.
  if (workers) workers->stop();
}

Server::Server(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  auto engine = std::make_unique<Engine>(std::move(options));
  if (auto started = engine->start(); !started) return fail(started);
  return std::unique_ptr<Server>(new Server(std::move(engine)));
}

std::vector<std::uint16_t> Server::ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& listener : engine_->listeners) ports.push_back(listener->port);
  return ports;
}

ServerCounts Server::counts() const {
  const Tally& tally = engine_->house.tally;
  return {.connections = tally.connections,
          .open = tally.open,
          .turned_away = tally.turned_away,
          .handshakes_failed = tally.handshakes_failed,
          .requests = tally.requests,
          .refused = tally.refused,
          .overloaded = tally.overloaded,
          .timed_out = tally.timed_out,
          .handlers_failed = tally.handlers_failed};
}

Result<void> Server::replace_certificates(std::size_t listener, const std::vector<ServerCertificate>& certificates) {
  if (listener >= engine_->listeners.size() || !engine_->listeners[listener]->tls)
    return fail(Code::not_found, "net.server_certificate", "no such TLS listener");
  return engine_->listeners[listener]->tls->replace(certificates);
}

Result<void> Server::replace_client_crls(std::size_t listener, const std::vector<std::string>& crls) {
  if (listener >= engine_->listeners.size() || !engine_->listeners[listener]->tls)
    return fail(Code::not_found, "net.client_crl", "no such TLS listener");
  return engine_->listeners[listener]->tls->replace_crls(crls);
}

void Server::stop() { engine_->stop(); }

}  // namespace inkan::net
