#include <gtest/gtest.h>

#include "support/portal_bank.hpp"
#include "web/portal/authorization.hpp"

namespace inkan::web {
namespace {

const std::string kBack = "https://kaikei.example/back";
const std::string kHint = "hint of keiri01";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// SignOnTest is a bank of whose two institutions the first has applications.
class SignOnTest : public PortalTest {
 protected:
  SignOnTest() : sign_on(services(), {{"d1", {party("kaikei"), party("soukin")}}}) {
    open_portal(&sign_on, [this](const std::string& institution, std::string_view text) { return read_hint(institution, text); });
  }

  static lifecycle::RelyingParty party(const std::string& id) {
    return {.id = id,
            .name = id == "kaikei" ? "会計＆<給与>" : "送金",
            .redirect_uris = {kBack, "https://kaikei.example/other?a=b"},
            .logout_uris = {"https://kaikei.example/bye"},
            .certificates = {sha256(as_bytes(id))}};
  }
  Result<lifecycle::IdTokenHint> read_hint(const std::string& institution, std::string_view text) {
    if (institution != "d1" || text != kHint) return fail(Code::invalid, "id_token.malformed");
    return lifecycle::IdTokenHint{.subject = "keiri01", .client = "kaikei", .sid = sid};
  }

  /// redeem takes the code out of the address that a customer was sent back to.
  Result<lifecycle::SignOn::Redeemed> redeem(const std::string& to) {
    return sign_on.redeem(bank.institution(), *sign_on.find("d1", "kaikei"),
                          {.code = field_of(to, "code"),
                           .redirect_uri = kBack,
                           .verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                           .certificate = sha256(as_bytes("kaikei"))});
  }

  using Fields = std::map<std::string, std::string>;
  /// request is a good one, with some fields changed; an empty one is left out.
  static std::string request(const Fields& changes = {}, const std::string& more = {}) {
    Fields fields = {
        {"client_id", "kaikei"}, {"redirect_uri", kBack},        {"response_type", "code"},        {"scope", "openid"},
        {"state", "s&1"},        {"code_challenge", kChallenge}, {"code_challenge_method", "S256"}};
    for (const auto& [name, value] : changes) fields[name] = value;
    return with_query("/authorize", net::Pairs(fields.begin(), fields.end())) + more;
  }
  static std::string refresh_of(const net::Response& page) {
    const std::string field(page.headers.find("Refresh").value_or(""));
    return field.starts_with("0;url=") ? field.substr(6) : std::string();
  }
  static std::string location_of(const net::Response& response) {
    return std::string(response.headers.find("Location").value_or(""));
  }
  static std::string field_of(const std::string& address, const std::string& name) {
    const auto mark = address.find('?');
    if (mark == std::string::npos) return {};
    const auto target = net::parse_target("/" + address.substr(mark));
    for (const auto& [key, value] : target->query)
      if (key == name) return value;
    return {};
  }

  /// to_login_host comes from an application to the login host, as far as it leads without a password.
  net::Response to_login_host(Browser& browser, const std::string& asked) {
    const auto page = browser.send("GET", portal_of("d1") + asked, {}, {});
    EXPECT_EQ(page.status, 200) << page.body;
    return browser.send("GET", refresh_of(page), {}, {});
  }
  /// log_in goes on from there with the password, to the answer that the application gets.
  net::Response log_in(Browser& browser, const net::Response& led) {
    EXPECT_EQ(led.status, 303);
    browser.send("GET", location_of(led), {}, {});
    const auto page = browser.post(browser.path(), "password=password-1");
    EXPECT_EQ(page.status, 200) << page.body;
    return browser.send("GET", refresh_of(page), {}, {});
  }
  std::string refusal(Browser& browser, const std::string& asked) {
    const auto answer = browser.send("GET", portal_of("d1") + asked, {}, {});
    EXPECT_EQ(answer.status, 303) << answer.body;
    const std::string to = location_of(answer);
    EXPECT_TRUE(to.starts_with(kBack + "?error=")) << to;
    EXPECT_EQ(field_of(to, "iss"), portal_of("d1"));
    return field_of(to, "error");
  }

  lifecycle::SignOn sign_on;
  Digest sid;
};

TEST_F(SignOnTest, a_customer_logs_in_by_the_normal_screens_and_is_sent_on) {
  const auto certificate = holder("keiri01", 200);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  const auto first = browser.send("GET", portal_of("d1") + request(), {}, {});
  EXPECT_HAS(first.body, "S107");
  EXPECT_HAS(first.body, "会計＆&lt;給与&gt;");
  const auto led = browser.send("GET", refresh_of(first), {}, {});
  ASSERT_EQ(led.status, 303);
  const auto password = browser.send("GET", location_of(led), {}, {});
  EXPECT_HAS(password.body, "S102");
  EXPECT_HAS(password.body, "ログインすると、「会計＆&lt;給与&gt;」に進みます。");
  const auto wrong = browser.post(browser.path(), "password=wrong");
  EXPECT_HAS(wrong.body, "E208");
  EXPECT_HAS(wrong.body, "に進みます。");
  const auto going = browser.post(browser.path(), "password=password-1");
  EXPECT_HAS(going.body, "S107");
  const std::string to = location_of(browser.send("GET", refresh_of(going), {}, {}));
  EXPECT_TRUE(to.starts_with(kBack + "?code=")) << to;
  EXPECT_EQ(field_of(to, "state"), "s&1");
  EXPECT_EQ(field_of(to, "iss"), portal_of("d1")) << "RFC 9207: mix-up";
  const auto redeemed = redeem(to);
  ASSERT_TRUE(redeemed);
  EXPECT_EQ(redeemed->grant.holder.login_id, "keiri01");

  const std::string again = location_of(to_login_host(browser, request({{"prompt", "none"}, {"id_token_hint", kHint}})));
  EXPECT_FALSE(field_of(again, "code").empty()) << "who is logged in goes on without a screen";
}

TEST_F(SignOnTest, a_renewal_that_is_due_is_read_before_one_goes_on) {
  const auto certificate = holder("keiri01", 20);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  browser.send("GET", location_of(to_login_host(browser, request({{"prompt", "login"}}))), {}, {});
  const auto page = browser.post(browser.path(), "password=password-1");
  EXPECT_FALSE(page.headers.find("Refresh"));
  for (const char* part : {"電子証明書の更新のご案内へ", "href=\"/notices\"", "href=\"/authorize?client_id=kaikei&amp;"})
    EXPECT_HAS(page.body, part);
  const std::string next = "/authorize?" + between(page.body, "href=\"/authorize?", "\"");
  std::string address;
  for (std::size_t i = 0; i < next.size(); ++i) {
    address += next[i];
    if (next.compare(i, 5, "&amp;") == 0) i += 4;
  }
  EXPECT_HAS_NOT(address, "prompt") << "the login that was asked for has been";
  EXPECT_FALSE(field_of(location_of(browser.send("GET", address, {}, {})), "code").empty());
}

TEST_F(SignOnTest, T_open_redirect_nobody_is_sent_to_an_address_that_is_not_registered) {
  Browser browser(*portal);
  const auto refused = [&](const std::string& asked) {
    for (const std::string& origin : {portal_of("d1"), std::string("https://abcdefgh.d1.localhost:18444")}) {
      const auto page = browser.send("GET", origin + asked, {}, {});
      EXPECT_EQ(page.status, 400) << asked;
      EXPECT_HAS(page.body, "E907");
      EXPECT_EQ(location_of(page) + refresh_of(page), "") << asked;
    }
  };
  for (const char* address : {"https://evil.example/back", "https://kaikei.example/back/", "https://kaikei.example/back?x=1",
                              "HTTPS://kaikei.example/back", "https://kaikei.example/other", "https://kaikei.example/back#x",
                              "//kaikei.example/back", ""})
    refused(request({{"redirect_uri", address}}));
  refused(request({{"client_id", "nobody"}}));
  refused(request({{"client_id", ""}}));
  refused(request({}, "&redirect_uri=https%3A%2F%2Fevil.example%2F"));
  refused(request({}, "&client_id=soukin"));
  // What a login screen carries is held against the same list.
  const auto certificate = holder("keiri01", 200);
  browser.show(*certificate.fingerprint);
  const std::string evil = request({{"redirect_uri", "https://evil.example/"}}).substr(std::string("/authorize?").size());
  for (const std::string& carried :
       {net::percent_encode(evil), std::string("https%3A%2F%2Fevil.example"), std::string("%2F%2Fevil")}) {
    const auto page = browser.send("GET", "https://abcdefgh.d1.localhost:18444/login?for=" + carried, {}, {});
    EXPECT_HAS_NOT(page.body, "に進みます");
    const auto home = browser.post("/login?for=" + carried, "password=password-1");
    EXPECT_HAS(home.body, "S201") << "the normal first page";
  }
}

TEST_F(SignOnTest, requests_are_refused_in_the_standards_words) {
  Browser browser(*portal);
  EXPECT_EQ(refusal(browser, request({{"response_type", "token"}})), "unsupported_response_type");
  EXPECT_EQ(refusal(browser, request({{"response_type", ""}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"response_mode", "fragment"}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"scope", "profile"}})), "invalid_scope");
  EXPECT_EQ(refusal(browser, request({{"code_challenge", ""}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"code_challenge", "short"}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"code_challenge_method", "plain"}})), "invalid_request") << "S256 alone";
  EXPECT_EQ(refusal(browser, request({{"code_challenge_method", ""}})), "invalid_request") << "which means plain";
  EXPECT_EQ(refusal(browser, request({{"prompt", "none login"}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"prompt", "whatever"}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"max_age", "-1"}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"max_age", "1x"}})), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"request", "x"}})), "request_not_supported");
  EXPECT_EQ(refusal(browser, request({{"request_uri", "https://x"}})), "request_uri_not_supported");
  EXPECT_EQ(refusal(browser, request({{"registration", "{}"}})), "registration_not_supported");
  EXPECT_EQ(refusal(browser, request({}, "&scope=openid")), "invalid_request") << "twice";
  EXPECT_EQ(refusal(browser, request({}, "&state=2")), "invalid_request");
  EXPECT_EQ(refusal(browser, request({{"state", std::string(3000, 's')}})), "invalid_request");
  const auto known = browser.send("GET", portal_of("d1") + request({{"ui_locales", "ja"}, {"unheard_of", "1"}}), {}, {});
  EXPECT_EQ(known.status, 200) << "RFC 6749 3.1: what is not known is left aside";
  EXPECT_HAS_NOT(refresh_of(known), "unheard_of");
}

TEST_F(SignOnTest, prompt_none_shows_no_screen) {
  const auto certificate = holder("keiri01", 200);
  Browser browser(*portal);
  const auto asked = request({{"prompt", "none"}});
  EXPECT_EQ(field_of(location_of(to_login_host(browser, asked)), "error"), "login_required") << "no certificate";
  browser.show(*certificate.fingerprint);
  EXPECT_EQ(field_of(location_of(to_login_host(browser, asked)), "error"), "login_required") << "no session";
  log_in(browser, to_login_host(browser, request()));
  EXPECT_FALSE(field_of(location_of(to_login_host(browser, asked)), "code").empty());
  const auto other = request({{"prompt", "none"}, {"id_token_hint", "of somebody else"}});
  EXPECT_EQ(field_of(location_of(to_login_host(browser, other)), "error"), "login_required");
}

TEST_F(SignOnTest, a_login_that_is_too_old_or_not_wanted_is_made_anew) {
  const auto certificate = holder("keiri01", 200);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  log_in(browser, to_login_host(browser, request()));
  const auto leads_to_password = [&](const Fields& changes) {
    return location_of(to_login_host(browser, request(changes))).starts_with("/login?for=");
  };
  EXPECT_FALSE(leads_to_password({{"max_age", "60"}}));
  EXPECT_FALSE(leads_to_password({{"prompt", "consent"}}));
  bank.clock.advance(std::chrono::seconds{60});
  EXPECT_TRUE(leads_to_password({{"max_age", "60"}}));
  EXPECT_TRUE(leads_to_password({{"max_age", "0"}}));
  EXPECT_TRUE(leads_to_password({{"prompt", "login"}}));
  const std::string host = browser.host();
  const auto done = log_in(browser, to_login_host(browser, request({{"prompt", "login"}, {"max_age", "0"}})));
  EXPECT_FALSE(field_of(location_of(done), "code").empty()) << "and it does not ask for ever";
  EXPECT_EQ(browser.host(), host);
  EXPECT_TRUE(leads_to_password({{"prompt", "select_account"}}));
  EXPECT_NE(browser.host(), host) << "a new host, where the browser asks which certificate";
}

TEST_F(SignOnTest, T_CSRF_another_site_gets_no_code_out_of_a_session) {
  const auto certificate = holder("keiri01", 200);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  log_in(browser, to_login_host(browser, request()));
  // A link from another site brings no strict cookie: the session is not there for it.
  const auto crossed = browser.send("GET", browser.origin() + request(), {}, {{"Cookie", "x=y"}});
  EXPECT_TRUE(location_of(crossed).starts_with("/login?for=")) << location_of(crossed);
  const auto posted = browser.send("POST", browser.origin() + "/authorize", {}, {{"Origin", "https://evil.example"}});
  EXPECT_EQ(posted.status, 405);
  const auto login = browser.send("POST", browser.origin() + "/login?for=x", "password=password-1",
                                  {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", "https://evil.example"}});
  EXPECT_EQ(login.status, 403);
}

TEST_F(SignOnTest, T_clickjacking_no_page_on_the_way_is_shown_in_a_frame) {
  Browser browser(*portal);
  const auto page = browser.send("GET", portal_of("d1") + request(), {}, {});
  const auto refused = browser.send("GET", portal_of("d1") + request({{"client_id", "x"}}), {}, {});
  for (const auto* each : {&page, &refused}) {
    EXPECT_HAS(std::string(each->headers.find("Content-Security-Policy").value_or("")), "frame-ancestors 'none'");
    EXPECT_EQ(each->headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(each->headers.find("Referrer-Policy"), "strict-origin") << "no address with a code in it goes out";
  }
}

TEST_F(SignOnTest, T_mix_up_an_application_of_one_bank_is_none_of_the_others) {
  Browser browser(*portal);
  EXPECT_EQ(browser.send("GET", portal_of("d2") + request(), {}, {}).status, 404);
  EXPECT_EQ(browser.send("GET", portal_of("d2") + "/end-session?id_token_hint=" + net::percent_encode(kHint), {}, {}).status,
            404);
}

TEST_F(SignOnTest, a_request_may_come_by_post) {
  Browser browser(*portal);
  const auto posted = [&](const std::string& form) {
    return browser.send("POST", portal_of("d1") + "/authorize", form,
                        {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", "https://kaikei.example"}});
  };
  const std::string fields = request().substr(std::string("/authorize?").size());
  const auto led = posted(fields);
  ASSERT_EQ(led.status, 303);
  EXPECT_FALSE(refresh_of(browser.send("GET", portal_of("d1") + location_of(led), {}, {})).empty());
  EXPECT_EQ(posted(fields + "&state=2").status, 400);
  const auto broken = posted("a%0D%0ASet-Cookie%3A+x=y%0D%0A");
  EXPECT_EQ(location_of(broken).find_first_of("\r\n "), std::string::npos) << location_of(broken);
}

TEST_F(SignOnTest, a_certificate_that_may_not_log_in_gets_its_words_and_takes_the_request_along) {
  Browser browser(*portal);
  const auto led = to_login_host(browser, request());
  const auto page = browser.send("GET", location_of(led), {}, {});
  EXPECT_EQ(page.status, 403);
  EXPECT_HAS(page.body, "E101");
  EXPECT_HAS(page.body, "/certificate-login/fresh?for=client_id%3Dkaikei");
}

TEST_F(SignOnTest, an_application_ends_the_session_and_gets_its_customer_back_at_registered_addresses_alone) {
  const auto certificate = holder("keiri01", 200);
  Browser browser(*portal);
  browser.show(*certificate.fingerprint);
  const std::string to = location_of(log_in(browser, to_login_host(browser, request())));
  const auto redeemed = redeem(to);
  ASSERT_TRUE(redeemed);
  sid = redeemed->grant.sid;
  const std::string session = browser.cookie("__Host-inkan_session");
  const auto end = [&](const Fields& fields) {
    return browser.send("GET", with_query(portal_of("d1") + "/end-session", net::Pairs(fields.begin(), fields.end())), {}, {});
  };
  for (const Fields& fields : {Fields{}, Fields{{"id_token_hint", "forged"}},
                               Fields{{"id_token_hint", kHint}, {"post_logout_redirect_uri", "https://evil.example/"}},
                               Fields{{"id_token_hint", kHint}, {"client_id", "soukin"}}}) {
    EXPECT_EQ(end(fields).status, 400);
    EXPECT_TRUE(bank.login.resume(bank.institution(), session, certificate.fingerprint));
  }
  const auto left = end({{"id_token_hint", kHint}, {"post_logout_redirect_uri", "https://kaikei.example/bye"}, {"state", "z"}});
  EXPECT_EQ(left.status, 303);
  EXPECT_EQ(location_of(left), "https://kaikei.example/bye?state=z");
  EXPECT_FALSE(bank.login.resume(bank.institution(), session, certificate.fingerprint));
  const auto over = end({{"id_token_hint", kHint}});
  EXPECT_EQ(over.status, 200);
  EXPECT_HAS(over.body, "S103");
}

}  // namespace
}  // namespace inkan::web
