#include "wire/rest.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/base64url.hpp"
#include "base/embedded.hpp"
#include "lifecycle/audit_trail.hpp"
#include "lifecycle/events.hpp"
#include "lifecycle/generations.hpp"
#include "lifecycle/holding.hpp"
#include "support/installation.hpp"
#include "wire/door.hpp"

namespace inkan::wire {

std::span<const EmbeddedFile> embedded_files();

namespace {

/// RestTest is a bank with a door and systems that know their rights.
class RestTest : public testing::Test {
 protected:
  RestTest() { bank_.add_holder("keiri01"); }

  static Digest shown_by(const std::string& name) { return sha256(as_bytes(name)); }
  static RestClient client(const std::string& name, std::set<Right> rights) {
    return {.name = name, .fingerprint = shown_by(name), .rights = std::move(rights)};
  }

  DoorOptions options() {
    return {
        .services = bank_.services(),
        .login = bank_.login,
        .enrolment = bank_.enrolment,
        .status = bank_.status,
        .addresses = {{"d1", Addresses{.portal = "https://d1.localhost:8443"}}},
        .registration_authorities = {{"d1", {shown_by("ra")}}},
        .rest_clients = {{"d1",
                          {client("reader", {Right::read}), client("listener", {Right::events}), client("issuer", {Right::issue}),
                           client("fraud", {Right::revoke}), client("branch", {Right::entitle}), client("nothing", {})}}},
        .readiness = {},
        .version = "1"};
  }

  net::Response ask(const std::string& method, const std::string& path, const std::string& name,
                    const std::vector<net::Header>& headers = {}, const std::string& institution = "d1") {
    net::Request request;
    request.method = method;
    request.target = "/api/v1/institutions/" + institution + "/" + path;
    const auto target = net::parse_target(request.target).value();
    request.path = target.path;
    request.query = target.query;
    request.host = "localhost";
    request.peer.tls = true;
    if (!name.empty()) request.peer.fingerprint = shown_by(name);
    for (const net::Header& header : headers) request.headers.add(header.name, header.value);
    return door_.handle(request);
  }
  boost::json::object read(const std::string& path, const std::string& name = "reader") {
    const net::Response response = ask("GET", path, name);
    EXPECT_EQ(response.status, 200) << path << response.body;
    return response.status == 200 ? boost::json::parse(response.body).as_object() : boost::json::object();
  }
  void expect_refused(const net::Response& response, int status, const std::string& code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_NE(response.body.find("\"code\":\"" + code + "\""), std::string::npos) << response.body;
  }
  std::string certificate_id(const lifecycle::CertificateRecord& record) {
    const auto authority = authorities_of(*bank_.issuer, bank_.institution()).front();
    return to_base64url(authority.certificate.key_id()) + "." + to_base64url(record.serial.bytes());
  }

  Installation bank_;
  Door door_{options()};
};

TEST_F(RestTest, who_is_not_known_may_nothing_and_who_is_known_what_is_named) {
  const auto record = bank_.certify("keiri01");
  for (const std::string path :
       {"holders", "holders/keiri01", "holders/keiri01/certificates", "certificates/00", "renewal-info/x.y", "events"}) {
    expect_refused(ask("GET", path, ""), 403, "rest.not_a_client");
    expect_refused(ask("GET", path, "ra"), 403, "rest.not_a_client");  // the bulk door's authority does nothing else
    expect_refused(ask("GET", path, "nothing"), 403, "rest.right_missing");
    expect_refused(ask("GET", path, "reader", {}, "d2"), 403, "rest.not_a_client");
  }
  expect_refused(ask("DELETE", "holders", ""), 403, "rest.not_a_client");
  expect_refused(ask("GET", "events", "reader"), 403, "rest.right_missing");
  expect_refused(ask("GET", "holders", "listener"), 403, "rest.right_missing");
  expect_refused(ask("GET", "holders/keiri01/other", "reader"), 404, "wire.not_found");
  expect_refused(ask("GET", "holders", "reader", {}, "d9"), 404, "institution.unknown");
  const net::Response method = ask("DELETE", "holders/keiri01", "reader");
  expect_refused(method, 405, "wire.method");
  EXPECT_EQ(method.headers.find("Allow"), "GET, HEAD");
  EXPECT_EQ(ask("HEAD", "holders/keiri01", "reader").status, 200);
  net::Request plain;
  plain.method = "GET";
  plain.path = "/api/v1/institutions/d1/holders";
  plain.peer.fingerprint = shown_by("reader");
  expect_refused(door_.handle(plain), 403, "wire.needs_tls");
}

TEST_F(RestTest, the_bulk_door_opens_to_the_right_to_issue_and_to_no_other) {
  const std::string path = "holders/keiri01/certificates";
  for (const char* name : {"", "reader", "listener", "nothing"})
    expect_refused(ask("POST", path, name), 403, "bulk.not_an_authority");
  expect_refused(ask("POST", path, "issuer"), 415, "wire.media_type");
  expect_refused(ask("POST", path, "ra"), 415, "wire.media_type");
  expect_refused(ask("GET", path, "issuer"), 403, "rest.right_missing");
}

TEST_F(RestTest, holders_come_in_pages_and_each_once) {
  for (const char* id : {"keiri02", "keiri03", "keiri04"}) bank_.add_holder(id);
  bank_.add_holder("other", "d2");
  std::vector<std::string> seen;
  std::string after;
  for (int pages = 1;; ++pages) {
    const auto page = read("holders?limit=3&after=" + after);
    for (const auto& holder : page.at("holders").as_array()) seen.emplace_back(holder.at("login_id").as_string());
    if (!page.contains("next")) {
      EXPECT_EQ(pages, 2);
      break;
    }
    after = std::string(page.at("next").as_string());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"keiri01", "keiri02", "keiri03", "keiri04"}));
  EXPECT_FALSE(read("holders?limit=4").contains("next"));
  EXPECT_EQ(read("holders?limit=999999").at("holders").as_array().size(), 4U);
  for (const char* limit : {"0", "-1", "x", "1x", "99999999999999999999"})
    expect_refused(ask("GET", std::string("holders?limit=") + limit, "reader"), 400, "rest.limit");
}

TEST_F(RestTest, a_holder_is_told_with_state_and_certificate_and_without_secrets) {
  auto holder = read("holders/keiri01");
  EXPECT_EQ(holder.at("entitlement"), "acquirable");
  EXPECT_EQ(holder.at("state"), "none");
  const auto record = bank_.certify("keiri01");
  holder = read("holders/%EF%BD%8Beiri01");  // as people type it
  EXPECT_EQ(holder.at("state"), "active");
  EXPECT_EQ(holder.at("certificate").at("serial").as_string(), record.serial.hex());
  EXPECT_EQ(boost::json::serialize(holder).find("password"), std::string::npos);
  expect_refused(ask("GET", "holders/nobody", "reader"), 404, "holder.unknown");
  const net::Response response = ask("GET", "holders/keiri01", "reader");
  EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
}

TEST_F(RestTest, a_certificate_is_given_as_accept_wants_it) {
  const auto record = bank_.certify("keiri01");
  const std::string path = "certificates/" + record.serial.hex();
  EXPECT_EQ(read(path).at("login_id"), "keiri01");
  EXPECT_EQ(read("holders/keiri01/certificates").at("certificates").as_array().size(), 1U);
  const net::Response der = ask("GET", path, "reader", {{"Accept", "application/PKIX-cert;q=0.9, */*"}});
  EXPECT_EQ(der.body, as_text(record.der));
  EXPECT_EQ(der.headers.find("Content-Type"), "application/pkix-cert");
  const net::Response pem = ask("GET", path, "reader", {{"Accept", "text/html, application/pem-certificate-chain"}});
  const auto chain = pki::Certificate::parse_pem(pem.body);
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->size(), 2U);
  EXPECT_TRUE(chain->front().verify_by(chain->back()));
  expect_refused(ask("GET", path, "reader", {{"Accept", "text/html"}}), 406, "wire.not_acceptable");
  expect_refused(ask("GET", "certificates/0102", "reader"), 404, "certificate.unknown");
  expect_refused(ask("GET", "certificates/xyz", "reader"), 404, "certificate.unknown");
  bank_.add_holder("other", "d2");
  expect_refused(ask("GET", "certificates/" + bank_.certify("other", "d2").serial.hex(), "reader"), 404, "certificate.unknown");
}

TEST_F(RestTest, renewal_info_is_the_window_and_past_once_revoked) {
  const auto record = bank_.certify("keiri01");
  const std::string path = "renewal-info/" + certificate_id(record);
  const auto window = [&] {
    const auto info = read(path);
    EXPECT_EQ(info.at("explanationURL"), "https://d1.localhost:8443/");
    const auto& span = info.at("suggestedWindow").as_object();
    return std::pair(*parse_rfc3339(span.at("start").as_string().c_str()), *parse_rfc3339(span.at("end").as_string().c_str()));
  };
  const auto& zone = bank_.institution().zone;
  EXPECT_EQ(window().first, zone.start_of(record.expiry_day - std::chrono::days{30}));
  EXPECT_EQ(window().second, record.not_after);
  EXPECT_EQ(ask("GET", path, "reader").headers.find("Retry-After"), "21600");
  ASSERT_TRUE(bank_.holders.revoke(record.authority, record.serial, pki::RevocationReason::key_compromise, "test", true));
  EXPECT_LT(window().first, window().second);
  EXPECT_LT(window().second, bank_.clock.now());
  expect_refused(ask("GET", "renewal-info/x", "reader"), 400, "renewal_info.malformed");
  expect_refused(ask("GET", "renewal-info/.AQ", "reader"), 400, "renewal_info.malformed");
  expect_refused(ask("GET", "renewal-info/AQ.AQ", "reader"), 404, "certificate.unknown");
}

TEST_F(RestTest, events_come_once_in_order_and_only_this_institutions) {
  bank_.add_holder("other", "d2");
  const auto record = bank_.certify("keiri01");
  bank_.certify("other", "d2");
  std::vector<std::string> actions;
  std::set<std::string> ids;
  std::string after;
  for (bool more = true; more;) {
    const auto page = read("events?limit=2&after=" + after, "listener");
    EXPECT_LE(page.at("events").as_array().size(), 2U);
    for (const auto& event : page.at("events").as_array()) {
      actions.emplace_back(event.at("action").as_string());
      EXPECT_EQ(event.at("subject"), "keiri01");
      EXPECT_TRUE(ids.insert(std::string(event.at("id").as_string())).second);
      for (const char* secret : {"evidence", "ticket", "code_id", "tbs_sha256", "why"})
        EXPECT_FALSE(event.at("detail").as_object().contains(secret)) << secret;
    }
    after = std::string(page.at("next").as_string());
    more = page.at("more").as_bool();
  }
  EXPECT_EQ(actions.front(), "holder.added");
  EXPECT_NE(std::ranges::find(actions, "certificate.issued"), actions.end());
  EXPECT_EQ(std::ranges::find(actions, "session.opened"), actions.end());

  const net::Response none = ask("GET", "events?after=" + after, "listener");
  EXPECT_EQ(none.headers.find("Retry-After"), "5");
  const net::Header same{"If-None-Match", std::string(*none.headers.find("ETag"))};
  EXPECT_EQ(ask("GET", "events?after=" + after, "listener", {same}).status, 304);
  ASSERT_TRUE(bank_.holders.hold(bank_.institution(), "keiri01", "operator", "free words", true));
  const net::Response held = ask("GET", "events?after=" + after, "listener", {same});
  ASSERT_EQ(held.status, 200);
  EXPECT_NE(held.body.find("certificate.held"), std::string::npos);
  EXPECT_EQ(held.body.find("free words"), std::string::npos);
  for (const char* cursor : {"x", "AAAA", "!", "MSBu", "LTEgbgo", "MSBuCjEgbgo"})
    expect_refused(ask("GET", std::string("events?after=") + cursor, "listener"), 400, "events.cursor");
}

TEST_F(RestTest, the_end_of_the_records_is_found_however_many_there_are) {
  for (int more = 0; more < 9; ++more) {
    ASSERT_TRUE(bank_.store->read([&](lifecycle::Reader& reader) -> Result<void> {
      const auto last = lifecycle::last_cursor(reader);
      EXPECT_TRUE(lifecycle::read_events(reader, "d1", *last, 10)->events.empty());
      EXPECT_EQ(lifecycle::read_events(reader, "d1", "", 500)->next, *last);
      return {};
    }));
    bank_.add_holder("more" + std::to_string(more));
  }
}

/// RestActTest is what systems do, each act under a key.
class RestActTest : public RestTest {
 protected:
  net::Response act(const std::string& path, const std::string& name, const std::string& body,
                    const std::string& key = "0123456789abcdef") {
    net::Request request;
    request.method = "POST";
    request.target = request.path = "/api/v1/institutions/d1/" + path;
    request.peer.tls = true;
    request.peer.fingerprint = shown_by(name);
    if (!key.empty()) request.headers.add("Idempotency-Key", key);
    request.headers.add("Content-Type", "application/json");
    request.body = body;
    return door_.handle(request);
  }
  static std::string fresh_key() {
    static int count = 0;
    return "key-of-one-act-" + std::to_string(++count);
  }
};

TEST_F(RestActTest, T5_a_new_id_is_on_record_once_and_nothing_is_approved_for_it) {
  const std::string body =
      R"({"login_id":"Keiri09","role":"user","company":"桜商事","name":"経理","mail":"k@example.jp","password":"secret-password"})";
  const net::Response made = act("holders", "branch", body);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.find("Location"),
            "/api/v1/institutions/d1/holders/" + std::string(boost::json::parse(made.body).at("login_id").as_string()));
  bank_.clock.advance(std::chrono::hours{30});
  const net::Response again = act("holders", "branch", body);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, made.body) << "the same answer, a day later";
  EXPECT_EQ(bank_.audit_count("holder.added"), 2) << "keiri01 and this one";
  expect_refused(act("holders", "branch", body, fresh_key()), 409, "holder.exists");
  expect_refused(act("holders", "branch", body + " "), 422, "once.other_content");
  const auto holder = read("holders/" + std::string(boost::json::parse(made.body).at("login_id").as_string()));
  EXPECT_EQ(holder.at("entitlement").as_string(), "none");
  EXPECT_EQ(holder.at("mail").as_string(), "k@example.jp");
  for (const char* name : {"reader", "issuer", "fraud", "nothing"})
    expect_refused(act("holders", name, body, fresh_key()), 403, "rest.right_missing");
}

TEST_F(RestActTest, what_is_no_body_or_no_key_is_refused_and_leaves_the_key_free) {
  for (const char* body : {"", "[]", "{", R"({"login_id":1})", R"({"approved":true})", R"({"role":"user","password":"short"})",
                           R"({"role":"king","password":"long enough"})"})
    expect_refused(act("holders", "branch", body), 400, "rest.body");
  expect_refused(act("holders", "branch", std::string(20'000, ' ')), 413, "rest.body_too_large");
  const std::string good = R"({"login_id":"new01","role":"user","company":"A","name":"B","password":"long enough"})";
  expect_refused(act("holders", "branch", good, ""), 400, "once.key_missing");
  expect_refused(act("holders", "branch", good, "short"), 400, "once.key");
  expect_refused(act("holders", "branch", good, std::string(65, 'x')), 400, "once.key");
  expect_refused(act("holders", "branch", good, "with a blank in it"), 400, "once.key");
  expect_refused(act("holders", "branch",
                     R"({"login_id":"new01","role":"user","company":"A","name":"B","mail":"x","password":"long enough"})"),
                 400, "holder.mail");
  EXPECT_EQ(act("holders", "branch", good).status, 201);
}

TEST_F(RestActTest, O24_a_revocation_is_done_at_once_and_answered_the_same_again) {
  const auto record = bank_.certify("keiri01");
  const std::string path = "certificates/" + record.serial.hex() + "/revocation";
  const std::string body = R"({"reason":"keyCompromise","last_administrator":true})";
  expect_refused(act(path, "fraud", R"({"reason":"keyCompromise"})"), 409, "company.last_administrator");
  EXPECT_FALSE(bank_.find(record).revoked_at);
  const net::Response done = act(path, "fraud", body);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(bank_.find(record).reason, pki::RevocationReason::key_compromise);
  bank_.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(act(path, "fraud", body).body, done.body);
  EXPECT_EQ(act(path, "fraud", R"({})", fresh_key()).body, done.body) << "it is revoked: since then, for that reason";
  EXPECT_EQ(bank_.audit_count("certificate.revoked"), 1);
  expect_refused(act(path, "fraud", R"({"reason":"superseded"})", fresh_key()), 400, "rest.body");
  expect_refused(act("certificates/0102/revocation", "fraud", "{}", fresh_key()), 404, "certificate.unknown");
  expect_refused(act(path, "reader", body, fresh_key()), 403, "rest.right_missing");
}

TEST_F(RestActTest, T5_a_hold_is_one_systems_act_and_its_end_is_none) {
  const auto record = bank_.certify("keiri01");
  const std::string body = R"({"why":"stolen","last_administrator":true})";
  const net::Response done = act("holders/keiri01/hold", "fraud", body);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(bank_.find(record).held_by, "rest fraud");
  EXPECT_TRUE(lifecycle::is_of_bank("rest fraud")) << "so that no 管理者 sets it free";
  EXPECT_EQ(act("holders/keiri01/hold", "fraud", body).body, done.body);
  EXPECT_EQ(act("holders/keiri01/hold", "fraud", body, fresh_key()).body, done.body);
  EXPECT_EQ(bank_.audit_count("certificate.held"), 1);
  expect_refused(ask("DELETE", "holders/keiri01/hold", "fraud"), 403, "hold.two_persons");
  EXPECT_TRUE(bank_.find(record).held_at);
  bank_.add_holder("keiri02");
  expect_refused(act("holders/keiri02/hold", "fraud", body, fresh_key()), 409, "hold.nothing");
}

TEST_F(RestActTest, one_systems_key_is_not_anothers_and_the_receipt_tells_no_secret) {
  const std::string body = R"({"login_id":"new01","role":"user","company":"A","name":"B","password":"secret-password"})";
  ASSERT_EQ(act("holders", "branch", body).status, 201);
  const auto record = bank_.certify("keiri01");
  const std::string path = "certificates/" + record.serial.hex() + "/revocation";
  EXPECT_EQ(act(path, "fraud", R"({"last_administrator":true})").status, 200);
  int receipts = 0;
  ASSERT_TRUE(bank_.store->read([&](lifecycle::Reader& reader) {
    return lifecycle::walk_audit(reader, [&](const lifecycle::AuditRecord& entry) -> Result<void> {
      if (entry.entry.action != "rest.done") return {};
      ++receipts;
      for (const auto& [name, value] : entry.entry.detail) {
        EXPECT_EQ(value.find("password"), std::string::npos);
        EXPECT_EQ(value.find("0123456789abcdef\n"), std::string::npos);
      }
      return {};
    });
  }));
  EXPECT_EQ(receipts, 2);
}

TEST(KeysInFlight, are_each_worked_on_once) {
  KeysInFlight keys;
  const Digest key = sha256(as_bytes("a"));
  EXPECT_TRUE(keys.enter(key));
  EXPECT_FALSE(keys.enter(key));
  EXPECT_TRUE(keys.enter(sha256(as_bytes("b"))));
  keys.leave(key);
  EXPECT_TRUE(keys.enter(key));
}

TEST_F(RestTest, every_route_is_described) {
  std::string_view text;
  for (const EmbeddedFile& file : embedded_files())
    if (file.name == "openapi.yaml") text = file.content;
  for (const RestRoute& route : rest_routes()) {
    const std::string head = "\n  /api/v1/institutions/{institution}/" + std::string(route.path) + ":\n";
    const auto begin = text.find(head);
    ASSERT_NE(begin, std::string_view::npos) << route.path;
    const std::string_view described = text.substr(begin + head.size(), text.find("\n  /", begin + 1) - begin - head.size());
    const std::string verb = route.method == "GET" ? "    get:\n" : "    post:\n";
    if (route.method == "DELETE") {
      EXPECT_NE(described.find("    delete:\n"), std::string_view::npos);
      continue;
    }
    EXPECT_NE(described.find(verb), std::string_view::npos) << route.method << " " << route.path;
    EXPECT_NE(described.find("Right " + std::string(to_text(route.right)) + "."), std::string_view::npos) << route.path;
  }
}

TEST(RestClient, rights_are_closed_and_entitle_does_not_go_with_issue) {
  for (const Right right : {Right::read, Right::events, Right::entitle, Right::issue, Right::revoke})
    EXPECT_EQ(parse_right(to_text(right)).value(), right);
  EXPECT_EQ(parse_right("all").error().id, "rest.right_unknown");
  EXPECT_EQ(judge_rights({Right::entitle, Right::issue}).error().id, "rest.rights");
  EXPECT_TRUE(judge_rights({Right::read, Right::events, Right::entitle, Right::revoke}));
}

}  // namespace
}  // namespace inkan::wire
