#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http.hpp"

namespace inkan::net {

/// Handler answers one request on a worker thread; several run at once. What it throws is a defect: the client gets 500 with a
/// reference number only, the log the rest.
using Handler = std::function<Response(const Request&)>;

/// QuickHandler answers at once on the network thread what needs no waiting (pre-signed status, files in memory), or passes the
/// request on to the Handler by giving nothing. It must never block: no database, no disk, no signature.
using QuickHandler = std::function<std::optional<Response>(const Request&)>;

/// ServerCertificate is what the listener shows for the hosts that match `host`: an exact name, or "*.d1.localhost" for one
/// further label.
struct ServerCertificate {
  std::string host;
  std::string chain_pem;  ///< leaf first
  std::string key_pem;    ///< unencrypted PKCS#8 or SEC1; where it comes from (a file of mode 0600) is the caller's business
};

/// TlsOptions is one listener's TLS: 1.2 and 1.3. A handshake for a name without certificate, or without a name, ends in the
/// alert unrecognized_name.
struct TlsOptions {
  std::vector<ServerCertificate> certificates;  ///< exact names win over wildcards

  /// ask_client_certificate makes the listener ask, and take any certificate or none: date, chain and status are the rules'
  /// business on every request. There are then no tickets, no session cache and no renegotiation (threat T8).
  bool ask_client_certificate = false;

  /// client_ca_names gives the DER subject Names to put into the CertificateRequest for a host (RFC 8446 4.2.4), so that a
  /// browser offers only what that host can use. Empty or unset: none. Called on network threads, several at once; must not
  /// block.
  std::function<std::vector<Bytes>(std::string_view sni)> client_ca_names;

  /// client_authorities_pem makes the handshake judge client certificates by these CAs and the machine's clock, and names them in
  /// the CertificateRequest. One that does not chain to them, is out of date, or is no client's, counts as none:
  /// Peer::certificate_refused tells, so that its owner gets a page and not a broken connection. Empty: any is taken.
  std::string client_authorities_pem;

  /// client_crls are files of those CAs' lists, one in DER or any number in PEM each. With any, every certificate of a chain must
  /// be judged by a current one of its issuer (RFC 5280 6.3; delta and indirect lists too), and one that none speaks of counts as
  /// revoked. Empty: none is asked for.
  std::vector<std::string> client_crls;
};

/// Limits is what one listener bears.
struct Limits {
  std::size_t header_bytes = 16 * 1024;     ///< request line and fields together; more is 431
  std::size_t body_bytes = 64 * 1024;       ///< more is 413
  std::size_t connections = 4096;           ///< at one time; further ones are closed unheard
  std::size_t connections_per_address = 0;  ///< the same for one client address; 0: no such limit
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds header_timeout{10'000};  ///< from a request's first byte to the end of its fields
  std::chrono::milliseconds body_timeout{30'000};    ///< from there to the end of the body
  std::chrono::milliseconds idle_timeout{75'000};    ///< between requests
  std::chrono::milliseconds write_timeout{30'000};   ///< for one whole answer
};

/// ListenerOptions is one address and port and who answers there.
struct ListenerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one; see Server::ports
  std::optional<TlsOptions> tls;
  Limits limits;
  Handler handler;
  QuickHandler quick;  ///< may be unset
  /// proxies are load balancers that pass connections on unopened and say whose each is (PROXY protocol, 1 and 2): connections
  /// from these addresses must begin so. No other's word is taken, and no HTTP field ever (threat T7).
  std::vector<std::string> proxies = {};
  /// host_must_equal_sni answers 421 to a request whose Host is not the name of the handshake (RFC 9110 15.5.20).
  bool host_must_equal_sni = false;
};

/// ServerOptions is a whole server.
struct ServerOptions {
  std::size_t threads = 1;  ///< network threads
  std::size_t workers = 4;  ///< threads that run handlers
  std::size_t queue = 256;  ///< requests that may wait for a worker; beyond that the answer is 503 with Retry-After
  std::chrono::milliseconds stop_timeout{10'000};  ///< how long stop lets running requests finish
  std::shared_ptr<const Clock> clock;              ///< for Date; unset: the machine's
  std::vector<ListenerOptions> listeners;
};

/// ServerCounts is what happened since the start, for metrics.
struct ServerCounts {
  std::uint64_t connections = 0;  ///< accepted
  std::uint64_t open = 0;         ///< open now
  std::uint64_t turned_away = 0;  ///< closed unheard, over a limit of connections
  std::uint64_t handshakes_failed = 0;
  std::uint64_t requests = 0;         ///< whole requests that reached a handler
  std::uint64_t refused = 0;          ///< malformed or over a limit: 4xx by net itself
  std::uint64_t overloaded = 0;       ///< 503 since the queue was full
  std::uint64_t timed_out = 0;        ///< connections closed for being slow (idle ones are not counted)
  std::uint64_t handlers_failed = 0;  ///< 500
};

/// Server listens until it is stopped or destroyed.
class Server {
 public:
  /// start binds every listener and begins to serve. Errors: `net.listen` (address taken or not ours), `net.server_certificate`
  /// (chain or key unreadable, or no match), `net.client_authorities`, `net.client_crl`,
  /// `net.no_handler`.
  static Result<std::unique_ptr<Server>> start(ServerOptions options);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  ///< stops

  /// ports are the bound ports, in the order of the listeners.
  std::vector<std::uint16_t> ports() const;
  ServerCounts counts() const;

  /// replace_certificates puts renewed server certificates in place for handshakes to come. Errors: `net.server_certificate`,
  /// and the old ones stay.
  Result<void> replace_certificates(std::size_t listener, const std::vector<ServerCertificate>& certificates);

  /// replace_client_crls puts newer lists in place for handshakes to come. Errors: `net.client_crl`, and the old ones stay.
  Result<void> replace_client_crls(std::size_t listener, const std::vector<std::string>& crls);

  /// stop ends accepting, closes idle connections, lets running requests finish for at most `stop_timeout`, then closes the
  /// rest. It returns when no handler runs any more. A second call does nothing. Not to be called from a handler.
  void stop();

 private:
  struct Engine;
  explicit Server(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace inkan::net
