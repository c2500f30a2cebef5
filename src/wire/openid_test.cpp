#include "wire/openid.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/base64url.hpp"
#include "base/text.hpp"
#include "pki/signature.hpp"
#include "support/installation.hpp"
#include "wire/door.hpp"

namespace inkan::wire {
namespace {

namespace json = boost::json;

constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kBack = "https://kaikei.example/back";
const std::string kIssuer = "https://d1.localhost:8443";

/// OpenidTest is a bank with a door, an application, and a customer who is logged in.
class OpenidTest : public testing::Test {
 protected:
  OpenidTest() : sign_on_(bank_.services(), {{"d1", {party("kaikei"), party("soukin")}}}), door_(options()) {
    bank_.add_holder("keiri01");
    certificate_ = bank_.certify("keiri01");
  }

  static Digest shown_by(const std::string& id) { return sha256(as_bytes(id)); }
  static lifecycle::RelyingParty party(const std::string& id) {
    return {.id = id, .name = "会計", .redirect_uris = {kBack}, .logout_uris = {}, .certificates = {shown_by(id)}};
  }

  DoorOptions options() {
    const auto sign = [this](ByteView text) { return key_.sign(text); };
    return {.services = bank_.services(),
            .login = bank_.login,
            .enrolment = bank_.enrolment,
            .status = bank_.status,
            .addresses = {{"d1",
                           {.portal = kIssuer,
                            .openid = "https://machines.localhost:8444/openid/d1",
                            .jwks = kIssuer + "/openid/d1/jwks"}},
                          {"d2", {.portal = "https://d2.localhost:8443"}}},
            .registration_authorities = {},
            .readiness = {},
            .sign_on = &sign_on_,
            .id_token_keys = std::make_shared<IdTokenKeys>(
                IdTokenKeys{.key = key_.public_key(), .sign = sign, .others = {before_.public_key()}}),
            .version = "1"};
  }

  net::Response ask(net::Request request, const std::string& path, const std::string& shown) {
    request.target = path;
    request.path = path;
    request.peer.tls = true;
    if (!shown.empty()) request.peer.fingerprint = shown_by(shown);
    return door_.handle(request);
  }
  net::Response get(const std::string& path, const std::string& host = "d1.localhost") {
    return ask({.method = "GET", .host = host}, path, {});
  }
  net::Response post(const std::string& path, const std::string& form, const std::string& shown = "kaikei",
                     net::Headers headers = {}) {
    headers.set("Content-Type", "application/x-www-form-urlencoded");
    return ask({.method = "POST", .headers = std::move(headers), .body = form}, path, shown);
  }
  net::Response look(const std::string& token, const std::string& shown = "kaikei") {
    return ask({.method = "GET", .headers = {{"Authorization", "Bearer " + token}}}, "/openid/d1/userinfo", shown);
  }

  std::string code(const std::string& scope = "openid profile") {
    const auto opened = bank_.login.open(bank_.institution(), certificate_.fingerprint, Secret("password-1"));
    check(opened.has_value(), "a session");
    const auto code = sign_on_.grant(bank_.institution(), opened->logged_in,
                                     {.party = *sign_on_.find("d1", "kaikei"),
                                      .redirect_uri = kBack,
                                      .scope = scope,
                                      .challenge = sha256(as_bytes(kVerifier)),
                                      .nonce = "n-1"});
    check(code.has_value(), "a code");
    return *code;
  }
  static std::string form_of(const std::string& code) {
    return "grant_type=authorization_code&client_id=kaikei&code=" + code + "&redirect_uri=" + net::percent_encode(kBack) +
           "&code_verifier=" + kVerifier;
  }
  json::object redeemed(const std::string& scope = "openid profile") {
    const net::Response response = post("/openid/d1/token", form_of(code(scope)));
    EXPECT_EQ(response.status, 200) << response.body;
    return json::parse(response.body).as_object();
  }
  static std::string text(const json::object& object, const char* name) { return std::string(object.at(name).as_string()); }
  static json::object part(const std::string& token, std::size_t which) {
    return json::parse(as_text(parse_base64url(split(token, '.')[which]).value())).as_object();
  }
  void expect_error(const net::Response& response, int status, const char* error) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(text(json::parse(response.body).as_object(), "error"), error);
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
  }

  Installation bank_;
  pki::PrivateKey key_ = pki::PrivateKey::make(pki::KeyAlgorithm::p256).value();
  pki::PrivateKey before_ = pki::PrivateKey::make(pki::KeyAlgorithm::p256).value();
  lifecycle::SignOn sign_on_;
  Door door_;
  lifecycle::CertificateRecord certificate_{.serial = *pki::SerialNumber::parse_hex("01")};
};

TEST_F(OpenidTest, discovery_says_where_everything_is_on_the_portals_host_alone) {
  const net::Response response = get("/.well-known/openid-configuration");
  ASSERT_EQ(response.status, 200) << response.body;
  const json::object said = json::parse(response.body).as_object();
  EXPECT_EQ(text(said, "issuer"), kIssuer);
  EXPECT_EQ(text(said, "authorization_endpoint"), kIssuer + "/authorize");
  EXPECT_EQ(text(said, "token_endpoint"), "https://machines.localhost:8444/openid/d1/token");
  EXPECT_EQ(said.at("code_challenge_methods_supported"), json::value(json::array{"S256"}));
  EXPECT_EQ(said.at("scopes_supported"), json::value(json::array{"openid", "profile"}));
  EXPECT_EQ(said.at("mtls_endpoint_aliases").as_object().at("token_endpoint"), said.at("token_endpoint"));
  EXPECT_EQ(said.at("request_uri_parameter_supported"), json::value(false));
  EXPECT_EQ(get("/.well-known/openid-configuration", "d2.localhost").status, 404) << "d2 has no application";
  EXPECT_EQ(get("/.well-known/openid-configuration", "machines.localhost").status, 404);
  EXPECT_EQ(get("/openid/d2/jwks").status, 404);
  EXPECT_EQ(get("/openid/d1/nothing").status, 404);
}

TEST_F(OpenidTest, a_logout_token_says_which_login_is_over_and_is_no_id_token) {
  const auto sign = [this](ByteView text) { return key_.sign(text); };
  const IdTokenKeys keys{.key = key_.public_key(), .sign = sign};
  const lifecycle::IdTokenHint login{.subject = "keiri01", .client = "kaikei", .sid = sha256(as_bytes("session"))};
  const Instant now = bank_.clock.now();
  const std::string token = make_logout_token(keys, kIssuer, login, "a1", now).value();
  EXPECT_EQ(text(part(token, 0), "typ"), "logout+jwt");
  const json::object expected{{"iss", kIssuer},
                              {"sub", "keiri01"},
                              {"aud", "kaikei"},
                              {"iat", to_epoch(now)},
                              {"exp", to_epoch(now) + 120},
                              {"jti", "a1"},
                              {"sid", to_base64url(login.sid.view())},
                              {"events", {{"http://schemas.openid.net/event/backchannel-logout", json::object()}}}};
  EXPECT_EQ(part(token, 1), expected);
  EXPECT_EQ(read_id_token(keys, kIssuer, token).error().id, "id_token.malformed") << "no hint for a logout";
}

TEST_F(OpenidTest, an_id_token_says_what_was_proven_and_verifies_by_the_key_set) {
  const json::object answer = redeemed();
  EXPECT_EQ(text(answer, "token_type"), "Bearer");
  EXPECT_EQ(answer.at("expires_in"), json::value(600));
  const std::string token = text(answer, "id_token");
  const json::object claims = part(token, 1);
  EXPECT_EQ(text(claims, "iss"), kIssuer);
  EXPECT_EQ(text(claims, "sub"), "keiri01");
  EXPECT_EQ(text(claims, "aud"), "kaikei");
  EXPECT_EQ(text(claims, "nonce"), "n-1");
  EXPECT_EQ(text(claims, "acr"), kAcr);
  EXPECT_EQ(claims.at("amr"), json::value(json::array{"pop", "pwd", "mfa"}));
  EXPECT_EQ(claims.at("auth_time"), json::value(to_epoch(bank_.clock.now())));
  const Digest hash = sha256(as_bytes(text(answer, "access_token")));
  EXPECT_EQ(text(claims, "at_hash"), to_base64url(hash.view().first(16)));

  const json::object header = part(token, 0);
  EXPECT_EQ(text(header, "alg"), "ES256");
  const json::object set = json::parse(get("/openid/d1/jwks").body).as_object();
  ASSERT_EQ(set.at("keys").as_array().size(), 2U);
  const json::object& key = set.at("keys").as_array().front().as_object();
  EXPECT_EQ(key.at("kid"), header.at("kid"));
  const Bytes point = key_.public_key().bits();
  EXPECT_EQ(parse_base64url(text(key, "x")).value(), Bytes(point.begin() + 1, point.begin() + 33));
  EXPECT_EQ(parse_base64url(text(key, "y")).value(), Bytes(point.begin() + 33, point.end()));
  const auto raw = parse_base64url(split(token, '.')[2]).value();
  EXPECT_EQ(raw.size(), 64U);
  EXPECT_TRUE(pki::verify_signature(key_.public_key().der(), pki::signature_algorithm(pki::KeyAlgorithm::p256),
                                    as_bytes(std::string_view(token).substr(0, token.rfind('.'))),
                                    pki::from_raw_ecdsa(raw).value()));
}

TEST_F(OpenidTest, an_id_token_is_read_back_as_a_hint_and_a_forged_one_is_not) {
  const std::string token = text(redeemed(), "id_token");
  const IdTokenKeys keys{.key = key_.public_key(), .sign = {}};
  const auto hint = read_id_token(keys, kIssuer, token);
  ASSERT_TRUE(hint);
  EXPECT_EQ(hint->subject, "keiri01");
  EXPECT_EQ(hint->client, "kaikei");
  EXPECT_FALSE(read_id_token(keys, "https://d2.localhost:8443", token)) << "another bank's";
  EXPECT_FALSE(read_id_token({.key = before_.public_key(), .sign = {}}, kIssuer, token));
  EXPECT_TRUE(read_id_token({.key = before_.public_key(), .sign = {}, .others = {key_.public_key()}}, kIssuer, token))
      << "the key before";
  const auto parts = split(token, '.');
  const std::string none = to_base64url(as_bytes(R"({"alg":"none"})"));
  json::object other = part(token, 1);
  other["sub"] = "kanri01";
  const std::string changed = to_base64url(as_bytes(json::serialize(other)));
  for (const std::string& forged :
       {none + "." + parts[1] + ".", none + "." + parts[1] + "." + parts[2], parts[0] + "." + changed + "." + parts[2],
        parts[0] + "." + parts[1], parts[0] + "." + parts[1] + "." + parts[2] + "AA", std::string(), std::string(9000, 'x')})
    EXPECT_EQ(read_id_token(keys, kIssuer, forged).error().id, "id_token.malformed") << forged;
}

TEST_F(OpenidTest, userinfo_answers_over_the_applications_certificate_alone) {
  const std::string token = text(redeemed(), "access_token");
  const net::Response response = look(token);
  ASSERT_EQ(response.status, 200) << response.body;
  const json::object said = json::parse(response.body).as_object();
  EXPECT_EQ(text(said, "sub"), "keiri01");
  EXPECT_EQ(text(said, "certificate_serial"), certificate_.serial.hex());
  for (const std::string& shown : {std::string("soukin"), std::string()}) {
    const net::Response refused = look(token, shown);
    expect_error(refused, 401, "invalid_token");
    EXPECT_EQ(refused.headers.find("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  }
  expect_error(ask({.method = "GET"}, "/openid/d1/userinfo", "kaikei"), 401, "invalid_request");
  expect_error(look("wrong"), 401, "invalid_token");
  bank_.clock.advance(std::chrono::minutes{10});
  expect_error(look(token), 401, "invalid_token");
  EXPECT_EQ(json::parse(look(text(redeemed("openid"), "access_token")).body).as_object().size(), 1U) << "sub alone";
}

TEST_F(OpenidTest, introspection_gives_the_binding_to_the_banks_applications) {
  const std::string token = text(redeemed(), "access_token");
  const net::Response response = post("/openid/d1/introspect", "client_id=soukin&token=" + token, "soukin");
  ASSERT_EQ(response.status, 200) << response.body;
  const json::object said = json::parse(response.body).as_object();
  EXPECT_EQ(said.at("active"), json::value(true));
  EXPECT_EQ(text(said, "client_id"), "kaikei");
  EXPECT_EQ(text(said.at("cnf").as_object(), "x5t#S256"), to_base64url(shown_by("kaikei").view()));
  EXPECT_EQ(json::parse(post("/openid/d1/introspect", "client_id=soukin&token=x", "soukin").body),
            json::value({{"active", false}}));
  expect_error(post("/openid/d1/introspect", "client_id=soukin&token=" + token, "kaikei"), 401, "invalid_client");
}

TEST_F(OpenidTest, the_token_endpoint_refuses_in_the_words_of_rfc_6749) {
  const std::string path = "/openid/d1/token", good = form_of(code());
  expect_error(post(path, good, "soukin"), 401, "invalid_client");
  expect_error(post(path, good, ""), 401, "invalid_client");
  expect_error(post(path, good, "kaikei", {{"Authorization", "Basic eDp5"}}), 401, "invalid_client");
  expect_error(post(path, good + "&client_secret=x"), 401, "invalid_client");
  expect_error(post(path, good + "&code=again"), 400, "invalid_request");
  expect_error(post(path, "client_id=kaikei"), 400, "invalid_request");
  expect_error(post(path, "client_id=kaikei&grant_type=password"), 400, "unsupported_grant_type");
  expect_error(post(path, "client_id=kaikei&grant_type=authorization_code&code=x"), 400, "invalid_request");
  expect_error(post(path, good + "~"), 400, "invalid_grant");
  expect_error(post(path, good), 400, "invalid_grant");
  EXPECT_EQ(get(path).status, 405);
  EXPECT_EQ(door_.handle({.method = "POST", .path = path}).status, 403) << "without TLS";
}

}  // namespace
}  // namespace inkan::wire
