#include "net/connection.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <optional>
#include <vector>

#include "base/log.hpp"
#include "net/proxy_header.hpp"
#include "net/request_reader.hpp"

namespace inkan::net {

namespace {

constexpr std::size_t kFirstBuffer = 4 * 1024;
constexpr std::size_t kOneWrite = 16 * 1024;  // a TLS record; bodies up to this are joined with their head
constexpr std::chrono::milliseconds kFarewell{2'000};
constexpr std::size_t kDrain = 256 * 1024;

Response refusal(int status, const std::string& reason) {
  Response response = make_text(status, reason + "\n");
  response.headers.add("Cache-Control", "no-store");
  return response;
}

// A defect: the client learns a number under which the log tells the rest.
Response defect(House& house, std::string what) {
  ++house.tally.handlers_failed;
  const std::string reference = make_token(house.rng, 6);
  log(LogLevel::error, "net", "net.handler_failed", {{"reference", reference}, {"what", std::move(what)}});
  return refusal(500, "reference " + reference);
}

template <class Handle>
auto answer(House& house, const Handle& handle, const Request& request) -> decltype(handle(request)) {
  try {
    auto response = handle(request);
    if constexpr (std::is_same_v<decltype(response), Response>) {
      if (!is_writable(response)) return defect(house, "a response that cannot be written");
    } else {
      if (response && !is_writable(*response)) return defect(house, "a response that cannot be written");
    }
    return response;
  } catch (const std::exception& thrown) {
    return defect(house, thrown.what());
  } catch (...) {
    return defect(house, "something that is no exception");
  }
}

template <class Stream>
class Connection final : public Deadline, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsSocket>;

  template <class... Arguments>
  Connection(House& house, Shard& shard, Listener& listener, std::string address, Arguments&&... arguments)
      : house_(house),
        shard_(shard),
        listener_(listener),
        stream_(std::forward<Arguments>(arguments)...),
        reader_(limits().header_bytes, limits().body_bytes) {
    peer_.address = address;
    admitted_ = std::move(address);
    shard_.connections.insert(this);
  }

  ~Connection() override {
    shard_.connections.erase(this);
    house_.release(listener_, admitted_);
  }

  void abort() override {
    Ec ignored;
    stream_.lowest_layer().close(ignored);
  }

  Task<> run() {
    if (co_await greet()) {
      while (co_await read_request()) {
        const bool go_on = co_await serve_request();
        if (!go_on) break;
      }
    }
    co_await farewell();
  }

 private:
  const Limits& limits() const { return listener_.options.limits; }

  void expect(Wait what, std::chrono::milliseconds timeout) {
    wait = what;
    due = house_.machine.steady() + timeout;
  }

  // The handshake; without TLS there is nothing to do.
  Task<bool> greet() {
    if (house_.stopping) co_return false;  // it was accepted, but begins only now
    if (std::ranges::find(listener_.options.proxies, peer_.address) != listener_.options.proxies.end()) {
      const bool introduced = co_await read_proxy_header();
      if (!introduced) {
        ++house_.tally.refused;
        abort();
        co_return false;
      }
    }
    if constexpr (kTls) {
      expect(Wait::handshake, limits().handshake_timeout);
      Ec ec;
      co_await stream_.async_handshake(asio::ssl::stream_base::server, into(ec));
      if (ec) {
        ++house_.tally.handshakes_failed;
        abort();
        co_return false;
      }
      fill_peer(stream_.native_handle(), peer_);
    }
    co_return true;
  }

  Socket& socket() {
    if constexpr (kTls)
      return stream_.next_layer();
    else
      return stream_;
  }

  // A load balancer says whose connection it passes on; what follows its header is the client's own.
  Task<bool> read_proxy_header() {
    expect(Wait::handshake, limits().handshake_timeout);
    std::string header;
    for (auto wants = proxy_header_wants(header); wants != std::size_t{0}; wants = proxy_header_wants(header)) {
      if (!wants) co_return false;
      const std::size_t so_far = header.size();
      header.resize(so_far + *wants);
      Ec ec;
      co_await asio::async_read(socket(), asio::buffer(header.data() + so_far, *wants), into(ec));
      if (ec) co_return false;
    }
    const auto address = parse_proxy_header(header);
    if (!address) co_return false;
    if (!address->empty()) peer_.address = *address;
    co_return true;
  }

  // Reads one whole request, or answers what cannot be one. False ends the connection.
  Task<bool> read_request() {
    reader_.start();
    expect(Wait::idle, limits().idle_timeout);
    bool body_begun = false;
    while (true) {
      const std::size_t taken = reader_.feed({buffer_.data() + begin_, end_ - begin_});
      begin_ += taken;
      if (reader_.state() == RequestReader::State::done) co_return true;
      if (reader_.state() == RequestReader::State::refused) {
        ++house_.tally.refused;
        const Response response = refusal(reader_.status(), reader_.reason());
        co_await write(response, {.head = false, .keep_alive = false});
        co_await drain();
        co_return false;
      }
      if (reader_.state() == RequestReader::State::body && !body_begun) {
        body_begun = true;
        expect(Wait::request, limits().body_timeout);
        if (reader_.expects_continue() && begin_ == end_) {
          const bool told = co_await write_continue();
          if (!told) co_return false;
        }
      } else if (wait == Wait::idle && end_ > begin_) {
        expect(Wait::request, limits().header_timeout);
      }
      // Before a request's first byte, a server that stops has nothing to wait for.
      if (wait == Wait::idle && house_.stopping) co_return false;
      const bool more = co_await fill();
      if (!more) co_return false;
    }
  }

  Task<bool> fill() {
    if (begin_ == end_) {
      begin_ = end_ = 0;
      if (buffer_.empty()) buffer_.resize(kFirstBuffer);
    } else if (end_ == buffer_.size()) {
      if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
      } else {
        // The reader leaves at most header_bytes untaken, so this ends.
        buffer_.resize(buffer_.size() * 2);
      }
    }
    Ec ec;
    const std::size_t count =
        co_await stream_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_), into(ec));
    if (ec) co_return false;
    end_ += count;
    co_return true;
  }

  Task<bool> write_continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    Ec ec;
    co_await asio::async_write(stream_, asio::buffer(kContinue), into(ec));
    co_return !ec;
  }

  // Finds an answer to the request that was read and sends it. False ends the connection.
  Task<bool> serve_request() {
    Request& request = reader_.request();
    request.peer = peer_;
    wait = Wait::handler;
    due = Steady::max();
    std::optional<Response> response;
    if (listener_.options.host_must_equal_sni && request.host != peer_.sni) {
      ++house_.tally.refused;
      response = refusal(421, "http.misdirected");
    } else {
      if (listener_.options.quick) response = answer(house_, listener_.options.quick, request);
      if (response) {
        ++house_.tally.requests;
      } else if (house_.workers->reserve()) {
        ++house_.tally.requests;
        response = co_await ask_worker();
      } else {
        ++house_.tally.overloaded;
        response = refusal(503, "net.overloaded");
        response->headers.add("Retry-After", "1");
      }
    }
    const Answering answering{.head = request.method == "HEAD", .keep_alive = reader_.keep_alive() && !house_.stopping};
    const bool written = co_await write(*response, answering);
    co_return written&& answering.keep_alive;
  }

  // Runs the handler on a worker thread and comes back to this one.
  Task<Response> ask_worker() {
    const auto start = [this](auto completion) {
      auto shared = this->shared_from_this();
      house_.workers->push([self = std::move(shared), completion = std::move(completion)]() mutable {
        Response response = answer(self->house_, self->listener_.options.handler, self->reader_.request());
        // The connection goes back along with its answer, so that its end never comes on this thread.
        asio::io_context& io = self->shard_.io;
        asio::post(io, [self = std::move(self), completion = std::move(completion), response = std::move(response)]() mutable {
          std::move(completion)(std::move(response));
        });
      });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>&, void(Response)>(start, kAwait);
  }

  Task<bool> write(const Response& response, Answering answering) {
    expect(Wait::answer, limits().write_timeout);
    out_.clear();
    write_head(out_, response, answering, shard_.date.at(house_.clock->now()));
    const bool body = sends_body(response, answering);
    const bool apart = body && response.body.size() > kOneWrite;
    if (body && !apart) out_.append(response.body);
    Ec ec;
    if (apart) {
      const std::array<asio::const_buffer, 2> both = {asio::buffer(out_), asio::buffer(response.body)};
      co_await asio::async_write(stream_, both, into(ec));
    } else {
      co_await asio::async_write(stream_, asio::buffer(out_), into(ec));
    }
    co_return !ec;
  }

  // After a refusal bytes of the request may still be under way. Closing at once would make the kernel answer them by a reset,
  // which can overtake our answer (RFC 9112 9.6): close our side, then read on for a moment.
  Task<> drain() {
    expect(Wait::idle, kFarewell);
    Ec ec;
    if constexpr (!kTls) stream_.shutdown(Tcp::socket::shutdown_send, ec);
    if (buffer_.empty()) buffer_.resize(kFirstBuffer);
    for (std::size_t total = 0; total < kDrain && !ec;)
      total += co_await stream_.async_read_some(asio::buffer(buffer_), into(ec));
  }

  Task<> farewell() {
    if constexpr (kTls) {
      if (stream_.lowest_layer().is_open()) {
        expect(Wait::idle, kFarewell);
        Ec ec;
        co_await stream_.async_shutdown(into(ec));
      }
    }
    abort();
  }

  House& house_;
  Shard& shard_;
  Listener& listener_;
  Stream stream_;
  Peer peer_;
  std::string admitted_;  // the address it was counted in under; a proxy may name another
  RequestReader reader_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
};

template <class Stream>
Task<> run(std::shared_ptr<Connection<Stream>> connection) {
  co_await connection->run();
}

}  // namespace

void House::wait_until_none_open(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  none_open_.wait_for(lock, at_most, [this] { return tally.open == 0; });
}

void House::release(Listener& listener, const std::string& address) {
  {
    const std::lock_guard lock(listener.mutex);
    --listener.connections;
    const auto found = listener.by_address.find(address);
    if (found != listener.by_address.end() && --found->second == 0) listener.by_address.erase(found);
  }
  const std::lock_guard lock(mutex_);
  if (--tally.open == 0) none_open_.notify_all();
}

void start_connection(House& house, Shard& shard, Listener& listener, Socket socket, std::string address) {
  Ec ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  if (!listener.tls) {
    auto connection = std::make_shared<Connection<Socket>>(house, shard, listener, std::move(address), std::move(socket));
    asio::co_spawn(shard.io, run(std::move(connection)), asio::detached);
    return;
  }
  SSL* ssl = SSL_new(listener.tls->context());
  if (!ssl) return house.release(listener, address);
  auto connection = std::make_shared<Connection<TlsSocket>>(house, shard, listener, std::move(address), std::move(socket), ssl);
  asio::co_spawn(shard.io, run(std::move(connection)), asio::detached);
}

}  // namespace inkan::net
