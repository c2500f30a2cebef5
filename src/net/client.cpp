#include "net/client.hpp"

#include <charconv>
#include <iomanip>
#include <locale>
#include <optional>
#include <sstream>

#include "base/clock.hpp"
#include "net/asio.hpp"
#include "net/grammar.hpp"
#include "net/response_reader.hpp"
#include "net/tls.hpp"

namespace inkan::net {

namespace {

using Resolver = asio::ip::basic_resolver<Tcp, Executor>;
using Failure = std::optional<Error>;

constexpr std::size_t kBuffer = 16 * 1024;
constexpr std::size_t kHead = 64 * 1024;  // of a proxy's answer, its page included

bool is_local(std::string_view host) { return host == "localhost" || host.ends_with(".localhost"); }

Failure failure(Code code, std::string id, std::string detail = {}) { return Error{code, std::move(id), std::move(detail)}; }

// Link is one connection to one place.
struct Link {
  Link(asio::io_context& io, Url place) : url(std::move(place)), socket(io.get_executor()) {}

  asio::io_context& io() { return socket.get_executor().context(); }
  bool is_to(const Url& other) const { return other.tls == url.tls && other.host == url.host && other.port == url.port; }

  Url url;
  ServerVerdict verdict;
  Socket socket;                    // until the handshake moves it into `secure`
  std::optional<TlsSocket> secure;  // with TLS
};

Result<std::string> make_message(const Call& call, const Url& url) {
  if (!is_token(call.method)) return fail(Code::invalid, "net.call_malformed", "method");
  std::string out = call.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() + "\r\n";
  for (const Header& field : call.headers) {
    if (!is_token(field.name) || !is_field_value(field.value)) return fail(Code::invalid, "net.call_malformed", field.name);
    out += field.name + ": " + field.value + "\r\n";
  }
  if (!call.body.empty() || (call.method != "GET" && call.method != "HEAD"))
    out += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  return out + "\r\n" + call.body;
}

/// parse_date reads RFC 9110 5.6.7's IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT".
Result<Instant> parse_date(std::string_view text) {
  std::tm parts{};
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  in >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S GMT");
  const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                        std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                        std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (in.fail() || !day.ok()) return fail(Code::unavailable, "net.malformed", "Date");
  return std::chrono::sys_days{day} + std::chrono::hours{parts.tm_hour} + std::chrono::minutes{parts.tm_min} +
         std::chrono::seconds{parts.tm_sec};
}

}  // namespace

struct Client::State {
  explicit State(SslContext made, const ClientOptions& options)
      : context(std::move(made)),
        proxy(options.proxy),
        connect_timeout(options.connect_timeout),
        exchange_timeout(options.exchange_timeout),
        response_bytes(options.response_bytes) {}

  // Runs one coroutine on this thread until it ends or the time is up. Whatever time runs out on is closed: half an exchange is
  // of no use to the next one.
  Failure run(Task<Failure> task, std::chrono::steady_clock::time_point until) {
    std::optional<Failure> outcome;
    asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown, Failure ended) {
      outcome = thrown ? failure(Code::internal, "net.unreachable", "an exception") : std::move(ended);
    });
    io.restart();
    io.run_until(until);
    if (outcome) return *outcome;
    cut();
    io.restart();
    io.run();  // the aborted operations end the coroutine
    return failure(Code::unavailable, "net.timeout");
  }

  void cut() {
    Ec ignored;
    resolver.cancel();
    if (!link) return;
    link->socket.close(ignored);
    if (link->secure) link->secure->lowest_layer().close(ignored);
  }

  // What a proxy says before it lets bytes through.
  Task<Failure> open_tunnel() {
    const std::string place = link->url.host + ":" + std::to_string(link->url.port);
    std::string message = "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n";
    if (!proxy->authorization.empty()) message += "Proxy-Authorization: " + proxy->authorization + "\r\n";
    message += "\r\n";
    Ec ec;
    co_await asio::async_write(link->socket, asio::buffer(message), into(ec));
    std::string head;
    while (!ec && head.find("\r\n\r\n") == std::string::npos && head.size() < kHead) {
      const std::size_t had = head.size();
      head.resize(had + kBuffer);
      head.resize(had + co_await link->socket.async_read_some(asio::buffer(head.data() + had, kBuffer), into(ec)));
    }
    constexpr std::string_view kVersion = "HTTP/1.";
    const bool spoken = head.starts_with(kVersion) && head.size() > kVersion.size() + 5;
    const std::string status = spoken ? head.substr(kVersion.size() + 2, 3) : std::string("no HTTP");
    if (status.starts_with('2')) co_return std::nullopt;
    const std::string at = proxy->host + ":" + std::to_string(proxy->port);
    if (status == "407") co_return failure(Code::unauthenticated, "net.proxy_password", at);
    co_return failure(spoken ? Code::refused : Code::unavailable, "net.proxy_refused", at + " (" + status + ") " + place);
  }

  Task<Failure> connect() {
    const bool through = proxy && link->url.tls;
    const char* unreachable = through ? "net.proxy_unreachable" : "net.unreachable";
    const std::string port = std::to_string(through ? proxy->port : link->url.port);
    std::string host = through ? proxy->host : link->url.host;
    if (is_local(host)) host = "127.0.0.1";
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    Ec ec;
    const auto found = co_await resolver.async_resolve(host, port, into(ec));
    if (ec) co_return failure(Code::unavailable, unreachable, host + ": " + ec.message());
    for (const auto& entry : found) {
      ec = {};
      link->socket.close(ec);
      co_await link->socket.async_connect(entry.endpoint(), into(ec));
      if (!ec) break;
    }
    if (ec) co_return failure(Code::unavailable, unreachable, host + ":" + port + ": " + ec.message());
    link->socket.set_option(Tcp::no_delay(true), ec);
    if (!link->url.tls) co_return std::nullopt;
    if (through)
      if (auto refused = co_await open_tunnel()) co_return refused;
    SSL* ssl = SSL_new(context.get());
    if (!ssl) co_return failure(Code::internal, "net.tls_handshake", openssl_error());
    link->secure.emplace(std::move(link->socket), ssl);
    if (auto prepared = prepare_client(ssl, link->url.host, link->verdict); !prepared) co_return prepared.error();
    if (!judges) SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
    co_await link->secure->async_handshake(asio::ssl::stream_base::client, into(ec));
    if (ec) co_return handshake_error(link->verdict, ec.message()).error();
    issuer = peer_issuer(ssl);
    co_return std::nullopt;
  }

  template <class Stream>
  Task<Failure> exchange(Stream& stream, const std::string& message, ResponseReader& reader) {
    Ec write_ec;
    co_await asio::async_write(stream, asio::buffer(message), into(write_ec));
    // A server that refuses early may close before it has read all; its answer is worth reading all the same.
    std::string buffer;
    heard = false;
    while (!reader.done()) {
      const std::size_t had = buffer.size();
      buffer.resize(had + kBuffer);
      Ec ec;
      const std::size_t count = co_await stream.async_read_some(asio::buffer(buffer.data() + had, kBuffer), into(ec));
      buffer.resize(had + count);
      if (count > 0) heard = true;
      if (ec == asio::error::eof) {
        if (auto ended = reader.end(); !ended) co_return ended.error();
        break;
      }
      // With TLS 1.3 a server refuses our certificate only after its own handshake is done, in place of an answer.
      if (ec && ec.category() == asio::error::get_ssl_category())
        co_return failure(Code::unavailable, "net.tls_handshake", ec.message());
      if (ec) co_return failure(Code::unavailable, "net.malformed", ec.message());
      const Result<std::size_t> taken = reader.feed(buffer);
      if (!taken) co_return taken.error();
      buffer.erase(0, *taken);
    }
    reusable = reader.keep_alive() && buffer.empty() && !write_ec;
    co_return std::nullopt;
  }

  Task<Failure> exchange_any(const std::string& message, ResponseReader& reader) {
    if (link->secure) return exchange(*link->secure, message, reader);
    return exchange(link->socket, message, reader);
  }

  // A resting connection has nothing to say; if it has, that is its end.
  bool rests() {
    Ec ec;
    Socket& socket = link->secure ? link->secure->next_layer() : link->socket;
    socket.non_blocking(true, ec);
    char byte = 0;
    socket.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
    return ec == asio::error::would_block;
  }

  SslContext context;
  std::optional<Proxy> proxy;
  std::string issuer;  // of the server's certificate
  bool judges = true;  // whether that certificate has to be good
  std::chrono::milliseconds connect_timeout;
  std::chrono::milliseconds exchange_timeout;
  std::size_t response_bytes;
  MachineClock clock;
  asio::io_context io{1};
  Resolver resolver{io};
  std::optional<Link> link;
  bool reusable = false;
  bool heard = false;  // whether the server said anything to the last request
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::make(const ClientOptions& options) {
  auto context = make_client_context(options);
  if (!context) return fail(context);
  return Client(std::make_unique<State>(std::move(*context), options));
}

Result<Response> Client::send(const Call& call) {
  Result<Url> url = parse_url(call.url);
  if (!url) return fail(url);
  const Result<std::string> message = make_message(call, *url);
  if (!message) return fail(message);
  State& state = *state_;
  const auto start = state.clock.steady();
  const auto end = start + state.exchange_timeout;
  while (true) {
    const bool kept = state.link && state.reusable && state.link->is_to(*url) && state.rests();
    if (!kept) {
      state.link.emplace(state.io, *url);
      const auto connected = state.run(state.connect(), std::min(start + state.connect_timeout, end));
      if (connected) {
        state.link.reset();
        return std::unexpected(*connected);
      }
    }
    state.reusable = false;
    ResponseReader reader(state.response_bytes, call.method == "HEAD");
    const auto failed = state.run(state.exchange_any(*message, reader), end);
    if (!failed) {
      if (!state.reusable) state.link.reset();
      return std::move(reader.response());
    }
    state.link.reset();
    // A kept connection may have been closed while it rested: then nothing was heard, and a new one is due (RFC 9112 9.3.1). Only
    // for what may be asked twice.
    const bool again = kept && !state.heard && failed->id != "net.timeout" && (call.method == "GET" || call.method == "HEAD");
    if (!again) return std::unexpected(*failed);
  }
}

Result<Response> Client::get(std::string url) {
  return send({.method = "GET", .url = std::move(url), .headers = {}, .body = {}});
}

Result<Response> Client::post(std::string url, std::string type, std::string body) {
  return send({.method = "POST", .url = std::move(url), .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)});
}

void Client::close() { state_->link.reset(); }

const std::string& Client::server_issuer() const { return state_->issuer; }

Result<Instant> ask_time(const std::string& url, const ClientOptions& options) {
  ClientOptions bare = options;  // nothing of ours is shown to somebody who proved nothing
  bare.certificate_chain.clear();
  bare.key = nullptr;
  auto context = make_client_context(bare);
  if (!context) return fail(context);
  auto state = std::make_unique<Client::State>(std::move(*context), bare);
  state->judges = false;
  Client client(std::move(state));
  const auto answer = client.send({.method = "HEAD", .url = url});
  if (!answer) return fail(answer);
  return parse_date(answer->headers.find("Date").value_or(""));
}

}  // namespace inkan::net
