#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <mutex>

#include "net/client.hpp"
#include "net/server.hpp"
#include "support/raw_line.hpp"
#include "support/test_certificates.hpp"

namespace inkan::net {
namespace {

using test::issue;
using test::Issued;
using test::RawLine;

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

// TlsLine is OpenSSL's own client, for what ours would never do.
class TlsLine {
 public:
  TlsLine(std::uint16_t port, const char* sni, int version = 0, SSL_SESSION* session = nullptr)
      : line_(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_security_level(context_.get(), 0);
    if (version) {
      SSL_CTX_set_min_proto_version(context_.get(), version);
      SSL_CTX_set_max_proto_version(context_.get(), version);
    }
    ssl_ = SSL_new(context_.get());
    SSL_set_fd(ssl_, line_.handle());
    if (sni) SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(sni));
    if (session) SSL_set_session(ssl_, session);
  }
  ~TlsLine() { SSL_free(ssl_); }

  SSL* ssl() { return ssl_; }
  bool shake() { return SSL_connect(ssl_) == 1; }
  // The alert the other side ended with, "unrecognized name".
  std::string refusal() {
    const unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    const char* text = ERR_reason_error_string(error);
    return text ? text : "";
  }
  std::string ask(const std::string& request) {
    SSL_write(ssl_, request.data(), static_cast<int>(request.size()));
    std::string out;
    char buffer[4096];
    for (int count = 0; (count = SSL_read(ssl_, buffer, sizeof buffer)) > 0;) out.append(buffer, static_cast<std::size_t>(count));
    ERR_clear_error();
    return out;
  }

 private:
  RawLine line_;
  Context context_;
  SSL* ssl_ = nullptr;
};

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    TlsOptions tls;
    tls.certificates = {{"*.d1.localhost", wildcard_.pem() + root_.pem(), wildcard_.key_pem()},
                        {"d1.localhost", exact_.pem(), exact_.key_pem()}};
    ListenerOptions portal;
    portal.tls = tls;
    portal.handler = [this](const Request& request) { return handle(request); };
    tls.ask_client_certificate = true;
    tls.client_ca_names = [this](std::string_view sni) {
      return sni == "none.d1.localhost" ? std::vector<Bytes>{} : std::vector<Bytes>{client_ca_.subject_der()};
    };
    ListenerOptions login;
    login.tls = tls;
    login.handler = portal.handler;
    login.host_must_equal_sni = true;
    ServerOptions options;
    options.listeners = {portal, login};
    auto server = Server::start(std::move(options));
    ASSERT_TRUE(server) << server.error().detail;
    server_ = std::move(*server);
    portal_ = server_->ports()[0];
    login_ = server_->ports()[1];
  }

  Response handle(const Request& request) {
    const std::lock_guard lock(mutex_);
    seen_ = request.peer;
    return make_text(200, "hello");
  }
  Peer seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  ClientOptions trusting(const Issued* own = nullptr) const {
    ClientOptions options;
    options.trust_pem = root_.pem();
    if (own) {
      options.certificate_chain = {own->der()};
      options.key = own->key.get();
    }
    return options;
  }
  std::string login_url(const std::string& label = "a") const {
    return "https://" + label + ".d1.localhost:" + std::to_string(login_) + "/";
  }

  Issued root_ = issue({.common_name = "Test Root", .authority = true});
  Issued wildcard_ = issue({.common_name = "wild", .alternative_names = "DNS:*.d1.localhost"}, &root_);
  Issued exact_ = issue({.common_name = "exact", .alternative_names = "DNS:d1.localhost"}, &root_);
  Issued client_ca_ = issue({.common_name = "Client CA", .authority = true});
  std::mutex mutex_;
  Peer seen_;
  std::unique_ptr<Server> server_;
  std::uint16_t portal_ = 0;
  std::uint16_t login_ = 0;
};

TEST_F(Tls, chooses_the_certificate_by_name) {
  Client client = *Client::make(trusting());
  for (const std::string host : {"d1.localhost", "x.d1.localhost", "Y.D1.localhost"}) {
    const auto response = client.get("https://" + host + ":" + std::to_string(portal_) + "/");
    ASSERT_TRUE(response) << host << response.error().id << response.error().detail;
    EXPECT_EQ(response->body, "hello");
  }
  EXPECT_EQ(seen().sni, "y.d1.localhost");
  EXPECT_TRUE(seen().tls);
  EXPECT_FALSE(seen().fingerprint);
}

TEST_F(Tls, ends_handshakes_for_unknown_names_with_an_alert) {
  for (const char* name : {"other.localhost", "a.b.d1.localhost", "localhost"}) {
    TlsLine line(portal_, name);
    EXPECT_FALSE(line.shake()) << name;
    EXPECT_NE(line.refusal().find("unrecognized name"), std::string::npos) << name;
  }
  TlsLine nameless(portal_, nullptr);
  EXPECT_FALSE(nameless.shake());
}

TEST_F(Tls, speaks_1_2_and_1_3_only) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsLine line(login_, "a.d1.localhost", version);
    ASSERT_TRUE(line.shake());
    EXPECT_EQ(SSL_version(line.ssl()), version);
  }
  TlsLine old(login_, "a.d1.localhost", TLS1_1_VERSION);
  EXPECT_FALSE(old.shake());
  ERR_clear_error();
}

TEST_F(Tls, speaks_http_1_1_or_nothing) {
  constexpr unsigned char kBoth[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  TlsLine line(portal_, "d1.localhost");
  SSL_set_alpn_protos(line.ssl(), kBoth, sizeof kBoth);
  ASSERT_TRUE(line.shake());
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(line.ssl(), &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
  TlsLine two(portal_, "d1.localhost");
  SSL_set_alpn_protos(two.ssl(), kBoth, 3);
  EXPECT_FALSE(two.shake());
  ERR_clear_error();
}

TEST_F(Tls, lets_every_client_certificate_in_and_shows_its_fingerprint) {
  const Issued good = issue({.common_name = "good"}, &client_ca_);
  const Issued expired = issue({.common_name = "expired", .first_day = -20, .last_day = -10}, &client_ca_);
  const Issued early = issue({.common_name = "early", .first_day = 10}, &client_ca_);
  const Issued foreign = issue({.common_name = "foreign"});
  for (const Issued* own : {&good, &expired, &early, &foreign}) {
    Client client = *Client::make(trusting(own));
    const auto response = client.get(login_url());
    ASSERT_TRUE(response) << response.error().id << " " << response.error().detail;
    EXPECT_EQ(response->status, 200);
    ASSERT_TRUE(seen().fingerprint);
    EXPECT_EQ(*seen().certificate, own->der());
    EXPECT_EQ(*seen().fingerprint, sha256(own->der()));
  }
  Client without = *Client::make(trusting());
  ASSERT_TRUE(without.get(login_url()));
  EXPECT_FALSE(seen().certificate);
  EXPECT_FALSE(seen().fingerprint);
}

// The console's listener: only the bank's own PKI, and whoever comes with another certificate still gets a page.
TEST_F(Tls, T21_with_authorities_only_their_valid_certificates_count) {
  const Issued issuing = issue({.common_name = "Staff CA", .authority = true});
  const Issued desk_name = issue({.common_name = "desk", .alternative_names = "DNS:desk.localhost"}, &root_);
  const TlsOptions tls{.certificates = {{"desk.localhost", desk_name.pem(), desk_name.key_pem()}},
                       .ask_client_certificate = true,
                       .client_authorities_pem = issuing.pem()};
  ListenerOptions desk{.tls = tls, .handler = [this](const Request& request) { return handle(request); }};
  ServerOptions options;
  options.listeners = {desk};
  const auto server = Server::start(std::move(options));
  ASSERT_TRUE(server) << server.error().detail;
  const std::string url = "https://desk.localhost:" + std::to_string((*server)->ports()[0]) + "/";

  const Issued good = issue({.common_name = "clerk"}, &issuing);
  const Issued expired = issue({.common_name = "expired", .first_day = -20, .last_day = -10}, &issuing);
  const Issued early = issue({.common_name = "early", .first_day = 10}, &issuing);
  const Issued customer = issue({.common_name = "customer"}, &client_ca_);
  const Issued alone = issue({.common_name = "alone"});
  const Issued namesake_ca = issue({.common_name = "Staff CA", .authority = true});
  const Issued forged = issue({.common_name = "forged"}, &namesake_ca);
  for (const Issued* own : {&good, &expired, &early, &customer, &alone, &forged}) {
    Client client = *Client::make(trusting(own));
    const auto response = client.get(url);
    ASSERT_TRUE(response) << response.error().id << " " << response.error().detail;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(seen().fingerprint.has_value(), own == &good);
    EXPECT_EQ(seen().certificate.has_value(), own == &good);
    EXPECT_EQ(seen().certificate_refused, own != &good);
  }
  Client without = *Client::make(trusting());
  ASSERT_TRUE(without.get(url));
  EXPECT_FALSE(seen().fingerprint || seen().certificate_refused);

  TlsLine line((*server)->ports()[0], "desk.localhost", TLS1_3_VERSION);
  ASSERT_TRUE(line.shake());
  const STACK_OF(X509_NAME)* asked = SSL_get0_peer_CA_list(line.ssl());
  ASSERT_EQ(sk_X509_NAME_num(asked), 1);
  EXPECT_EQ(X509_NAME_cmp(sk_X509_NAME_value(asked, 0), X509_get_subject_name(issuing.certificate.get())), 0);
}

TEST_F(Tls, T21_authorities_that_cannot_be_read_are_refused_at_the_start) {
  TlsOptions tls{.certificates = {{"d1.localhost", exact_.pem(), exact_.key_pem()}},
                 .ask_client_certificate = true,
                 .client_authorities_pem = "no certificate"};
  ServerOptions options;
  options.listeners = {{.tls = tls, .handler = [this](const Request& request) { return handle(request); }}};
  EXPECT_EQ(Server::start(std::move(options)).error().id, "net.client_authorities");
}

// Only who holds the key gets in: a certificate alone is public.
TEST_F(Tls, a_certificate_needs_its_key) {
  const Issued good = issue({.common_name = "good"}, &client_ca_);
  const Issued other = issue({.common_name = "other"}, &client_ca_);
  ClientOptions options = trusting(&good);
  options.key = other.key.get();
  EXPECT_EQ(Client::make(options).error().id, "net.client_certificate");
}

TEST_F(Tls, asks_only_where_told_and_names_the_authorities_of_the_host) {
  const auto names = [&](std::uint16_t port, const char* sni) -> int {
    int asked = -1;
    TlsLine line(port, sni);
    SSL_set_cert_cb(
        line.ssl(),
        [](SSL* ssl, void* out) {
          const auto* list = SSL_get0_peer_CA_list(ssl);
          *static_cast<int*>(out) = list ? sk_X509_NAME_num(list) : 0;
          return 1;
        },
        &asked);
    EXPECT_TRUE(line.shake());
    return asked;
  };
  EXPECT_EQ(names(portal_, "d1.localhost"), -1);
  EXPECT_EQ(names(login_, "a.d1.localhost"), 1);
  EXPECT_EQ(names(login_, "none.d1.localhost"), 0);
}

TEST_F(Tls, T8_nothing_is_resumed_where_certificates_are_asked_for) {
  const std::string request = "GET / HTTP/1.1\r\nHost: a.d1.localhost\r\nConnection: close\r\n\r\n";
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsLine first(login_, "a.d1.localhost", version);
    ASSERT_TRUE(first.shake());
    EXPECT_TRUE(first.ask(request).ends_with("hello"));  // any ticket has come by now
    const Session session(SSL_get1_session(first.ssl()), SSL_SESSION_free);
    EXPECT_FALSE(SSL_SESSION_has_ticket(session.get()));
    TlsLine second(login_, "a.d1.localhost", version, session.get());
    ASSERT_TRUE(second.shake());
    EXPECT_FALSE(SSL_session_reused(second.ssl()));
  }
  // A session of the portal's listener is no key to the login's.
  TlsLine portal(portal_, "a.d1.localhost");
  ASSERT_TRUE(portal.shake());
  EXPECT_TRUE(portal.ask(request).ends_with("hello"));
  const Session session(SSL_get1_session(portal.ssl()), SSL_SESSION_free);
  EXPECT_TRUE(SSL_SESSION_has_ticket(session.get()));
  TlsLine login(login_, "a.d1.localhost", 0, session.get());
  ASSERT_TRUE(login.shake());
  EXPECT_FALSE(SSL_session_reused(login.ssl()));
}

TEST_F(Tls, renegotiation_is_refused) {
  TlsLine line(login_, "a.d1.localhost", TLS1_2_VERSION);
  ASSERT_TRUE(line.shake());
  SSL_renegotiate(line.ssl());
  EXPECT_NE(SSL_do_handshake(line.ssl()), 1);
  ERR_clear_error();
}

TEST_F(Tls, another_host_than_the_handshakes_is_421) {
  Client client = *Client::make(trusting());
  const auto status = [&](const std::string& host) {
    TlsLine line(login_, "a.d1.localhost");
    EXPECT_TRUE(line.shake());
    return line.ask("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").substr(9, 3);
  };
  EXPECT_EQ(status("a.d1.localhost"), "200");
  EXPECT_EQ(status("A.D1.localhost:1234"), "200");
  EXPECT_EQ(status("b.d1.localhost"), "421");
  EXPECT_EQ(status("d2.localhost"), "421");
}

TEST_F(Tls, new_certificates_are_shown_from_then_on) {
  const Issued renewed = issue({.common_name = "renewed", .alternative_names = "DNS:new.localhost"}, &root_);
  EXPECT_EQ(server_->replace_certificates(0, {{"new.localhost", "nonsense", renewed.key_pem()}}).error().id,
            "net.server_certificate");
  EXPECT_EQ(server_->replace_certificates(0, {{"new.localhost", renewed.pem(), exact_.key_pem()}}).error().id,
            "net.server_certificate");
  Client client = *Client::make(trusting());
  EXPECT_TRUE(client.get("https://d1.localhost:" + std::to_string(portal_)));
  ASSERT_TRUE(server_->replace_certificates(0, {{"new.localhost", renewed.pem(), renewed.key_pem()}}));
  EXPECT_TRUE(client.get("https://new.localhost:" + std::to_string(portal_)));
}

TEST_F(Tls, plain_bytes_are_no_handshake) {
  RawLine line(portal_);
  line.send("GET / HTTP/1.1\r\nHost: d1.localhost\r\n\r\n");
  line.receive_all();
  EXPECT_EQ(server_->counts().handshakes_failed, 1u);
  EXPECT_EQ(server_->counts().requests, 0u);
}

TEST_F(Tls, client_refuses_what_it_does_not_trust) {
  ClientOptions options;
  options.trust_pem = client_ca_.pem();
  const auto untrusted = Client::make(options)->get("https://d1.localhost:" + std::to_string(portal_));
  ASSERT_FALSE(untrusted);
  EXPECT_EQ(untrusted.error().id, "net.tls_untrusted");
  EXPECT_EQ(untrusted.error().detail, "CN=Test Root");
}

TEST_F(Tls, client_refuses_a_certificate_for_another_host) {
  ASSERT_TRUE(server_->replace_certificates(0, {{"wrong.localhost", exact_.pem(), exact_.key_pem()}}));
  const auto wrong = Client::make(trusting())->get("https://wrong.localhost:" + std::to_string(portal_));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().id, "net.tls_wrong_host");
  EXPECT_EQ(wrong.error().detail, "CN=exact");
}

TEST_F(Tls, client_tells_other_handshake_failures_apart) {
  const auto unknown = Client::make(trusting())->get("https://other.localhost:" + std::to_string(portal_));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().id, "net.tls_handshake");
}

}  // namespace
}  // namespace inkan::net
