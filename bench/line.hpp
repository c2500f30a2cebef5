#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "measure.hpp"

namespace inkan::bench {

template <auto free>
struct Freed {
  template <class T>
  void operator()(T* handle) const {
    free(handle);
  }
};
using TlsContext = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;

/// make_tls is a client's TLS 1.3 with X25519, that trusts `trust` (PEM file) and takes up no session.
TlsContext make_tls(const std::filesystem::path& trust);
/// show_certificate makes it show a client certificate, from PEM files or from DER.
void show_certificate(SSL_CTX* context, const std::filesystem::path& certificate, const std::filesystem::path& key);
void show_certificate(SSL_CTX* context, const Bytes& certificate, const Bytes& key);

/// Reply is one HTTP answer.
struct Reply {
  int status = 0;
  std::string head;
  std::string body;
};

/// Line is one blocking connection to 127.0.0.1, by TLS or, without a context, plain; made cheap for the client: the load must
/// not cost more than what it measures.
class Line {
 public:
  /// Line connects and, with a context, shakes hands as a client of `host`; stops the program when that fails.
  Line(SSL_CTX* context, const std::string& host, std::uint16_t port);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// exchange sends a whole request and reads the whole answer, which must have a Content-Length; nothing when the line broke.
  std::optional<Reply> exchange(const std::string& request);

 private:
  std::optional<std::string> read_some();

  int socket_ = -1;
  std::unique_ptr<SSL, Freed<SSL_free>> ssl_;
};

}  // namespace inkan::bench
