// What server and client share of TLS, and the server's half; the client's is tls_client.cpp.
#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "net/grammar.hpp"

namespace inkan::net {

namespace {

using Certificate = Handle<X509, X509_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using Bio = Handle<BIO, BIO_free_all>;
using Policies =
    Handle<STACK_OF(ASN1_OBJECT), [](STACK_OF(ASN1_OBJECT) * all) { sk_ASN1_OBJECT_pop_free(all, ASN1_OBJECT_free); }>;
using CaNames = Handle<STACK_OF(X509_NAME), [](STACK_OF(X509_NAME) * names) { sk_X509_NAME_pop_free(names, X509_NAME_free); }>;

Bio read_bio(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// A PEM file that asks for a passphrase must fail, not stop and ask the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

// The rules behind judge date, chain and status on every request (docs: net/README.md); the handshake itself still proves that
// the peer holds the certificate's key.
int accept_any_certificate(X509_STORE_CTX* store, void*) {
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

// RFC 7301: HTTP/1.1 or nothing, so that no other protocol's bytes can be played against us (ALPACA).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
  static constexpr std::array<unsigned char, 9> kHttp = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp.data(), kHttp.size(), in, in_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

/// read_crls puts a file's lists, one in DER or any number in PEM, onto `lists`; false where there is none.
bool read_crls(std::string_view file, const Crls& lists) {
  const Bio bio = read_bio(file);
  const bool pem = file.starts_with("-----");
  bool any = false;
  while (X509_CRL* list =
             pem ? PEM_read_bio_X509_CRL(bio.get(), nullptr, no_passphrase, nullptr) : d2i_X509_CRL_bio(bio.get(), nullptr)) {
    if (sk_X509_CRL_push(lists.get(), list) <= 0) {
      X509_CRL_free(list);
      return false;
    }
    any = true;
    if (!pem) break;
  }
  if (any) ERR_clear_error();  // "no start line" at the end of the text
  return any;
}

Result<void> use_certificate(SSL_CTX* context, const ServerCertificate& given) {
  const auto refuse = [&](std::string_view what) {
    return fail(Code::corrupt, "net.server_certificate", given.host + ": " + std::string(what) + " " + openssl_error());
  };
  const Bio key_bio = read_bio(given.key_pem);
  const Key key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return refuse("the key cannot be read");
  const Bio chain_bio = read_bio(given.chain_pem);
  const Certificate leaf(PEM_read_bio_X509(chain_bio.get(), nullptr, no_passphrase, nullptr));
  if (!leaf) return refuse("the certificate cannot be read");
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1) return refuse("the certificate cannot be used");
  while (Certificate next{PEM_read_bio_X509(chain_bio.get(), nullptr, no_passphrase, nullptr)})
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) return refuse("the chain cannot be used");
  ERR_clear_error();  // "no start line" at the end of the file
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return refuse("the key is not the certificate's");
  return {};
}

}  // namespace

std::string openssl_error() {
  std::string out;
  while (const unsigned long code = ERR_get_error()) {
    if (!out.empty()) out += "; ";
    const char* reason = ERR_reason_error_string(code);
    out += reason ? reason : "unknown";
  }
  return out;
}

Result<std::unique_ptr<ServerTls>> ServerTls::make(TlsOptions options) {
  std::unique_ptr<ServerTls> tls(new ServerTls(std::move(options)));
  auto context = tls->make_context();
  if (!context) return fail(context);
  tls->context_ = std::move(*context);
  // What SSL_CTX_set_tlsext_servername_callback is, without its C cast.
  SSL_CTX_callback_ctrl(tls->context_.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, reinterpret_cast<void (*)()>(choose_host));
  SSL_CTX_set_tlsext_servername_arg(tls->context_.get(), tls.get());
  if (auto replaced = tls->replace(tls->options_.certificates); !replaced) return fail(replaced);
  if (!tls->options_.client_crls.empty())
    if (auto replaced = tls->replace_crls(tls->options_.client_crls); !replaced) return fail(replaced);
  tls->options_.certificates.clear();  // the contexts hold them now; keys need not lie about twice
  return tls;
}

// Every context of a listener is made alike: after choose_host, OpenSSL asks the host's for callbacks and the first for options.
Result<SslContext> ServerTls::make_context() const {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(Code::internal, "net.server_certificate", openssl_error());
  SSL_CTX* ctx = context.get();
  const bool good =
      SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
      SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
      SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
      SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") == 1;
  if (!good) return fail(Code::internal, "net.server_certificate", openssl_error());
  SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
  if (options_.ask_client_certificate) {
    // A resumed session would carry a certificate past the next handshake's question, and each ticket costs 140 us here.
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    if (options_.client_authorities_pem.empty()) {
      SSL_CTX_set_cert_verify_callback(ctx, accept_any_certificate, nullptr);
    } else {
      SSL_CTX_set_cert_verify_callback(ctx, judge_client, const_cast<ServerTls*>(this));
      if (auto used = use_authorities(ctx); !used) return fail(used);
    }
  } else {
    SSL_CTX_set_num_tickets(ctx, 1);
  }
  return context;
}

Result<void> ServerTls::use_authorities(SSL_CTX* context) const {
  const Bio bio = read_bio(options_.client_authorities_pem);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  // An issuing CA alone is enough: its root need not lie here.
  bool good = X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1;
  // Any policy will do, but what the CAs demand of policies binds (RFC 5280 6.1); OpenSSL looks at it only when it is asked.
  const Policies policies(sk_ASN1_OBJECT_new_null());
  good = good && policies && sk_ASN1_OBJECT_push(policies.get(), OBJ_nid2obj(NID_any_policy)) > 0 &&
         X509_VERIFY_PARAM_set1_policies(X509_STORE_get0_param(store), policies.get()) == 1;
  int count = 0;
  while (Certificate authority{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
    good = good && X509_STORE_add_cert(store, authority.get()) == 1 && SSL_CTX_add_client_CA(context, authority.get()) == 1;
    ++count;
  }
  ERR_clear_error();  // "no start line" at the end of the text
  if (!good || count == 0) return fail(Code::corrupt, "net.client_authorities", "no readable CA certificate");
  return {};
}

Result<std::shared_ptr<const ServerTls::Hosts>> ServerTls::make_hosts(const std::vector<ServerCertificate>& certificates) const {
  auto hosts = std::make_shared<Hosts>();
  for (const ServerCertificate& certificate : certificates) {
    auto context = make_context();
    if (!context) return fail(context);
    if (auto used = use_certificate(context->get(), certificate); !used) return fail(used);
    hosts->push_back({lower_case(certificate.host), std::move(*context)});
  }
  if (hosts->empty()) return fail(Code::corrupt, "net.server_certificate", "a TLS listener without a certificate");
  return hosts;
}

Result<void> ServerTls::replace(const std::vector<ServerCertificate>& certificates) {
  auto hosts = make_hosts(certificates);
  if (!hosts) return fail(hosts);
  const std::lock_guard lock(mutex_);
  hosts_ = std::move(*hosts);
  return {};
}

Result<void> ServerTls::replace_crls(const std::vector<std::string>& crls) {
  auto lists = std::make_shared<Crls>(sk_X509_CRL_new_null());
  for (const std::string& file : crls)
    if (!read_crls(file, *lists)) return fail(Code::corrupt, "net.client_crl", "no readable list; " + openssl_error());
  const std::lock_guard lock(mutex_);
  crls_ = std::move(lists);
  return {};
}

int ServerTls::judge_client(X509_STORE_CTX* store, void* self) {
  auto* tls = static_cast<ServerTls*>(self);
  std::shared_ptr<const Crls> lists;
  {
    const std::lock_guard lock(tls->mutex_);
    lists = tls->crls_;
  }
  if (lists) {
    X509_STORE_CTX_set0_crls(store, lists->get());
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(store), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                                                                      X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS);
  }
  // The handshake goes on whatever is wrong; SSL_get_verify_result keeps it for fill_peer.
  if (X509_verify_cert(store) <= 0 && X509_STORE_CTX_get_error(store) == X509_V_OK)
    X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
  ERR_clear_error();
  return 1;
}

int ServerTls::choose_host(SSL* ssl, int* alert, void* self) {
  auto* tls = static_cast<ServerTls*>(self);
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  const char* shown = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (!shown) return SSL_TLSEXT_ERR_ALERT_FATAL;
  const std::string name = lower_case(shown);
  const std::size_t dot = name.find('.');
  const std::string wildcard = dot == std::string::npos || dot == 0 ? std::string() : "*" + name.substr(dot);

  std::shared_ptr<const Hosts> hosts;
  {
    const std::lock_guard lock(tls->mutex_);
    hosts = tls->hosts_;
  }
  const auto find = [&](const std::string& wanted) {
    return std::find_if(hosts->begin(), hosts->end(), [&](const Host& host) { return host.name == wanted; });
  };
  auto host = find(name);
  if (host == hosts->end() && !wildcard.empty()) host = find(wildcard);
  if (host == hosts->end()) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *alert = SSL_AD_INTERNAL_ERROR;
  if (!SSL_set_SSL_CTX(ssl, host->context.get())) return SSL_TLSEXT_ERR_ALERT_FATAL;
  if (!tls->put_ca_names(ssl, name)) return SSL_TLSEXT_ERR_ALERT_FATAL;
  return SSL_TLSEXT_ERR_OK;
}

bool ServerTls::put_ca_names(SSL* ssl, std::string_view name) const {
  if (!options_.ask_client_certificate || !options_.client_ca_names) return true;
  CaNames names(sk_X509_NAME_new_null());
  if (!names) return false;
  for (const Bytes& der : options_.client_ca_names(name)) {
    const unsigned char* bytes = der.data();
    X509_NAME* parsed = d2i_X509_NAME(nullptr, &bytes, static_cast<long>(der.size()));
    if (!parsed) {
      ERR_clear_error();
      return false;
    }
    if (sk_X509_NAME_push(names.get(), parsed) <= 0) {
      X509_NAME_free(parsed);
      return false;
    }
  }
  SSL_set_client_CA_list(ssl, names.release());
  return true;
}

void fill_peer(SSL* ssl, Peer& peer) {
  peer.tls = true;
  if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) peer.sni = lower_case(name);
  const Certificate certificate(SSL_get1_peer_certificate(ssl));
  if (!certificate) return;
  peer.certificate_refused = SSL_get_verify_result(ssl) != X509_V_OK;
  if (peer.certificate_refused) return;
  const int size = i2d_X509(certificate.get(), nullptr);
  if (size <= 0) return;
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* out = der.data();
  i2d_X509(certificate.get(), &out);
  peer.fingerprint = sha256(der);
  peer.certificate = std::move(der);
}

}  // namespace inkan::net
