#include "wire/door.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "pki/cms.hpp"
#include "pki/der.hpp"
#include "support/installation.hpp"

namespace inkan::wire {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// DoorTest is a bank with a door; requests go in without a socket.
class DoorTest : public testing::Test {
 protected:
  DoorTest() { bank_.add_holder("keiri01"); }

  DoorOptions options() {
    const auto addresses = [](const std::string& id) {
      return Addresses{.portal = "https://" + id + ".localhost:8443",
                       .est = "https://localhost:8444/.well-known/est/" + id,
                       .self_test = "https://localhost:8444/api/v1/institutions/" + id + "/self-test",
                       .transactions = "https://localhost:8444/api/v1/institutions/" + id + "/transactions",
                       .ocsp = "http://localhost:8445/ocsp/" + id,
                       .crl = "http://localhost:8445/crl/" + id + "-g1.crl",
                       .ca = "http://localhost:8445/ca/" + id + "-ca.pem"};
    };
    return {.services = bank_.services(),
            .login = bank_.login,
            .enrolment = bank_.enrolment,
            .status = bank_.status,
            .addresses = {{"d1", addresses("d1")}, {"d2", addresses("d2")}},
            .registration_authorities = {{"d1", {ra_}}},
            .readiness = {},
            .version = "1"};
  }

  static net::Request get(const std::string& path) {
    net::Request request;
    request.method = "GET";
    request.target = request.path = path;
    request.host = "localhost";
    request.peer.tls = true;
    return request;
  }
  static net::Request post(const std::string& path, const std::string& type, std::string body) {
    net::Request request = get(path);
    request.method = "POST";
    request.headers.add("Content-Type", type);
    request.body = std::move(body);
    return request;
  }
  static net::Request est(const std::string& operation, const pki::Csr& csr) {
    return post("/.well-known/est/d1/" + operation, "application/pkcs10", to_base64(csr.der()));
  }
  static net::Request authorized(net::Request request, const std::string& id, const std::string& password) {
    request.headers.set("Authorization", "Basic " + to_base64(as_bytes(id + ":" + password)));
    return request;
  }
  static net::Request showing(net::Request request, const lifecycle::CertificateRecord& record) {
    request.peer.certificate = record.der;
    request.peer.fingerprint = record.fingerprint;
    return request;
  }
  net::Response ask(const net::Request& request) { return door_.handle(request); }

  void expect_refused(const net::Request& request, int status, const std::string& code) {
    const net::Response response = ask(request);
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_TRUE(has(response.body, "\"code\":\"" + code + "\"")) << response.body;
    EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
  }
  static pki::Certificate certificate_in(const net::Response& response) {
    check(response.status == 200, response.body);
    auto list = pki::parse_certs_only(parse_base64(response.body).value()).value();
    check(list.size() == 1, "one certificate");
    return std::move(list.front());
  }
  /// request_for is a request for a fresh key with the subject of a certificate, as re-enrolment wants it.
  static pki::Csr request_for(const lifecycle::CertificateRecord& record) {
    const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
    return pki::Csr::make(*key, pki::Certificate::parse(record.der)->subject()).value();
  }
  lifecycle::CertificateRecord renewable() {
    auto record = bank_.certify("keiri01");
    bank_.clock.set(record.not_after - std::chrono::days{20});
    return record;
  }

  Installation bank_;
  Digest ra_ = sha256(as_bytes("the registration authority"));
  Door door_{options()};
};

TEST_F(DoorTest, est_cacerts_holds_the_issuing_ca_and_its_root) {
  const net::Response response = ask(get("/.well-known/est/d1/cacerts"));
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/pkcs7-mime");
  const auto list = pki::parse_certs_only(parse_base64(response.body).value());
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  const auto issued = pki::Certificate::parse(bank_.certify("keiri01").der);
  EXPECT_TRUE(std::ranges::any_of(*list, [&](const auto& ca) { return issued->verify_by(ca).has_value(); }));
}

TEST_F(DoorTest, est_csrattrs_names_the_kind_of_key) {
  const net::Response response = ask(get("/.well-known/est/d1/csrattrs"));
  EXPECT_EQ(response.headers.find("Content-Type"), "application/csrattrs");
  EXPECT_TRUE(pki::is_der(parse_base64(response.body).value()));
}

TEST_F(DoorTest, D2_23_est_simpleenroll_takes_id_password_and_code_and_may_be_repeated) {
  const std::string code = bank_.holders.release_code(bank_.institution(), "keiri01", "test").value();
  const pki::Csr csr = make_request();
  const net::Request right = authorized(est("simpleenroll", csr), "keiri01", "password-1 " + code);
  expect_refused(est("simpleenroll", csr), 401, "est.no_credentials");
  EXPECT_EQ(ask(est("simpleenroll", csr)).headers.find("WWW-Authenticate"), "Basic realm=\"d1\", charset=\"UTF-8\"");
  expect_refused(authorized(est("simpleenroll", csr), "keiri01", "password-1 WRONG"), 401, "acquisition.refused");
  expect_refused(authorized(est("simpleenroll", csr), "nobody", "password-1 " + code), 401, "acquisition.refused");
  const net::Response first = ask(right);
  EXPECT_EQ(first.headers.find("Content-Type"), "application/pkcs7-mime; smime-type=certs-only");
  const pki::Certificate certificate = certificate_in(first);
  EXPECT_EQ(certificate.subject().find("CN"), "keiri01 経理担当者");
  EXPECT_EQ(certificate_in(ask(right)).der(), certificate.der()) << "a lost answer is given again";
  expect_refused(authorized(est("simpleenroll", make_request()), "keiri01", "password-1 " + code), 401, "acquisition.refused");
}

TEST_F(DoorTest, T10_est_turns_an_address_away_that_tries_too_many_passwords_but_not_a_certificate) {
  DoorOptions limited = options();
  limited.tries = std::make_shared<net::AddressLimit>(net::TryLimit{.tries = 3, .per_minute = 6}, bank_.clock);
  Door door(limited);
  const auto from = [](net::Request request, const std::string& address) {
    request.peer.address = address;
    return request;
  };
  const net::Request wrong = from(authorized(est("simpleenroll", make_request()), "nobody", "x"), "2001:db8::1");
  auto& hours = const_cast<lifecycle::Institution&>(bank_.institution()).hours;
  hours.maintenance = {{bank_.clock.now(), bank_.clock.now() + std::chrono::hours{1}}};
  for (int i = 0; i < 10; ++i) EXPECT_EQ(door.handle(wrong).status, 503) << "nothing was looked at: that costs no try";
  hours = {};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(door.handle(wrong).status, 401);
  const net::Response refused = door.handle(wrong);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.find("Retry-After"), "10");
  EXPECT_TRUE(has(refused.body, "\"code\":\"wire.too_many_tries\"")) << refused.body;
  EXPECT_EQ(door.handle(from(wrong, "2001:db8::2")).status, 429) << "the same network";
  EXPECT_EQ(door.handle(from(wrong, "2001:db8:1::1")).status, 401);

  const auto record = renewable();
  const net::Request renewal = showing(from(est("simplereenroll", request_for(record)), "2001:db8::1"), record);
  EXPECT_EQ(door.handle(renewal).status, 200);
}

TEST_F(DoorTest, T10_guesses_from_outside_do_not_lock_the_password_beside_a_certificate) {
  const_cast<lifecycle::Institution&>(bank_.institution()).renewal.asks_password = true;
  const auto record = renewable();
  for (int i = 0; i < 12; ++i) ask(authorized(est("simpleenroll", make_request()), "keiri01", "x"));
  expect_refused(authorized(est("simpleenroll", make_request()), "keiri01", "password-1"), 429, "login.locked");
  EXPECT_EQ(ask(authorized(showing(est("simplereenroll", request_for(record)), record), "keiri01", "password-1")).status, 200);
}

TEST_F(DoorTest, est_wants_tls_a_media_type_a_method_and_a_whole_request) {
  net::Request plain = get("/.well-known/est/d1/cacerts");
  plain.peer.tls = false;
  expect_refused(plain, 403, "wire.needs_tls");
  expect_refused(get("/.well-known/est/d1/simpleenroll"), 405, "wire.method");
  expect_refused(post("/.well-known/est/d1/simpleenroll", "text/plain", "x"), 415, "wire.media_type");
  const auto body = [&](std::string text) {
    return authorized(post("/.well-known/est/d1/simpleenroll", "application/pkcs10", std::move(text)), "keiri01", "x y");
  };
  expect_refused(body("!"), 400, "base64.malformed");
  expect_refused(body("bm90IGEgcmVxdWVzdA=="), 400, "csr.malformed");
  expect_refused(body(std::string(40'000, 'A')), 413, "csr.too_large");
  expect_refused(post("/.well-known/est/d1/serverkeygen", "application/pkcs10", ""), 501, "est.serverkeygen_refused");
  expect_refused(get("/.well-known/est/d1/other"), 404, "est.unknown_operation");
  expect_refused(get("/.well-known/est/d9/cacerts"), 404, "institution.unknown");
  expect_refused(get("/.well-known/est/cacerts"), 404, "institution.unknown");  // whose, where there are several?
  EXPECT_EQ(ask(get("/.well-known/est/d1/.well-known/est/cacerts")).status, 200) << "as strongSwan writes it";
}

TEST_F(DoorTest, D1_05_est_simplereenroll_renews_in_the_window_and_gives_the_same_certificate_again) {
  const auto old = renewable();
  const pki::Csr csr = request_for(old);
  const net::Request renewal = showing(est("simplereenroll", csr), old);
  const pki::Certificate fresh = certificate_in(ask(renewal));
  EXPECT_EQ(fresh.subject().der(), pki::Certificate::parse(old.der)->subject().der());
  EXPECT_EQ(certificate_in(ask(renewal)).der(), fresh.der());
  EXPECT_EQ(bank_.certificates_of("keiri01").size(), 2U);
}

TEST_F(DoorTest, est_simplereenroll_refuses_other_subjects_old_keys_and_certificates_that_do_not_do) {
  const auto early = bank_.certify("keiri01");
  expect_refused(showing(est("simplereenroll", request_for(early)), early), 403, "renewal.not_yet");
  bank_.clock.set(early.not_after - std::chrono::days{20});
  expect_refused(showing(est("simplereenroll", make_request()), early), 403, "est.subject_mismatch");
  expect_refused(est("simplereenroll", request_for(early)), 403, "certificate.none");
  lifecycle::CertificateRecord stranger = early;
  stranger.fingerprint = sha256(as_bytes("stranger"));
  expect_refused(showing(est("simplereenroll", request_for(early)), stranger), 403, "certificate.unknown");
  net::Request elsewhere = showing(est("simplereenroll", request_for(early)), early);
  elsewhere.path = "/.well-known/est/d2/simplereenroll";
  expect_refused(elsewhere, 403, "certificate.other_bank");
  bank_.clock.set(early.not_after + std::chrono::hours{1});
  expect_refused(showing(est("simplereenroll", request_for(early)), early), 403, "certificate.expired_grace");
}

TEST_F(DoorTest, est_simplereenroll_asks_for_the_password_where_the_profile_does) {
  auto strict = bank_.institution();
  strict.renewal.asks_password = true;
  bank_.institutions = lifecycle::Institutions({strict, bank_.institution("d2")});
  const auto old = renewable();
  const net::Request renewal = showing(est("simplereenroll", request_for(old)), old);
  expect_refused(renewal, 401, "est.no_credentials");
  expect_refused(authorized(renewal, "keiri01", "wrong"), 401, "login.password");
  expect_refused(authorized(renewal, "another", "password-1"), 401, "login.password");
  for (int i = 0; i < 3; ++i) ask(authorized(renewal, "keiri01", "wrong"));
  EXPECT_NE(ask(authorized(renewal, "keiri01", "wrong")).body.find("\"left\":5"), std::string::npos) << "E208";
  EXPECT_EQ(certificate_in(ask(authorized(renewal, "", "password-1"))).der(),
            certificate_in(ask(authorized(renewal, "keiri01", "password-1"))).der());
}

TEST_F(DoorTest, the_self_test_confirms_the_new_certificate_and_retires_the_old_one) {
  const auto old = renewable();
  const pki::Certificate fresh = certificate_in(ask(showing(est("simplereenroll", request_for(old)), old)));
  net::Request trial = post("/api/v1/institutions/d1/self-test", "", "");
  trial.peer.certificate = fresh.der();
  trial.peer.fingerprint = fresh.fingerprint();
  net::Request look = trial;
  look.method = "GET";
  EXPECT_TRUE(has(ask(look).body, "\"confirmed\":false")) << "a look changes nothing";
  for (int i = 0; i < 2; ++i) {
    const net::Response response = ask(trial);
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(has(response.body, "\"confirmed\":true")) << response.body;
  }
  expect_refused(showing(est("simplereenroll", request_for(old)), old), 403, "certificate.superseded");
  expect_refused(showing(trial, old), 403, "certificate.superseded");
}

TEST_F(DoorTest, O19_outside_the_hours_a_renewal_is_told_when_it_opens) {
  const auto old = bank_.certify("keiri01");
  auto& hours = const_cast<lifecycle::Institution&>(bank_.institution()).hours;
  hours.weekdays = {.from = 8 * 60, .until = 23 * 60};
  hours.saturday = hours.sunday = hours.weekdays;
  bank_.clock.set(*parse_rfc3339("2027-10-20T23:30:00+09:00"));
  const net::Response closed = ask(showing(est("simplereenroll", request_for(old)), old));
  EXPECT_EQ(closed.status, 503);
  EXPECT_TRUE(has(closed.body, "\"code\":\"service.closed\"")) << closed.body;
  EXPECT_TRUE(has(closed.body, "\"opens\":\"2027-10-21T08:00:00+09:00\"")) << closed.body;
  EXPECT_EQ(closed.headers.find("Retry-After"), std::to_string(8 * 3600 + 1800));
  hours = {};
  hours.maintenance = {{*parse_rfc3339("2027-11-01T21:00:00+09:00"), *parse_rfc3339("2027-11-02T06:00:00+09:00")}};
  bank_.clock.set(*parse_rfc3339("2027-11-02T07:00:00+09:00"));
  net::Request discovery = get("/.well-known/inkan");
  discovery.host = "d1.localhost";
  EXPECT_TRUE(has(ask(discovery).body, "\"late_days\":1")) << "so that the program tries";
  EXPECT_EQ(ask(showing(est("simplereenroll", request_for(old)), old)).status, 200) << "the old key, past its end";
  bank_.clock.set(*parse_rfc3339("2027-11-02T09:00:00+09:00"));
  EXPECT_TRUE(has(ask(discovery).body, "\"late_days\":0"));
}

TEST_F(DoorTest, the_bulk_door_is_the_registration_authoritys_alone_and_for_approved_holders_only) {
  const std::string path = "/api/v1/institutions/d1/holders/keiri01/certificates";
  const std::string der(as_text(make_request().der()));
  net::Request request = post(path, "application/pkcs10", der);
  expect_refused(request, 403, "bulk.not_an_authority");
  request.peer.fingerprint = ra_;
  const net::Response response = ask(request);
  ASSERT_EQ(response.status, 201) << response.body;
  EXPECT_EQ(response.headers.find("Content-Type"), "application/pkix-cert");
  EXPECT_EQ(ask(request).body, response.body) << "a repeat gives the same certificate";
  request.body = std::string(as_text(make_request().der()));
  expect_refused(request, 403, "bulk.not_approved");  // one approval, one certificate
  request.path = "/api/v1/institutions/d1/holders/nobody/certificates";
  expect_refused(request, 404, "holder.unknown");
  request.path = "/api/v1/institutions/d2/holders/keiri01/certificates";
  expect_refused(request, 403, "bulk.not_an_authority");
  net::Request trial = post("/api/v1/institutions/d1/self-test", "", "");
  trial.peer.fingerprint = ra_;
  expect_refused(trial, 403, "certificate.unknown");
}

TEST_F(DoorTest, crl_and_ca_certificates_are_served_fresh_and_once) {
  ASSERT_TRUE(bank_.status.publish_due());
  net::Request request = get("/crl/d1-g1.crl");
  request.peer.tls = false;
  const net::Response response = ask(request);
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/pkix-crl");
  EXPECT_TRUE(pki::Crl::parse(as_bytes(response.body)));
  request.headers.add("If-None-Match", std::string(*response.headers.find("ETag")));
  EXPECT_EQ(ask(request).status, 304);
  ASSERT_TRUE(bank_.status.publish_crl("d1-g1"));
  const net::Response next = ask(request);
  EXPECT_EQ(next.status, 200);
  EXPECT_EQ(pki::Crl::parse(as_bytes(next.body))->number(), pki::Crl::parse(as_bytes(response.body))->number() + 1);
  EXPECT_NE(next.headers.find("ETag"), response.headers.find("ETag"));
  expect_refused(get("/crl/d9-g1.crl"), 404, "crl.none");
  expect_refused(get("/crl/d1-g1"), 404, "wire.not_found");

  const auto issuing = pki::Certificate::parse(as_bytes(ask(get("/ca/d1-g1.cer")).body));
  ASSERT_TRUE(issuing);
  const auto bundle = pki::Certificate::parse_pem(ask(get("/ca/d1-ca.pem")).body);
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->size(), 2U);
  EXPECT_EQ(bundle->front().der(), issuing->der());
  expect_refused(get("/ca/d9-ca.pem"), 404, "wire.not_found");
}

TEST_F(DoorTest, ocsp_refuses_in_its_own_words_what_is_no_request) {
  const auto status_byte = [](const net::Response& response) { return static_cast<int>(response.body.at(4)); };
  const net::Response malformed = ask(get("/ocsp/d1/not//base64!"));
  EXPECT_EQ(malformed.status, 200);
  EXPECT_EQ(malformed.headers.find("Content-Type"), "application/ocsp-response");
  EXPECT_EQ(malformed.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(status_byte(malformed), 1);
  EXPECT_EQ(status_byte(ask(post("/ocsp/d1", "application/ocsp-request", "x"))), 1);
  expect_refused(post("/ocsp/d1", "text/plain", "x"), 415, "wire.media_type");
  expect_refused(post("/ocsp/d1", "application/ocsp-request", std::string(5000, 'x')), 413, "ocsp.too_large");
  expect_refused(get("/ocsp/d1/" + std::string(6000, 'A')), 413, "ocsp.too_large");
  expect_refused(get("/ocsp/d9/AAAA"), 404, "wire.not_found");
}

TEST_F(DoorTest, discovery_speaks_for_the_institution_of_the_host) {
  net::Request request = get("/.well-known/inkan");
  expect_refused(request, 404, "institution.unknown");
  request.host = "d2.localhost";
  const net::Response response = ask(request);
  EXPECT_EQ(response.status, 200);
  for (const char* part : {R"("institution":"d2")", R"("window_days":30)", R"("asks_password":false)", R"(/.well-known/est/d2")",
                           R"("now":"2026-11-01T10:00:00+09:00")"})
    EXPECT_TRUE(has(response.body, part)) << response.body;
}

TEST_F(DoorTest, the_description_is_served_and_unknown_paths_are_not) {
  EXPECT_TRUE(has(ask(get("/api/v1/openapi.yaml")).body, "openapi: 3.1.0"));
  for (const char* path : {"/api/v1/", "/api/v1/institutions", "/api/v1/institutions/d1", "/api/v1/institutions/d1/holders/x/y"})
    expect_refused(get(path), 404, "wire.not_found");
  EXPECT_FALSE(Door::owns("/login"));
  EXPECT_FALSE(Door::owns("/metrics"));
  EXPECT_TRUE(Door::owns("/ocsp/d1"));
}

TEST_F(DoorTest, readiness_names_the_part_that_is_not_well) {
  const net::Response before = door_.handle_admin(get("/readyz"));
  EXPECT_EQ(before.status, 503);
  EXPECT_TRUE(has(before.body, R"("crl":"crl.none")")) << before.body;
  ASSERT_TRUE(bank_.status.publish_due());
  EXPECT_EQ(door_.handle_admin(get("/readyz")).status, 200);
  bank_.clock.advance(std::chrono::hours{25});
  EXPECT_TRUE(has(door_.handle_admin(get("/readyz")).body, R"("crl":"crl.stale")"));
  EXPECT_EQ(door_.handle_admin(get("/livez")).status, 200);
}

TEST_F(DoorTest, metrics_count_what_the_door_saw_and_what_is_on_record) {
  const auto old = renewable();
  ask(showing(est("simplereenroll", request_for(old)), old));
  ask(est("simplereenroll", request_for(old)));
  const std::string text = door_.handle_admin(get("/metrics")).body;
  for (const char* line :
       {"inkan_requests_total{door=\"est\",status=\"2xx\"} 1\n", "inkan_requests_total{door=\"est\",status=\"4xx\"} 1\n",
        "inkan_issue_total{flow=\"renewal\",result=\"issued\"} 1\n", "inkan_signer_up 1\n", "inkan_holders 1\n",
        "inkan_certificates{state=\"issued\"} 2\n", "inkan_build_info{version=\"1\"} 1\n"})
    EXPECT_TRUE(has(text, line)) << line << "\n" << text;
}

/// The renewal that a page began: the program names it in the machines' doors (D5-02, journeys.md 1.10).
class TransactionTest : public DoorTest {
 protected:
  std::string begun_by(const lifecycle::CertificateRecord& record) {
    return bank_.enrolment.open_renewal(bank_.institution(), record.fingerprint, "")->ticket.id;
  }
  static net::Request taking(const std::string& transaction, const lifecycle::CertificateRecord& record,
                             const std::string& institution = "d1") {
    return showing(post("/api/v1/institutions/" + institution + "/transactions/" + transaction, "", ""), record);
  }
  static net::Request renewing(const std::string& transaction, const lifecycle::CertificateRecord& record) {
    net::Request request = showing(est("simplereenroll", request_for(record)), record);
    request.headers.set("Inkan-Transaction", transaction);
    return request;
  }
};

TEST_F(TransactionTest, the_program_takes_a_renewal_over_and_is_told_what_to_ask) {
  const auto old = renewable();
  const std::string transaction = begun_by(old);
  const net::Response told = ask(taking(transaction, old));
  ASSERT_EQ(told.status, 200) << told.body;
  for (const char* part : {"\"form\":\"literal\"", "\"asks\":[\"key\",\"request\"]", "\"login_id\":\"keiri01\"",
                           "\"expiry_day\":", "\"new_expiry_day\":"})
    EXPECT_TRUE(has(told.body, part)) << part << told.body;
  EXPECT_TRUE(has(told.body, to_iso(one_year_after(bank_.institution().zone.day_of(bank_.clock.now())))));
  auto& policy = const_cast<lifecycle::Institution&>(bank_.institution()).renewal;
  policy.carry_over_remaining = true;
  EXPECT_TRUE(has(ask(taking(transaction, old)).body, "\"new_expiry_day\":\"" + to_iso(one_year_after(old.expiry_day)))) << "O2";
  policy.carry_over_remaining = false;
  EXPECT_EQ(ask(taking(transaction, old)).body, told.body) << "a program that was closed comes back";
  EXPECT_EQ(bank_.audit_count("ticket.taken"), 1);
}

TEST_F(TransactionTest, what_the_program_sends_belongs_to_that_renewal) {
  const auto old = renewable();
  const std::string transaction = begun_by(old);
  const net::Request renewal = renewing(transaction, old);
  const pki::Certificate fresh = certificate_in(ask(renewal));
  EXPECT_EQ(certificate_in(ask(renewal)).der(), fresh.der()) << "the same request, the same certificate";
  EXPECT_EQ(bank_.certificates_of("keiri01").front().ticket, transaction);
  EXPECT_EQ(bank_.audit_count("ticket.taken"), 1) << "a request is contact too";
  expect_refused(renewing(transaction, old), 409, "ticket.other_key");
}

TEST_F(TransactionTest, one_that_is_not_this_certificates_own_is_refused) {
  const auto old = renewable();
  const std::string transaction = begun_by(old);
  bank_.add_holder("keiri02");
  const auto other = bank_.certify("keiri02");
  expect_refused(taking(transaction, other), 403, "transaction.foreign");
  expect_refused(renewing(transaction, other), 403, "transaction.foreign");
  expect_refused(taking(std::string(32, 'a'), old), 404, "transaction.unknown");
  expect_refused(taking("https:", old), 404, "transaction.unknown");
  expect_refused(taking(transaction, old, "d2"), 403, "certificate.other_bank");
  bank_.add_holder("keiri01", "d2");
  expect_refused(taking(transaction, bank_.certify("keiri01", "d2"), "d2"), 404, "transaction.unknown");
  net::Request nobody = taking(transaction, old);
  nobody.peer.fingerprint.reset();
  nobody.peer.certificate.reset();
  expect_refused(nobody, 403, "certificate.none");
  net::Request read = taking(transaction, old);
  read.method = "GET";
  expect_refused(read, 405, "wire.method");
  net::Request twice = renewing(transaction, old);
  twice.headers.add("Inkan-Transaction", transaction);
  expect_refused(twice, 400, "transaction.malformed");
  EXPECT_EQ(bank_.audit_count("ticket.taken"), 0);
}

TEST_F(TransactionTest, O23_one_that_was_given_up_or_is_over_begins_nothing_anew) {
  const auto old = renewable();
  const std::string given_up = begun_by(old);
  ASSERT_TRUE(bank_.enrolment.cancel(bank_.institution(), given_up, "holder d1/keiri01"));
  expect_refused(taking(given_up, old), 410, "transaction.used");
  expect_refused(renewing(given_up, old), 410, "transaction.used");
  EXPECT_EQ(bank_.certificates_of("keiri01").size(), 1U);

  const std::string late = begun_by(old);
  bank_.clock.advance(std::chrono::hours{25});
  expect_refused(taking(late, old), 410, "transaction.used");

  const std::string done = begun_by(old);
  const pki::Certificate fresh = certificate_in(ask(renewing(done, old)));
  ASSERT_TRUE(bank_.enrolment.confirm_use(bank_.institution(), fresh.fingerprint()));
  const auto successor = bank_.certificates_of("keiri01").front();
  expect_refused(taking(done, successor), 410, "transaction.used");
  expect_refused(taking(done, old), 403, "certificate.superseded");
}

}  // namespace
}  // namespace inkan::wire
