#include "line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

namespace inkan::bench {
namespace {

[[noreturn]] void stop_tls(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  stop(what + ": " + (reason ? reason : std::strerror(errno)));
}

std::optional<std::size_t> content_length(const std::string& head) {
  std::string lower = head;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string name = "\r\ncontent-length:";
  const auto at = lower.find(name);
  if (at == std::string::npos) return {};
  return std::strtoull(lower.c_str() + at + name.size(), nullptr, 10);
}

}  // namespace

TlsContext make_tls(const std::filesystem::path& trust) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* ctx = context.get();
  const bool good = ctx && SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
                    SSL_CTX_set1_groups_list(ctx, "X25519") == 1 && SSL_CTX_load_verify_file(ctx, trust.c_str()) == 1;
  if (!good) stop_tls(trust.string());
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  return context;
}

void show_certificate(SSL_CTX* context, const std::filesystem::path& certificate, const std::filesystem::path& key) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) stop_tls(certificate.string());
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) stop_tls(key.string());
}

void show_certificate(SSL_CTX* context, const Bytes& certificate, const Bytes& key) {
  if (SSL_CTX_use_certificate_ASN1(context, static_cast<int>(certificate.size()), certificate.data()) != 1)
    stop_tls("client certificate");
  const unsigned char* at = key.data();
  const std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>> read(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(key.size())));
  if (!read || SSL_CTX_use_PrivateKey(context, read.get()) != 1) stop_tls("client key");
}

Line::Line(SSL_CTX* context, const std::string& host, std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    stop("connect to port " + std::to_string(port) + ": " + std::strerror(errno));
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (context == nullptr) return;
  ssl_.reset(SSL_new(context));
  SSL* ssl = ssl_.get();
  std::string name = host;
  const bool good = ssl && SSL_set_fd(ssl, socket_) == 1 &&
                    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1 &&
                    SSL_set1_host(ssl, host.c_str()) == 1 && SSL_connect(ssl) == 1;
  if (!good) stop_tls("handshake with " + host);
  if (SSL_session_reused(ssl)) stop("a session was taken up again: that is no full handshake");
}

Line::~Line() {
  ssl_.reset();
  if (socket_ >= 0) ::close(socket_);
}

std::optional<std::string> Line::read_some() {
  std::array<char, 16384> buffer;
  const auto count = ssl_ ? SSL_read(ssl_.get(), buffer.data(), buffer.size())
                          : static_cast<int>(::recv(socket_, buffer.data(), buffer.size(), 0));
  if (count <= 0) {
    ERR_clear_error();
    return {};
  }
  return std::string(buffer.data(), static_cast<std::size_t>(count));
}

std::optional<Reply> Line::exchange(const std::string& request) {
  const auto size = static_cast<int>(request.size());
  const auto sent = ssl_ ? SSL_write(ssl_.get(), request.data(), size)
                         : static_cast<int>(::send(socket_, request.data(), request.size(), MSG_NOSIGNAL));
  if (sent != size) return {};
  std::string read;
  std::size_t end = std::string::npos;
  while ((end = read.find("\r\n\r\n")) == std::string::npos) {
    const auto more = read_some();
    if (!more) return {};
    read += *more;
  }
  Reply reply{.head = read.substr(0, end + 2), .body = read.substr(end + 4)};
  const auto length = content_length(reply.head);
  if (!length || reply.head.size() < 12) return {};
  reply.status = std::atoi(reply.head.c_str() + 9);
  while (reply.body.size() < *length) {
    const auto more = read_some();
    if (!more) return {};
    reply.body += *more;
  }
  return reply;
}

}  // namespace inkan::bench
