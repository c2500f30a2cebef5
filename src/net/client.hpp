#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace inkan::net {

/// Url is an http or https address taken apart.
struct Url {
  bool tls = false;
  std::string host;  ///< lower case
  std::uint16_t port = 0;
  std::string target;  ///< path and query as written, at least "/"

  /// authority is what goes into Host: the host, with the port when it is not the scheme's own.
  std::string authority() const;
};

/// parse_url reads "https://host[:port][/path][?query]"; no user part, no fragment. Error: `url.malformed`.
Result<Url> parse_url(std::string_view text);

/// Proxy is a company's way out: an HTTP proxy that makes tunnels (CONNECT, RFC 9110 9.3.6).
struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  ///< the value of Proxy-Authorization; empty: none is sent
};

/// ClientOptions is how a Client behaves.
struct ClientOptions {
  std::optional<Proxy> proxy;  ///< for https addresses

  std::string trust_pem;  ///< roots to trust, one or more PEM certificates; empty: the system's store

  /// certificate_chain is our own certificate, DER, leaf first; empty: none is shown. `key` is its private key as OpenSSL's
  /// EVP_PKEY* (pki::PrivateKey::native()); the client takes a reference of its own.
  std::vector<Bytes> certificate_chain;
  void* key = nullptr;

  std::chrono::milliseconds connect_timeout{10'000};   ///< resolve, connect and handshake
  std::chrono::milliseconds exchange_timeout{60'000};  ///< all of it
  std::size_t response_bytes = 16 * 1024 * 1024;
};

/// Call is one request to make.
struct Call {
  std::string method = "GET";
  std::string url;
  Headers headers;  ///< Host, Content-Length and Connection are net's
  std::string body;
};

/// Client makes HTTP/1.1 requests, one at a time, and keeps the last connection for the next request to the same place. It
/// follows no redirects. `localhost` and every name below it are 127.0.0.1, whatever the resolver says. It moves but does not
/// copy.
class Client {
 public:
  /// make reads trust and key. Errors: `net.trust_malformed`, `net.client_certificate`.
  static Result<Client> make(const ClientOptions& options);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// send makes one request and waits for the whole answer, whatever its status. Errors:
  /// - `url.malformed`, `net.call_malformed` (control characters in a method or header)
  /// - `net.unreachable`: no such host, or nobody listens there
  /// - `net.tls_untrusted`: the server's certificate leads to no root of ours; the detail is the issuer's name (RFC 2253)
  /// - `net.tls_wrong_host`: it is trusted, but is for another host
  /// - `net.tls_dates`: its dates do not hold by this machine's clock; the detail is from when to when they do
  /// - `net.proxy_unreachable`, `net.proxy_password` (it wants another authorization), `net.proxy_refused` (the detail is its
  /// status
  ///   and the host that it would have to allow)
  /// - `net.tls_handshake`: the handshake failed otherwise (no common version, the server refused us)
  /// - `net.timeout`, `net.malformed` (no HTTP, or cut off), `net.too_large`
  Result<Response> send(const Call& call);

  Result<Response> get(std::string url);
  Result<Response> post(std::string url, std::string type, std::string body);

  /// server_issuer names who issued the certificate that the server showed last (RFC 2253): a device that looks into TLS puts its
  /// own there.
  const std::string& server_issuer() const;

  /// close drops the kept connection, so that the next request makes a new one.
  void close();

 private:
  friend Result<Instant> ask_time(const std::string& url, const ClientOptions& options);
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// ask_time reads the Date of whoever answers at an https address, whatever its certificate. Nothing is proved by it and nothing
/// of ours is shown: it is for telling a person that one of two clocks is wrong. Errors: Client's, `net.malformed`.
Result<Instant> ask_time(const std::string& url, const ClientOptions& options);

}  // namespace inkan::net
