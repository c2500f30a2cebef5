// Logins handed on to the bank's applications, over a real store and a real CA (docs/decisions/0024).

#include "lifecycle/sign_on.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/installation.hpp"
#include "support/store_place.hpp"

namespace inkan::lifecycle {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kBack = "https://kaikei.example/back";

class SignOnStory : public testing::Test {
 protected:
  SignOnStory() : sign_on(bank.services(), {{"d1", {party("kaikei"), party("soukin")}}, {"d2", {party("kaikei")}}}) {
    bank.add_holder("keiri01");
    certificate = bank.certify("keiri01");
    log_in();
  }

  static RelyingParty party(const std::string& id) {
    return {.id = id, .name = "会計", .redirect_uris = {kBack}, .logout_uris = {}, .certificates = {sha256(as_bytes(id))}};
  }
  static Digest shown_by(const std::string& id) { return sha256(as_bytes(id)); }

  const Institution& d1() const { return bank.institution(); }
  const RelyingParty& kaikei() const { return *sign_on.find("d1", "kaikei"); }

  void log_in() {
    auto opened = bank.login.open(d1(), certificate.fingerprint, Secret("password-1"));
    ASSERT_TRUE(opened);
    cookie = opened->token;
    who = opened->logged_in;
  }
  Result<std::string> grant() {
    return sign_on.grant(
        d1(), *who,
        {.party = kaikei(), .redirect_uri = kBack, .scope = "openid", .challenge = sha256(as_bytes(kVerifier)), .nonce = "n"});
  }
  std::string code() {
    auto made = grant();
    check(made.has_value(), "a code");
    return *made;
  }
  Result<SignOn::Redeemed> redeem(const std::string& code, const std::string& verifier = kVerifier,
                                  const std::string& back = kBack) {
    return sign_on.redeem(d1(), kaikei(),
                          {.code = code, .redirect_uri = back, .verifier = verifier, .certificate = shown_by("kaikei")});
  }
  std::string token() {
    auto redeemed = redeem(code());
    check(redeemed.has_value(), "a token");
    return redeemed->token;
  }
  bool opens(const std::string& token, const std::string& shown = "kaikei") {
    return sign_on.look(d1(), token, shown_by(shown)).has_value();
  }

  Installation bank;
  SignOn sign_on;
  CertificateRecord certificate{.serial = *pki::SerialNumber::parse_hex("01")};
  std::string cookie;
  std::optional<LoggedIn> who;
};

TEST_F(SignOnStory, a_login_becomes_a_token_that_says_whose_it_is) {
  const auto redeemed = redeem(code());
  ASSERT_TRUE(redeemed);
  EXPECT_EQ(redeemed->grant.nonce, "n");
  EXPECT_EQ(redeemed->grant.authenticated_at, who->session.created_at);
  EXPECT_NE(redeemed->grant.sid, redeemed->grant.session) << "applications never hear what a session is found by";
  const auto access = sign_on.look(d1(), redeemed->token, shown_by("kaikei"));
  ASSERT_TRUE(access);
  EXPECT_EQ(access->holder.id.login_id, "keiri01");
  EXPECT_EQ(access->certificate.serial, certificate.serial);
  EXPECT_EQ(bank.audit_count("sign_on.granted"), 1);
  EXPECT_EQ(bank.audit_count("sign_on.redeemed"), 1);
}

TEST_F(SignOnStory, a_code_is_used_once_and_the_second_use_ends_what_the_first_one_got) {
  const std::string given = code();
  const auto first = redeem(given);
  ASSERT_TRUE(first);
  EXPECT_TRUE(opens(first->token));
  EXPECT_EQ(redeem(given).error().id, "sign_on.code");
  EXPECT_FALSE(opens(first->token));
  EXPECT_EQ(bank.audit_count("sign_on.reused"), 1);
}

TEST_F(SignOnStory, a_code_lives_for_a_minute) {
  const std::string late = code();
  bank.clock.advance(seconds{60});
  EXPECT_EQ(redeem(late).error().id, "sign_on.code");
  const std::string in_time = code();
  bank.clock.advance(seconds{59});
  EXPECT_TRUE(redeem(in_time));
}

TEST_F(SignOnStory, T_code_injection_a_code_under_another_verifier_or_address_is_refused_and_finished) {
  const std::string injected = code();
  EXPECT_FALSE(redeem(injected, "another-verifier-that-is-as-long-as-it-has-to-be"));
  EXPECT_FALSE(redeem(injected)) << "it was tried, and is finished";
  const std::string elsewhere = code();
  EXPECT_FALSE(redeem(elsewhere, kVerifier, "https://kaikei.example/back/"));
  EXPECT_EQ(bank.audit_count("sign_on.refused"), 2);
}

TEST_F(SignOnStory, another_application_gets_nothing_for_a_code_and_spoils_nothing) {
  const std::string given = code();
  const SignOn::Redemption stolen{.code = given, .redirect_uri = kBack, .verifier = kVerifier, .certificate = shown_by("soukin")};
  EXPECT_FALSE(sign_on.redeem(d1(), *sign_on.find("d1", "soukin"), stolen));
  EXPECT_FALSE(sign_on.redeem(bank.institution("d2"), *sign_on.find("d2", "kaikei"), stolen)) << "mix-up of two banks";
  EXPECT_TRUE(redeem(given));
}

TEST_F(SignOnStory, a_token_is_good_over_the_certificate_it_was_given_to_and_for_ten_minutes) {
  const std::string given = token();
  EXPECT_TRUE(opens(given));
  EXPECT_FALSE(opens(given, "soukin"));
  EXPECT_FALSE(sign_on.look(bank.institution("d2"), given, shown_by("kaikei")));
  EXPECT_FALSE(opens("00"));
  bank.clock.advance(minutes{10});
  EXPECT_FALSE(opens(given));
}

TEST_F(SignOnStory, a_logout_ends_token_and_code) {
  const std::string given = token(), unused = code();
  ASSERT_TRUE(bank.login.close(cookie));
  EXPECT_FALSE(opens(given));
  EXPECT_FALSE(redeem(unused));
  EXPECT_EQ(grant().error().id, "login.no_session");
}

TEST_F(SignOnStory, a_hold_and_a_revocation_end_tokens_at_once) {
  const std::string given = token(), unused = code();
  ASSERT_TRUE(bank.store->transact([&](Writer& writer) -> Result<void> {
    auto record = writer.find_by_fingerprint(*certificate.fingerprint);
    if (!record || !*record) return fail(Code::not_found, "certificate");
    (*record)->held_at = bank.clock.now();
    (*record)->held_by = "staff d1/tanto01";
    return writer.set_certificate(**record);
  }));
  EXPECT_FALSE(opens(given));
  EXPECT_FALSE(redeem(unused));
  EXPECT_FALSE(grant());
}

TEST_F(SignOnStory, a_session_that_nobody_uses_opens_nothing_more) {
  const std::string given = token();
  bank.clock.advance(minutes{9});
  EXPECT_TRUE(opens(given)) << "looking does not use it";
  bank.clock.advance(minutes{21});
  EXPECT_FALSE(grant());
}

TEST_F(SignOnStory, an_application_ends_the_session_it_was_given) {
  const auto redeemed = redeem(code());
  ASSERT_TRUE(redeemed);
  EXPECT_TRUE(sign_on.sign_out(d1(), kaikei(), sha256(as_bytes("no such session"))));
  EXPECT_TRUE(sign_on.sign_out(bank.institution("d2"), kaikei(), redeemed->grant.sid));
  EXPECT_TRUE(opens(redeemed->token));
  EXPECT_TRUE(sign_on.sign_out(d1(), kaikei(), redeemed->grant.sid));
  EXPECT_FALSE(opens(redeemed->token));
  EXPECT_EQ(bank.login.resume(d1(), cookie, certificate.fingerprint).error().id, "login.no_session");
  EXPECT_TRUE(sign_on.sign_out(d1(), kaikei(), redeemed->grant.sid)) << "over already";
}

TEST_F(SignOnStory, an_application_is_to_hear_of_a_logout_once_and_of_no_other_applications_login) {
  const auto redeemed = redeem(code());
  ASSERT_TRUE(redeemed && redeem(code())) << "two grants of one login";
  const auto ended = [&](const std::string& id) { return sign_on.ended(d1(), *sign_on.find("d1", id)).value(); };
  EXPECT_TRUE(ended("kaikei").empty());
  const std::string unused = code();
  ASSERT_TRUE(bank.login.close(cookie));
  const std::vector<SignOn::Ended> expected{{.sid = redeemed->grant.sid, .holder = redeemed->grant.holder}};
  EXPECT_EQ(ended("kaikei"), expected);
  EXPECT_EQ(ended("kaikei"), expected) << "until it was told";
  EXPECT_TRUE(ended("soukin").empty());
  EXPECT_TRUE(sign_on.ended(bank.institution("d2"), *sign_on.find("d2", "kaikei"))->empty());
  ASSERT_TRUE(sign_on.told(kaikei(), expected[0]));
  EXPECT_TRUE(ended("kaikei").empty());
  EXPECT_EQ(bank.audit_count("sign_on.logout_told"), 1);
  EXPECT_FALSE(redeem(unused)) << "the code that nobody used gave nothing to tell of";

  log_in();
  ASSERT_TRUE(redeem(code()));
  EXPECT_TRUE(ended("kaikei").empty()) << "the next login is another one";
}

TEST_F(SignOnStory, an_application_is_to_hear_of_a_certificate_that_is_no_longer_good_and_not_of_time_that_ran_out) {
  ASSERT_TRUE(redeem(code()));
  bank.clock.advance(std::chrono::hours{7});
  EXPECT_TRUE(sign_on.ended(d1(), kaikei())->empty()) << "left alone";
  const auto change = [&](const std::function<void(CertificateRecord&)>& what) {
    ASSERT_TRUE(bank.store->transact([&](Writer& writer) -> Result<void> {
      auto record = writer.find_by_fingerprint(*certificate.fingerprint);
      if (!record || !*record) return fail(Code::not_found, "certificate");
      what(**record);
      return writer.set_certificate(**record);
    }));
  };
  change([&](CertificateRecord& record) { record.held_at = bank.clock.now(); });
  EXPECT_EQ(sign_on.ended(d1(), kaikei())->size(), 1U);
  change([](CertificateRecord& record) { record.held_at = std::nullopt; });
  EXPECT_TRUE(sign_on.ended(d1(), kaikei())->empty());
  change([&](CertificateRecord& record) { record.revoked_at = bank.clock.now(); });
  EXPECT_EQ(sign_on.ended(d1(), kaikei())->size(), 1U);
}

TEST_F(SignOnStory, neither_code_nor_token_is_in_the_audit_trail) {
  const std::string given = code();
  const auto redeemed = redeem(given);
  ASSERT_TRUE(redeemed);
  ASSERT_TRUE(bank.store->read([&](Reader& reader) -> Result<void> {
    const auto records = reader.audit_of("d1", "keiri01", 100);
    if (!records) return fail(records);
    for (const AuditRecord& record : *records)
      for (const auto& [name, value] : record.entry.detail) {
        EXPECT_FALSE(value.contains(given)) << name;
        EXPECT_FALSE(value.contains(redeemed->token)) << name;
      }
    return {};
  }));
}

/// TwoNodes are two servers that have nothing in common but the store.
class TwoNodes : public testing::TestWithParam<std::string> {};

TEST_P(TwoNodes, a_code_that_is_tried_at_both_at_once_is_taken_by_one_and_then_worth_nothing) {
  const StorePlace place(GetParam());
  Installation bank(place.url());
  bank.add_holder("keiri01");
  const auto certificate = bank.certify("keiri01");
  const auto who = bank.login.open(bank.institution(), certificate.fingerprint, Secret("password-1"));
  ASSERT_TRUE(who);
  const RelyingParty party{
      .id = "kaikei", .name = "会計", .redirect_uris = {kBack}, .logout_uris = {}, .certificates = {sha256(as_bytes("kaikei"))}};
  const auto second = place.open("second");
  SignOn here(bank.services(), {{"d1", {party}}});
  SignOn there({*second, *bank.issuer, bank.institutions, bank.clock, bank.rng}, {{"d1", {party}}});
  for (int i = 0; i < 20; ++i) {
    const auto code = here.grant(
        bank.institution(), who->logged_in,
        {.party = party, .redirect_uri = kBack, .scope = "openid", .challenge = sha256(as_bytes(kVerifier)), .nonce = {}});
    ASSERT_TRUE(code);
    const SignOn::Redemption redemption{
        .code = *code, .redirect_uri = kBack, .verifier = kVerifier, .certificate = party.certificates.front()};
    Result<SignOn::Redeemed> elsewhere = fail(Code::internal, "not tried");
    std::thread other([&] { elsewhere = there.redeem(bank.institution(), party, redemption); });
    const auto redeemed = here.redeem(bank.institution(), party, redemption);
    other.join();
    ASSERT_NE(redeemed.has_value(), elsewhere.has_value());
    EXPECT_EQ((redeemed ? elsewhere : redeemed).error().id, "sign_on.code");
    const std::string token = redeemed ? redeemed->token : elsewhere->token;
    EXPECT_FALSE(here.look(bank.institution(), token, party.certificates.front())) << "the other try ended it";
    EXPECT_FALSE(there.look(bank.institution(), token, party.certificates.front()));
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, TwoNodes, testing::ValuesIn(store_engines()), [](const auto& each) { return each.param; });

}  // namespace
}  // namespace inkan::lifecycle
