#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/tls.hpp"

namespace inkan::net {

namespace {

using Certificate = Handle<X509, X509_free>;
using Bio = Handle<BIO, BIO_free_all>;

int verdict_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || !name || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

std::string time_text(const ASN1_TIME* time) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || !time || ASN1_TIME_print_ex(bio.get(), time, ASN1_DTFLGS_ISO8601) != 1) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

// Called for each certificate of the server's chain. It changes no verdict, it only keeps the first bad one.
int keep_verdict(int good, X509_STORE_CTX* store) {
  if (good == 1) return 1;
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* verdict = ssl ? static_cast<ServerVerdict*>(SSL_get_ex_data(ssl, verdict_slot())) : nullptr;
  if (verdict && verdict->error == 0) {
    verdict->error = X509_STORE_CTX_get_error(store);
    // The highest certificate that came: its issuer is who would have to be trusted.
    if (const X509* last = X509_STORE_CTX_get_current_cert(store)) {
      verdict->issuer = name_text(X509_get_issuer_name(last));
      verdict->subject = name_text(X509_get_subject_name(last));
      verdict->dates = time_text(X509_get0_notBefore(last)) + " to " + time_text(X509_get0_notAfter(last));
    }
  }
  return 0;
}

// What SSL_set_tlsext_host_name is, without its C cast.
bool set_sni(SSL* ssl, std::string name) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

Result<void> trust(SSL_CTX* context, const std::string& pem) {
  if (pem.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return fail(Code::corrupt, "net.trust_malformed", openssl_error());
    return {};
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  int count = 0;
  while (Certificate root{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(store, root.get()) != 1) return fail(Code::corrupt, "net.trust_malformed", openssl_error());
    ++count;
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string error = openssl_error();
  if (count == 0 || !at_end) return fail(Code::corrupt, "net.trust_malformed", error);
  // What the caller named is trusted, root or not.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

Result<void> show_certificate(SSL_CTX* context, const std::vector<Bytes>& chain, void* key) {
  if (chain.empty()) return {};
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const unsigned char* bytes = chain[i].data();
    const Certificate certificate(d2i_X509(nullptr, &bytes, static_cast<long>(chain[i].size())));
    const bool used = certificate && (i == 0 ? SSL_CTX_use_certificate(context, certificate.get()) == 1
                                             : SSL_CTX_add1_chain_cert(context, certificate.get()) == 1);
    if (!used) return fail(Code::invalid, "net.client_certificate", openssl_error());
  }
  if (!key || SSL_CTX_use_PrivateKey(context, static_cast<EVP_PKEY*>(key)) != 1)
    return fail(Code::invalid, "net.client_certificate", openssl_error());
  return {};
}

}  // namespace

Result<SslContext> make_client_context(const ClientOptions& options) {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return fail(Code::internal, "net.trust_malformed", openssl_error());
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (auto trusted = trust(context.get(), options.trust_pem); !trusted) return fail(trusted);
  if (auto shown = show_certificate(context.get(), options.certificate_chain, options.key); !shown) return fail(shown);
  return context;
}

Result<void> prepare_client(SSL* ssl, const std::string& host, ServerVerdict& verdict) {
  SSL_set_verify(ssl, SSL_VERIFY_PEER, keep_verdict);
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool address = host.find_first_not_of("0123456789.") == std::string::npos || host.starts_with('[');
  const std::string bare = host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
  // An address is checked as an address and is no SNI (RFC 6066 3).
  const bool named = address ? X509_VERIFY_PARAM_set1_ip_asc(param, bare.c_str()) == 1
                             : SSL_set1_host(ssl, bare.c_str()) == 1 && set_sni(ssl, bare);
  if (!named || SSL_set_ex_data(ssl, verdict_slot(), &verdict) != 1)
    return fail(Code::internal, "net.tls_handshake", openssl_error());
  return {};
}

std::string peer_issuer(const SSL* ssl) {
  const X509* shown = SSL_get0_peer_certificate(ssl);
  return shown == nullptr ? std::string() : name_text(X509_get_issuer_name(shown));
}

std::unexpected<Error> handshake_error(const ServerVerdict& verdict, std::string_view detail) {
  switch (verdict.error) {
    case 0: return fail(Code::unavailable, "net.tls_handshake", std::string(detail));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return fail(Code::refused, "net.tls_wrong_host", verdict.subject);
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED: return fail(Code::refused, "net.tls_dates", verdict.dates);
    default: return fail(Code::refused, "net.tls_untrusted", verdict.issuer);
  }
}

}  // namespace inkan::net
