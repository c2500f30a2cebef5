#pragma once

// Everything that calls libssl. Private to this room: the one header here that shows OpenSSL's types.

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/handle.hpp"
#include "net/client.hpp"
#include "net/http.hpp"
#include "net/server.hpp"

namespace inkan::net {

using Crls = Handle<STACK_OF(X509_CRL), [](STACK_OF(X509_CRL) * all) { sk_X509_CRL_pop_free(all, X509_CRL_free); }>;
using SslContext = Handle<SSL_CTX, SSL_CTX_free>;

/// openssl_error empties OpenSSL's error queue of this thread into one line.
std::string openssl_error();

/// ServerTls is one listener's TLS. It must outlive its connections.
class ServerTls {
 public:
  /// make reads the certificates. Error: `net.server_certificate`.
  static Result<std::unique_ptr<ServerTls>> make(TlsOptions options);

  /// context is the context new connections are made from; it belongs to this object.
  SSL_CTX* context() const { return context_.get(); }
  /// replace puts other certificates in place for handshakes to come. Error: `net.server_certificate`.
  Result<void> replace(const std::vector<ServerCertificate>& certificates);
  /// replace_crls puts other lists of the clients' CAs in place. Error: `net.client_crl`.
  Result<void> replace_crls(const std::vector<std::string>& crls);

 private:
  struct Host {
    std::string name;
    SslContext context;
  };
  using Hosts = std::vector<Host>;

  explicit ServerTls(TlsOptions options) : options_(std::move(options)) {}
  Result<SslContext> make_context() const;
  Result<std::shared_ptr<const Hosts>> make_hosts(const std::vector<ServerCertificate>& certificates) const;
  static int choose_host(SSL* ssl, int* alert, void* self);
  bool put_ca_names(SSL* ssl, std::string_view name) const;
  static int judge_client(X509_STORE_CTX* store, void* self);
  Result<void> use_authorities(SSL_CTX* context) const;

  TlsOptions options_;
  SslContext context_;
  std::mutex mutex_;
  std::shared_ptr<const Hosts> hosts_;
  std::shared_ptr<const Crls> crls_;  ///< unset: none is asked for
};

/// fill_peer writes what a finished handshake proved into `peer`.
void fill_peer(SSL* ssl, Peer& peer);

/// make_client_context is the context of a Client. Errors: `net.trust_malformed`, `net.client_certificate`.
Result<SslContext> make_client_context(const ClientOptions& options);

/// ServerVerdict is why a client's handshake failed, kept beside the SSL by prepare_client.
struct ServerVerdict {
  long error = 0;  ///< X509_V_ERR_…; 0 while nothing was wrong
  std::string issuer;
  std::string subject;
  std::string dates;  ///< of the certificate that is not valid now, "from to until"
};

/// peer_issuer names who issued the certificate that the other side showed (RFC 2253); empty when it showed none.
std::string peer_issuer(const SSL* ssl);

/// prepare_client sets name, verification and `verdict` for one handshake; `verdict` must live as long as it.
/// Error: `net.tls_handshake`.
Result<void> prepare_client(SSL* ssl, const std::string& host, ServerVerdict& verdict);

/// handshake_error is the Error of a failed client handshake.
std::unexpected<Error> handshake_error(const ServerVerdict& verdict, std::string_view detail);

}  // namespace inkan::net
