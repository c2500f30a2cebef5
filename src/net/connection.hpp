#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/chance.hpp"
#include "net/asio.hpp"
#include "net/response_writer.hpp"
#include "net/server.hpp"
#include "net/tls.hpp"
#include "net/workers.hpp"

// What the connections of one server share, and how one is served. Private to this room.
namespace inkan::net {

using Steady = std::chrono::steady_clock::time_point;

/// Tally is ServerCounts while it is being counted.
struct Tally {
  std::atomic<std::uint64_t> connections{0}, open{0}, turned_away{0}, handshakes_failed{0}, requests{0}, refused{0},
      overloaded{0}, timed_out{0}, handlers_failed{0};
};

/// Listener is one listener while it runs.
struct Listener {
  ListenerOptions options;
  std::unique_ptr<ServerTls> tls;
  std::uint16_t port = 0;

  std::mutex mutex;
  std::size_t connections = 0;                    // under mutex
  std::map<std::string, std::size_t> by_address;  // under mutex; empty without that limit
};

/// House is what every connection of a server needs.
struct House {
  Workers* workers = nullptr;
  const Clock* clock = nullptr;  // for Date
  Tally tally;
  MachineClock machine;  // for deadlines, which no test and no demo moves
  SystemRng rng;         // for reference numbers
  std::atomic<bool> stopping{false};

  /// wait_until_none_open waits for the last connection to end, at most so long.
  void wait_until_none_open(std::chrono::milliseconds at_most);
  /// release counts a connection out.
  void release(Listener& listener, const std::string& address);

 private:
  std::mutex mutex_;
  std::condition_variable none_open_;
};

/// Deadline is a connection as the sweeper sees it. Touched on its own network thread only.
class Deadline {
 public:
  virtual ~Deadline() = default;
  /// abort closes the socket; whatever waits on it ends with an error.
  virtual void abort() = 0;

  enum class Wait { idle, handshake, request, handler, answer };
  Wait wait = Wait::handshake;
  Steady due = Steady::max();
};

/// Shard is one network thread.
struct Shard {
  std::unordered_set<Deadline*> connections;  // outlives the io_context, whose end destroys what still hangs there
  DateField date;
  asio::io_context io{1};
};

/// start_connection serves a socket until it closes. Called on the shard's thread.
void start_connection(House& house, Shard& shard, Listener& listener, Socket socket, std::string address);

}  // namespace inkan::net
