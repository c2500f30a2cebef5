#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <mutex>
#include <thread>

#include "net/server.hpp"
#include "support/held_delegates.hpp"
#include "support/installation.hpp"
#include "support/test_certificates.hpp"
#include "support/tool.hpp"
#include "wire/door.hpp"

// CMP as the client of OpenSSL speaks it, over real sockets.
namespace inkan::wire {
namespace {

class CmpDoor : public testing::Test {
 protected:
  CmpDoor() {
    const test::Issued leaf = test::issue({.common_name = "localhost", .alternative_names = "DNS:localhost"}, &root_);
    const auto handler = [this](const net::Request& request) { return seen(request, door_.handle(request)); };
    const net::TlsOptions tls{.certificates = {{"localhost", leaf.pem(), leaf.key_pem()}}, .ask_client_certificate = true};
    net::ServerOptions options;
    options.listeners.push_back({.tls = tls, .handler = handler});
    server_ = net::Server::start(std::move(options)).value();
    folder_.write("tls.pem", root_.pem());
    origin_ = "https://localhost:" + std::to_string(server_->ports()[0]);
    for (const char* each : {"keiri01", "keiri02"}) bank_.add_holder(each);
    folder_.write("ca.pem", door_.handle({.method = "GET", .target = "/ca/d1-ca.pem", .path = "/ca/d1-ca.pem"}).body);
  }

  net::Response seen(const net::Request& request, net::Response response) {
    if (request.path.starts_with("/.well-known/cmp/")) {
      const std::scoped_lock lock(mutex_);
      said_.push_back(request);
      with_length_ = with_length_ && response.headers.find("Transfer-Encoding") == std::nullopt;
    }
    return response;
  }

  std::map<ca::AuthorityId, CmpSigner> signers() {
    std::map<ca::AuthorityId, CmpSigner> out;
    for (auto& each : hold_delegates(bank_)) {
      const std::shared_ptr<const ca::SigningKey> key = std::move(each.key);
      out.emplace(each.authority, CmpSigner{each.certificate, [key](ByteView message) { return key->sign(message); }});
    }
    return out;
  }

  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }

  /// cmp runs the client of OpenSSL against an institution's door.
  ToolRun cmp(const std::string& arguments, const std::string& institution = "d1") const {
    return run_tool("openssl cmp -server " + origin_ + " -path .well-known/cmp/p/" + institution + " -tls_used -tls_trusted " +
                    file("tls.pem") + " -trusted " + file("ca.pem") + " -mac hmacWithSHA256 -digest sha256 " + arguments);
  }
  std::string own(const std::string& name) const { return "-cert " + file(name + ".pem") + " -key " + file(name + ".key") + " "; }
  std::string fresh_key(const std::string& name) const {
    EXPECT_EQ(run_tool("openssl ecparam -name prime256v1 -genkey -noout -out " + file(name + ".key")).status, 0);
    return "-newkey " + file(name + ".key") + " -certout " + file(name + ".pem") + " ";
  }
  std::string der_of(const std::string& name) const {
    return run_tool("openssl x509 -outform DER -in " + file(name + ".pem") + " | base64 -w0").output;
  }
  pki::Certificate certificate(const std::string& name) const {
    return pki::Certificate::parse_pem(run_tool("cat " + file(name + ".pem")).output)->front();
  }

  struct Reference {
    std::string id;
    std::string secret;
    std::string arguments() const { return "-ref " + id + " -secret pass:" + secret + " "; }
  };
  /// reference exchanges ID, password and code.
  Reference reference(const std::string& login_id, const std::string& password = "password-1") {
    const std::string code = bank_.hand_out_code(login_id);
    const ToolRun done = run_tool("curl -sS --cacert " + file("tls.pem") + " -X POST --user '" + login_id + ":" + password + " " +
                                  code + "' " + origin_ + "/api/v1/institutions/d1/cmp-reference");
    const auto told = boost::json::parse(done.output).as_object();
    if (!told.contains("reference")) return {};
    return {std::string(told.at("reference").as_string()), std::string(told.at("secret").as_string())};
  }
  /// enrol takes a first certificate by ir, files NAME.key and NAME.pem.
  void enrol(const std::string& login_id, const std::string& name) {
    const ToolRun done = cmp("-cmd ir " + reference(login_id).arguments() + fresh_key(name) + "-subject /CN=" + login_id);
    ASSERT_EQ(done.status, 0) << done.output;
  }
  /// expect_refused wants the client to fail and to have been told why.
  void expect_refused(const ToolRun& done, const std::string& failure, const std::string& id) const {
    EXPECT_NE(done.status, 0);
    EXPECT_NE(done.output.find(failure), std::string::npos) << failure << "\n" << done.output;
    EXPECT_NE(done.output.find(id), std::string::npos) << id << "\n" << done.output;
  }
  void make_renewable(const std::string& name) { bank_.clock.set(certificate(name).not_after() - std::chrono::days{20}); }

  TempFolder folder_;
  Installation bank_;
  test::Issued root_ = test::issue({.common_name = "Root", .alternative_names = {}, .authority = true});
  test::Issued authority_ = test::issue({.common_name = "RA", .alternative_names = {}}, &root_);
  Door door_{{.services = bank_.services(),
              .login = bank_.login,
              .enrolment = bank_.enrolment,
              .status = bank_.status,
              .addresses = {},
              .registration_authorities = {{"d1", {sha256(authority_.der())}}},
              .readiness = {},
              .cmp_signers = signers(),
              .version = {}}};
  std::string origin_;
  std::unique_ptr<net::Server> server_;
  std::mutex mutex_;
  std::vector<net::Request> said_;  ///< every message that came
  bool with_length_ = true;
};

TEST_F(CmpDoor, ir_takes_a_first_certificate_and_kur_renews_it) {
  enrol("keiri01", "first");
  EXPECT_EQ(bank_.audit_count("certificate.delivered"), 1);
  EXPECT_EQ(run_tool("openssl verify -no_check_time -x509_strict -purpose sslclient -CAfile " + file("ca.pem") + " " +
                     file("first.pem"))
                .status,
            0);
  make_renewable("first");
  const ToolRun renewed = cmp("-cmd kur " + own("first") + fresh_key("second"));
  ASSERT_EQ(renewed.status, 0) << renewed.output;
  EXPECT_EQ(certificate("second").subject().der(), certificate("first").subject().der());
  EXPECT_EQ(bank_.audit_count("certificate.delivered"), 2);
  const auto all = bank_.certificates_of("keiri01");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[1].confirmed_at) << "the old one signed for itself";
  EXPECT_FALSE(all[1].revoked_at) << "it goes when the new one is used, not before (O1)";
  EXPECT_TRUE(with_length_);
  check_invariants(*bank_.store, bank_.institutions);
}

TEST_F(CmpDoor, a_lost_answer_is_given_again_to_the_same_key_and_no_other_key_is_taken) {
  const Reference known = reference("keiri01");
  const std::string ask = "-cmd ir " + known.arguments() + fresh_key("first") + "-subject /CN=x ";
  ASSERT_EQ(cmp(ask).status, 0);
  const std::string first = der_of("first");
  ASSERT_EQ(cmp(ask).status, 0);
  EXPECT_EQ(der_of("first"), first);
  expect_refused(cmp("-cmd ir " + known.arguments() + fresh_key("other") + "-subject /CN=x"), "badRequest", "ticket.other_key");
  EXPECT_EQ(bank_.certificates_of("keiri01").size(), 1u);
}

TEST_F(CmpDoor, I6_neither_password_nor_code_alone_opens_a_reference_and_none_asks_without) {
  EXPECT_TRUE(reference("keiri01", "wrong").id.empty());
  const ToolRun bare = run_tool("curl -sS --cacert " + file("tls.pem") + " -X POST --user 'keiri01:password-1' " + origin_ +
                                "/api/v1/institutions/d1/cmp-reference");
  EXPECT_NE(bare.output.find("acquisition.refused"), std::string::npos) << bare.output;
  const Reference known = reference("keiri01");
  const std::string rest = fresh_key("first") + "-subject /CN=x";
  expect_refused(cmp("-cmd ir -ref " + known.id + " -secret pass:guess " + rest), "badMessageCheck", "cmp.mac");
  expect_refused(cmp("-cmd ir -ref keiri01 -secret pass:password-1 " + rest), "badMessageCheck", "cmp.mac");
  expect_refused(cmp("-cmd ir -unprotected_requests " + known.arguments() + rest), "badMessageCheck", "cmp.unprotected");
  expect_refused(cmp("-cmd ir -mac hmac-sha1 " + known.arguments() + rest), "badAlg", "cmp.mac_algorithm");
  expect_refused(cmp("-cmd ir " + known.arguments() + rest, "d2"), "badMessageCheck", "cmp.mac");
  expect_refused(cmp("-cmd ir -recipient /CN=another " + known.arguments() + rest), "wrongAuthority", "cmp.recipient");
  EXPECT_TRUE(bank_.certificates_of("keiri01").empty());
  EXPECT_EQ(cmp("-cmd cr " + known.arguments() + rest).status, 0) << "and what was refused has spoiled nothing";
}

TEST_F(CmpDoor, kur_is_refused_early_to_strangers_to_other_banks_and_for_another_subject) {
  enrol("keiri01", "first");
  expect_refused(cmp("-cmd kur " + own("first") + fresh_key("second")), "notAuthorized", "renewal.not_yet");
  make_renewable("first");
  // RFC 9483 3.1 lets the recipient be unknown; OpenSSL's client would name the issuer of its own certificate.
  const std::string anyone = "-recipient / ";
  expect_refused(cmp("-cmd kur " + anyone + own("first") + fresh_key("second"), "d2"), "signerNotTrusted",
                 "certificate.other_bank");
  const test::Issued stranger = test::issue({.common_name = "stranger", .alternative_names = {}}, &root_);
  folder_.write("stranger.pem", stranger.pem());
  folder_.write("stranger.key", stranger.key_pem());
  expect_refused(cmp("-cmd kur " + anyone + own("stranger") + fresh_key("second")), "signerNotTrusted", "certificate.unknown");
  expect_refused(cmp("-cmd kur -subject /CN=another " + own("first") + fresh_key("second")), "badCertTemplate",
                 "cmp.subject_mismatch");
  expect_refused(cmp("-cmd kur " + own("first") + "-newkey " + file("first.key") + " -certout " + file("second.pem")),
                 "badCertTemplate", "key.on_record");
  expect_refused(cmp("-cmd ir " + own("first") + fresh_key("second") + "-subject /CN=x"), "notAuthorized", "cmp.needs_reference");
  EXPECT_EQ(bank_.certificates_of("keiri01").size(), 1u);
}

TEST_F(CmpDoor, a_recorded_message_is_no_use_to_anybody) {
  enrol("keiri01", "first");
  make_renewable("first");
  said_.clear();
  ASSERT_EQ(cmp("-cmd kur " + own("first") + fresh_key("second")).status, 0);
  ASSERT_EQ(said_.size(), 2u) << "kur and certConf";
  const auto failure_of = [&](const net::Request& request) {
    const auto answer = door_.handle(request);
    const auto message = pki::CmpMessage::parse(as_bytes(answer.body));
    EXPECT_TRUE(message) << answer.body;
    EXPECT_EQ(message->body(), pki::CmpBody::error);
    return std::string(as_text(message->content()));
  };
  EXPECT_NE(failure_of(said_[0]).find("cmp.transaction_in_use"), std::string::npos);
  EXPECT_NE(failure_of(said_[1]).find("cmp.transaction_unknown"), std::string::npos);
  net::Request changed = said_[0];
  changed.body.replace(changed.body.find("d1"), 2, "d9");  // somewhere in what is protected
  EXPECT_EQ(door_.handle(changed).status, 200) << "an error message";
  EXPECT_EQ(bank_.certificates_of("keiri01").size(), 2u);
}

TEST_F(CmpDoor, a_certificate_that_the_program_refuses_is_revoked_and_may_be_asked_for_anew) {
  const Reference known = reference("keiri01");
  folder_.write("nobody.pem", root_.pem());
  const std::string ask = "-cmd ir " + known.arguments() + "-subject /CN=x ";
  EXPECT_NE(cmp(ask + fresh_key("first") + "-out_trusted " + file("nobody.pem")).status, 0);
  auto all = bank_.certificates_of("keiri01");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].revoked_at);
  EXPECT_EQ(cmp(ask + fresh_key("second")).status, 0);
}

TEST_F(CmpDoor, rr_revokes_the_own_certificate_and_no_other) {
  enrol("keiri01", "first");
  enrol("keiri02", "other");
  expect_refused(cmp("-cmd rr " + own("first") + "-oldcert " + file("other.pem")), "badCertId", "certificate.unknown");
  const ToolRun done = cmp("-cmd rr -revreason 1 " + own("first") + "-oldcert " + file("first.pem"));
  EXPECT_EQ(done.status, 0) << done.output;
  const auto record = bank_.certificates_of("keiri01").front();
  ASSERT_TRUE(record.revoked_at);
  EXPECT_EQ(record.reason, pki::RevocationReason::key_compromise);
  expect_refused(cmp("-cmd rr " + own("first") + "-oldcert " + file("first.pem")), "certRevoked", "certificate.revoked");
  make_renewable("first");
  expect_refused(cmp("-cmd kur " + own("first") + fresh_key("second")), "certRevoked", "certificate.revoked");
}

TEST_F(CmpDoor, genm_gives_certificates_and_list_and_refuses_what_it_does_not_know) {
  enrol("keiri01", "first");
  ASSERT_TRUE(bank_.status.publish_crl("d1-g1"));
  for (const char* known : {"caCerts", "currentCRL"}) {
    const ToolRun done = cmp("-cmd genm -infotype " + std::string(known) + " " + own("first"));
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_NE(done.output.find("id-it-" + std::string(known)), std::string::npos) << done.output;
  }
  expect_refused(cmp("-cmd genm -infotype unsupportedOIDs " + own("first")), "addInfoNotAvailable", "cmp.info_type");
}

TEST_F(CmpDoor, a_request_that_waits_for_the_banks_approval_is_finished_by_the_same_client) {
  folder_.write("ra.pem", authority_.pem());
  folder_.write("ra.key", authority_.key_pem());
  ASSERT_EQ(cmp("-cmd ir -recipient / " + own("ra") + fresh_key("first") + "-subject /CN=keiri01").status, 0);
  // One approval, one certificate: the second waits until two persons of the bank have approved another.
  ToolRun done;
  std::thread client(
      [&] { done = cmp("-cmd ir -total_timeout 60 -recipient / " + own("ra") + fresh_key("second") + "-subject /CN=keiri01"); });
  const auto polled = [&] {
    const std::scoped_lock lock(mutex_);
    return std::ranges::any_of(said_, [](const net::Request& request) {
      const auto message = pki::CmpMessage::parse(as_bytes(request.body));
      return message && message->body() == pki::CmpBody::poll_req;
    });
  };
  while (!polled()) std::this_thread::yield();
  const auto all = bank_.certificates_of("keiri01");
  EXPECT_EQ(all.size(), 1u);
  EXPECT_TRUE(bank_.holders.revoke(all[0].authority, all[0].serial, pki::RevocationReason::superseded, "test", true));
  bank_.hand_out_code("keiri01");
  client.join();
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_EQ(bank_.certificates_of("keiri01").size(), 2u);
  expect_refused(cmp("-cmd ir -recipient / " + own("ra") + fresh_key("third") + "-subject /CN=nobody"), "badRequest",
                 "holder.unknown");
}

}  // namespace
}  // namespace inkan::wire
