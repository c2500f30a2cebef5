#include <gtest/gtest.h>

#include <algorithm>

#include "net/server.hpp"
#include "pki/crl.hpp"
#include "support/installation.hpp"
#include "support/test_certificates.hpp"
#include "support/tool.hpp"
#include "wire/door.hpp"

// The door as programs made by others see it: curl for EST, openssl for OCSP and CRL, over real sockets.
namespace inkan::wire {
namespace {

class Interop : public testing::Test {
 protected:
  Interop() : root_(test::issue({.common_name = "Root", .alternative_names = {}, .authority = true})) {
    const test::Issued leaf = test::issue({.common_name = "localhost", .alternative_names = "DNS:localhost"}, &root_);
    const auto handler = [this](const net::Request& request) { return door_.handle(request); };
    const net::TlsOptions tls{.certificates = {{"localhost", leaf.pem(), leaf.key_pem()}}, .ask_client_certificate = true};
    net::ServerOptions options;
    options.listeners.push_back({.tls = tls, .handler = handler});
    options.listeners.push_back({.handler = handler});
    server_ = net::Server::start(std::move(options)).value();
    trust_ = folder_.write("trust.pem", root_.pem());
    est_ = "https://localhost:" + std::to_string(server_->ports()[0]) + "/.well-known/est/d1";
    self_test_ = "https://localhost:" + std::to_string(server_->ports()[0]) + "/api/v1/institutions/d1/self-test";
    status_ = "http://127.0.0.1:" + std::to_string(server_->ports()[1]);
    bank_.add_holder("keiri01");
  }

  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
  /// run insists that a command succeeds, and gives what it said.
  static std::string run(const std::string& command) {
    const ToolRun done = run_tool(command);
    EXPECT_EQ(done.status, 0) << command << "\n" << done.output;
    return done.output;
  }

  TempFolder folder_;
  Installation bank_;
  Door door_{{.services = bank_.services(),
              .login = bank_.login,
              .enrolment = bank_.enrolment,
              .status = bank_.status,
              .addresses = {},
              .registration_authorities = {},
              .readiness = {},
              .version = {}}};
  test::Issued root_;
  std::string trust_, est_, self_test_, status_;
  std::unique_ptr<net::Server> server_;
};

TEST_F(Interop, curl_takes_and_renews_a_certificate_that_openssl_verifies) {
  const std::string code = bank_.holders.release_code(bank_.institution(), "keiri01", "test").value();
  const std::string curl = "curl -sSf --cacert " + trust_ + " ";
  const std::string post = "-H 'Content-Type: application/pkcs10' --data-binary @";
  const auto take_certificate = [&](const std::string& from, const std::string& to) {
    run("base64 -d < " + file(from) + " | openssl pkcs7 -inform DER -print_certs -out " + file(to));
  };
  run(curl + est_ + "/cacerts -o " + file("cacerts"));
  take_certificate("cacerts", "ca.pem");
  run("openssl ecparam -name prime256v1 -genkey -noout -out " + file("key.pem"));
  run("openssl req -new -key " + file("key.pem") + " -subj /CN=x -outform DER | base64 > " + file("csr"));  // in lines
  run(curl + "--user 'keiri01:password-1 " + code + "' " + post + file("csr") + " " + est_ + "/simpleenroll -o " +
      file("answer"));
  take_certificate("answer", "cert.pem");
  run("openssl verify -no_check_time -x509_strict -purpose sslclient -CAfile " + file("ca.pem") + " " + file("cert.pem"));

  const std::string own = "--cert " + file("cert.pem") + " --key " + file("key.pem") + " ";
  const std::string trial = run(curl + own + "-X POST " + self_test_);
  EXPECT_NE(trial.find("\"confirmed\":true"), std::string::npos) << trial;
  const pki::Certificate old = pki::Certificate::parse_pem(run("cat " + file("cert.pem")))->front();
  bank_.clock.set(old.not_after() - std::chrono::days{20});
  const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
  folder_.write("csr2", to_base64(pki::Csr::make(*key, old.subject())->der()));  // in one
  run(curl + own + post + file("csr2") + " " + est_ + "/simplereenroll -o " + file("answer"));
  take_certificate("answer", "cert2.pem");
  run("openssl verify -no_check_time -x509_strict -purpose sslclient -CAfile " + file("ca.pem") + " " + file("cert2.pem"));
}

TEST_F(Interop, openssl_asks_for_the_status_of_good_revoked_and_unknown_serials) {
  const auto record = bank_.certify("keiri01");
  folder_.write("cert.pem", pki::Certificate::parse(record.der)->to_pem());
  folder_.write("ca.pem", door_.handle({.method = "GET", .target = "/ca/d1-ca.pem", .path = "/ca/d1-ca.pem"}).body);
  // The first block is the issuing CA; -attime is the bank's time, which tests move.
  const std::string at = std::to_string(to_epoch(bank_.clock.now()));
  const auto ask = [&](const std::string& what) {
    return run_tool("openssl ocsp -issuer " + file("ca.pem") + " " + what + " -url " + status_ + "/ocsp/d1 -CAfile " +
                    file("ca.pem") + " -attime " + at + " -validity_period 1000000000")
        .output;
  };
  const std::string good = ask("-cert " + file("cert.pem"));
  EXPECT_NE(good.find("Response verify OK"), std::string::npos) << good;
  EXPECT_NE(good.find("cert.pem: good"), std::string::npos) << good;
  EXPECT_NE(ask("-sha256 -no_nonce -cert " + file("cert.pem")).find("cert.pem: good"), std::string::npos);
  EXPECT_NE(ask("-serial 0x4a1f").find("unknown"), std::string::npos);
  ASSERT_TRUE(bank_.holders.revoke(record.authority, record.serial, pki::RevocationReason::key_compromise, "test", true));
  EXPECT_NE(ask("-cert " + file("cert.pem")).find("cert.pem: revoked"), std::string::npos);
}

TEST_F(Interop, O24_a_revocation_is_in_ocsp_at_once_for_caches_within_the_minute_and_on_the_crl_within_the_hour) {
  const auto record = bank_.certify("keiri01");
  folder_.write("cert.pem", pki::Certificate::parse(record.der)->to_pem());
  folder_.write("ca.pem", door_.handle({.method = "GET", .target = "/ca/d1-ca.pem", .path = "/ca/d1-ca.pem"}).body);
  run("openssl ocsp -no_nonce -issuer " + file("ca.pem") + " -cert " + file("cert.pem") + " -reqout " + file("question"));
  const std::string question = net::percent_encode(run("base64 -w0 " + file("question")));
  const auto ask = [&] {
    const std::string head = run("curl -sSf -D - -o " + file("answer") + " '" + status_ + "/ocsp/d1/" + question + "'");
    EXPECT_NE(head.find("max-age=60,"), std::string::npos) << head;
    return run("openssl ocsp -respin " + file("answer") + " -resp_text -noverify");
  };
  const auto listed = [&] {
    run("curl -sSf -o " + file("crl") + " " + status_ + "/crl/d1-g1.crl");
    const auto crl = pki::Crl::parse(*parse_base64(run("base64 -w0 " + file("crl"))));
    return crl && std::ranges::any_of(crl->entries(), [&](const auto& entry) { return entry.serial == record.serial; });
  };
  ASSERT_TRUE(bank_.status.publish_due());
  EXPECT_NE(ask().find("Cert Status: good"), std::string::npos);
  ASSERT_TRUE(bank_.holders.revoke(record.authority, record.serial, pki::RevocationReason::key_compromise, "test", true));
  EXPECT_NE(ask().find("Cert Status: revoked"), std::string::npos) << "in the same second";
  ASSERT_EQ(*bank_.status.publish_due(), 0);
  EXPECT_FALSE(listed());
  bank_.clock.advance(std::chrono::hours{1});
  ASSERT_TRUE(bank_.status.publish_due());
  EXPECT_TRUE(listed());
}

TEST_F(Interop, ocsp_over_get_takes_every_way_of_writing_base64_in_a_path_and_may_be_cached) {
  const auto record = bank_.certify("keiri01");
  folder_.write("cert.pem", pki::Certificate::parse(record.der)->to_pem());
  folder_.write("ca.pem", door_.handle({.method = "GET", .target = "/ca/d1-ca.pem", .path = "/ca/d1-ca.pem"}).body);
  run("openssl ocsp -no_nonce -issuer " + file("ca.pem") + " -cert " + file("cert.pem") + " -reqout " + file("question"));
  const std::string base64 = run("base64 -w0 " + file("question"));
  std::string escaped = net::percent_encode(base64);
  for (const std::string& path : {base64, escaped}) {
    const std::string head = run("curl -sSf --path-as-is -D - -o " + file("answer") + " '" + status_ + "/ocsp/d1/" + path + "'");
    EXPECT_NE(head.find("Cache-Control: max-age="), std::string::npos) << head;
    EXPECT_NE(head.find("ETag: \""), std::string::npos);
    EXPECT_NE(head.find("Last-Modified: "), std::string::npos);
    EXPECT_NE(run("openssl ocsp -respin " + file("answer") + " -resp_text -noverify").find("Cert Status: good"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace inkan::wire
