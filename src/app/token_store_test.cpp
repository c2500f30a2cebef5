#include "app/token_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/enrolment.hpp"
#include "support/fake_bank.hpp"
#include "support/token_place.hpp"

namespace inkan::app {
namespace {

using Kind = Outcome::Kind;
using pki::TokenObject;

// PKCS#11's own numbers (v2.40), which only room pki may include.
constexpr unsigned long kDeviceMemory = 0x31;
constexpr unsigned long kDeviceRemoved = 0x32;
constexpr unsigned long kActionProhibited = 0x1B;

/// The same journeys over a SoftHSM token and over an NSS database.
class Token : public testing::TestWithParam<TokenPlace::Kind> {
 protected:
  /// hold puts a key and a used certificate into the store.
  pki::Certificate hold(const char* expires, const std::string& login_id = "keiri01") {
    const auto store = place_.store();
    const auto pending = store->make_pending("issue " + login_id, pki::KeyAlgorithm::p256);
    check(pending.has_value(), "a key");
    auto certificate = certify(pending->key.public_key(), expires, login_id);
    check(store->save(*pending, certificate, {}, login_id).has_value(), "saved");
    check(store->mark_used(certificate).has_value(), "used");
    return certificate;
  }
  Result<Outcome> run(const Choice& choice = {}) {
    const auto store = place_.store();
    return renew(bank_, *store, choice, kYes, [](Step) {});
  }
  /// what lies in the token now, by kind
  std::vector<TokenObject> objects(TokenObject::Kind kind) { return place_.token()->find(kind).value(); }
  /// expect_one: one certificate with its key, both used, and nothing besides.
  void expect_one(const Digest& fingerprint) {
    const auto certificates = objects(TokenObject::Kind::certificate);
    const auto keys = objects(TokenObject::Kind::private_key);
    ASSERT_EQ(certificates.size(), 1U);
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_EQ(sha256(certificates[0].value), fingerprint);
    EXPECT_EQ(keys[0].id, certificates[0].id);
    EXPECT_EQ(keys[0].label, certificates[0].label);
    for (const TokenObject& key : objects(TokenObject::Kind::public_key)) {
      EXPECT_EQ(key.id, certificates[0].id);
      EXPECT_EQ(key.label, certificates[0].label);
    }
  }

  void empty() {
    const auto store = place_.store();
    const auto all = store->certificates();
    ASSERT_TRUE(all);
    for (const pki::Certificate& certificate : *all) ASSERT_TRUE(store->remove(certificate));
  }
  /// expect_access: some certificate is there, and its key signs.
  void expect_access() {
    const auto store = place_.store();
    const auto all = store->certificates();
    ASSERT_TRUE(all);
    ASSERT_FALSE(all->empty());
    const auto identity = store->open(all->back());
    ASSERT_TRUE(identity) << identity.error().id;
    EXPECT_TRUE(identity->key.sign(as_bytes("a message")));
  }

  TokenPlace place_{GetParam()};
  FakeBank bank_;
};

TEST_P(Token, D1_05_renews_in_the_store_with_a_new_key_and_the_old_one_goes_after_the_first_use) {
  const auto before = hold("2026-12-01T00:00:00+09:00");
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().id << outcome.error().detail;
  EXPECT_EQ(outcome->kind, Kind::done);
  ASSERT_EQ(bank_.issued.size(), 1U);
  EXPECT_NE(bank_.issued.begin()->second.spki(), before.spki());
  EXPECT_EQ(*bank_.used, bank_.issued.begin()->second.fingerprint());
  expect_one(*bank_.used);
  EXPECT_EQ(objects(TokenObject::Kind::certificate)[0].label, "サンプル銀行 keiri01 2027年11月10日まで");
  EXPECT_EQ(run()->kind, Kind::nothing_to_do);
}

TEST_P(Token, D2_23_takes_a_first_certificate_of_the_kind_the_bank_asks_for) {
  const auto store = place_.store();
  const auto outcome = issue(bank_, *store, {"keiri01", Secret("login"), Secret("right")}, [](Step) {});
  ASSERT_TRUE(outcome) << outcome.error().id << outcome.error().detail;
  const auto held = store->certificates();
  ASSERT_EQ(held->size(), 1U);
  EXPECT_EQ(held->front().fingerprint(), *bank_.used);
  EXPECT_FALSE(*store->is_unused(held->front()));
}

TEST_P(Token, what_was_read_before_the_lock_is_read_again) {
  const auto certificate = hold("2026-12-01T00:00:00+09:00");
  const auto store = place_.store();
  ASSERT_EQ(store->certificates()->size(), 1U);
  const std::string others = GetParam() == TokenPlace::Kind::nss
                                 ? "certutil -D -n keiri01 -d sql:" + place_.folder().string()
                                 : "pkcs11-tool --module " + std::string(TokenPlace::kSoftHsm) +
                                       " --token-label usbtoken -l -p 1234 --delete-object --type cert --label keiri01";
  ASSERT_EQ(run_tool(others).status, 0);
  EXPECT_EQ(store->certificates()->size(), 1U);  // a card is slow: it was read once
  const auto lock = store->lock();
  ASSERT_TRUE(lock);
  EXPECT_EQ(store->certificates()->size(), 0U);
}

TEST_P(Token, the_old_certificate_stays_until_the_new_one_was_used) {
  const auto before = hold("2026-12-01T00:00:00+09:00");
  bank_.trial_fails = true;
  EXPECT_EQ(run()->kind, Kind::saved_not_used);
  EXPECT_EQ(objects(TokenObject::Kind::certificate).size(), 2U);
  EXPECT_TRUE(place_.store()->open(before));
  bank_.trial_fails = false;
  EXPECT_EQ(run()->kind, Kind::done);
  EXPECT_EQ(bank_.issued.size(), 1U);
  expect_one(*bank_.used);
}

TEST_P(Token, a_lost_answer_is_asked_for_again_with_the_same_key) {
  hold("2026-12-01T00:00:00+09:00");
  bank_.lost_answers = 1;
  EXPECT_EQ(run().error().id, "net.timeout");
  EXPECT_EQ(objects(TokenObject::Kind::private_key).size(), 2U);
  EXPECT_EQ(run()->kind, Kind::done);
  EXPECT_EQ(bank_.issued.size(), 1U);
  expect_one(*bank_.used);
}

TEST_P(Token, a_second_key_that_a_slow_token_made_for_a_run_cut_off_goes_too) {
  const auto before = hold("2026-12-01T00:00:00+09:00");
  bank_.lost_answers = 1;
  EXPECT_EQ(run().error().id, "net.timeout");
  const auto late = place_.token()->make_key_pair(pki::KeyAlgorithm::p256, "inkan pending: renew " + before.fingerprint().hex());
  ASSERT_TRUE(late) << late.error().id;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().id;
  EXPECT_EQ(outcome->kind, Kind::done);
  expect_one(*bank_.used);
}

TEST_P(Token, a_final_refusal_leaves_no_key_behind) {
  const auto before = hold("2026-12-01T00:00:00+09:00");
  bank_.refusal = Error{Code::refused, "certificate.revoked", {}};
  EXPECT_EQ(run().error().id, "certificate.revoked");
  expect_one(before.fingerprint());
}

TEST_P(Token, of_several_that_can_be_renewed_one_is_chosen_or_all_are_named) {
  const auto first = hold("2026-12-01T00:00:00+09:00", "keiri01");
  const auto second = hold("2026-12-02T00:00:00+09:00", "soumu02");
  hold("2027-09-01T00:00:00+09:00", "later03");
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "certificate.several");
  EXPECT_NE(refused.error().detail.find("keiri01"), std::string::npos);
  EXPECT_NE(refused.error().detail.find(second.serial().hex()), std::string::npos);
  EXPECT_EQ(refused.error().detail.find("later03"), std::string::npos);
  EXPECT_EQ(run({.login_id = "nobody", .serial = {}}).error().id, "certificate.not_here");
  EXPECT_EQ(run({.login_id = "soumu02", .serial = {}})->certificate.id, "soumu02");
  EXPECT_EQ(run({.login_id = {}, .serial = first.serial().hex()})->certificate.id, "keiri01");
  EXPECT_EQ(bank_.issued.size(), 2U);
  EXPECT_EQ(run()->kind, Kind::nothing_to_do);
  EXPECT_EQ(place_.store()->certificates()->size(), 3U);
}

TEST_P(Token, O10_O20_E204_a_certificate_whose_key_is_gone_says_so_until_there_is_another) {
  hold("2026-12-01T00:00:00+09:00");
  {
    const auto token = place_.token();
    const auto keys = token->find(TokenObject::Kind::private_key);
    ASSERT_EQ(keys->size(), 1U);
    ASSERT_TRUE(token->destroy(keys->front()));
  }
  EXPECT_EQ(place_.store()->certificates()->size(), 0U);
  ASSERT_EQ(place_.store()->keyless()->size(), 1U);
  EXPECT_EQ(run().error().id, "store.no_key");
  EXPECT_EQ(run({.login_id = "nobody", .serial = {}}).error().id, "certificate.not_here");
  EXPECT_TRUE(bank_.issued.empty()) << "nothing is made beside it";
  hold("2026-12-02T00:00:00+09:00");
  EXPECT_EQ(run()->kind, Kind::done);
}

TEST_P(Token, a_uri_that_names_one_certificate_sees_that_one_and_what_was_begun_for_it) {
  hold("2026-12-01T00:00:00+09:00", "keiri01");
  hold("2026-12-02T00:00:00+09:00", "soumu02");
  pki::TokenUri wanted;
  wanted.object = "soumu02";
  const auto store = place_.store(wanted);
  ASSERT_EQ(store->certificates()->size(), 1U);
  bank_.trial_fails = true;
  const auto outcome = renew(bank_, *store, {}, kYes, [](Step) {});
  ASSERT_TRUE(outcome) << outcome.error().id;
  EXPECT_EQ(store->certificates()->size(), 2U);
}

TEST_P(Token, an_rsa_key_signs_a_request) {
  const auto store = place_.store();
  const auto pending = store->make_pending("issue keiri01", pki::KeyAlgorithm::rsa2048);
  ASSERT_TRUE(pending) << pending.error().id;
  const auto request = pki::Csr::make(pending->key, *pki::Name::make({{"CN", "keiri01"}}));
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_TRUE(pki::Csr::parse(request->der()));
  ASSERT_TRUE(store->find_pending("issue keiri01")->has_value());
  EXPECT_FALSE(store->find_pending("issue another")->has_value());
  ASSERT_TRUE(store->drop_pending("issue keiri01"));
  EXPECT_FALSE(store->find_pending("issue keiri01")->has_value());
}

TEST_P(Token, what_is_removed_is_gone_with_its_keys) {
  const auto certificate = hold("2026-11-01T00:00:00+09:00");
  ASSERT_TRUE(place_.store()->remove(certificate));
  for (const auto kind : {TokenObject::Kind::certificate, TokenObject::Kind::private_key, TokenObject::Kind::public_key})
    EXPECT_TRUE(objects(kind).empty());
}

TEST_P(Token, a_token_that_keeps_what_it_has_does_not_stop_a_renewal) {
  hold("2026-12-01T00:00:00+09:00");
  bank_.trial_fails = true;
  ASSERT_TRUE(run());
  bank_.trial_fails = false;
  TokenPlace::orders().changes = 0;
  TokenPlace::orders().fail_at = 1;  // the old key's end
  TokenPlace::orders().error = kActionProhibited;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << outcome.error().id;
  EXPECT_EQ(outcome->kind, Kind::done);
}

TEST_P(Token, a_full_token_and_one_that_was_pulled_out_are_named) {
  hold("2026-12-01T00:00:00+09:00");
  ShimOrders& orders = TokenPlace::orders();
  orders.changes = 0;
  orders.fail_at = 1;
  orders.error = kDeviceMemory;
  EXPECT_EQ(run().error().id, "token.full");
  orders.changes = 0;
  orders.error = kDeviceRemoved;
  EXPECT_EQ(run().error().id, "token.removed");
  EXPECT_TRUE(bank_.issued.empty());
}

TEST_P(Token, one_that_is_pulled_out_while_it_signs_is_named_and_not_the_line) {
  hold("2026-12-01T00:00:00+09:00");
  bank_.refusal = Error{Code::unavailable, "net.tls_handshake", {}};
  EXPECT_EQ(run().error().id, "net.tls_handshake");
  bank_.meanwhile = [] { TokenPlace::orders().dead = true; };
  EXPECT_EQ(run().error().id, "token.removed");
  TokenPlace::orders().dead = false;
  bank_.meanwhile = [] {};
  bank_.refusal.reset();
  EXPECT_EQ(run()->kind, Kind::done);
}

// Every change of the store is the last one of some run; a certificate always opens, and the next run ends as if nothing had
// happened: one certificate, one key.
TEST_P(Token, D1_19_killed_at_any_change_it_goes_on_with_the_same_key) {
  struct Way {
    bool torn, keeps_public;
  };
  for (const Way way : {Way{false, false}, Way{true, false}, Way{true, true}}) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE(testing::Message() << "change " << n << ", torn " << way.torn << ", public half " << way.keeps_public);
      bank_.issued.clear();
      bank_.used.reset();
      empty();
      const auto before = hold("2026-12-01T00:00:00+09:00");
      ShimOrders& orders = TokenPlace::orders();
      orders = {.module = orders.module, .fail_at = n, .error = kDeviceRemoved, .dies = true, .torn = way.torn};
      orders.keeps_public = way.keeps_public;
      const auto first = run();
      const bool died = orders.dead;
      orders = {.module = orders.module};
      if (!died) {
        EXPECT_GT(n, 8);
        break;
      }
      EXPECT_FALSE(first);
      expect_access();
      const auto second = run();
      ASSERT_TRUE(second) << second.error().id;
      ASSERT_EQ(bank_.issued.size(), 1U) << "one certificate for one renewal";
      expect_one(bank_.issued.begin()->second.fingerprint());
      EXPECT_EQ(*bank_.used, bank_.issued.begin()->second.fingerprint());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, Token, testing::Values(TokenPlace::Kind::token, TokenPlace::Kind::nss),
                         [](const auto& is) { return is.param == TokenPlace::Kind::token ? "token" : "nss"; });

// NSS keeps to no such promise (docs/decisions/0011-key-stores.md).
TEST(TokenKey, never_leaves_the_token) {
  const TokenPlace place(TokenPlace::Kind::token);
  ASSERT_TRUE(place.store()->make_pending("issue keiri01", pki::KeyAlgorithm::p256));
  const auto shown = run_tool(std::string("pkcs11-tool --module ") + TokenPlace::kSoftHsm +
                              " --token-label usbtoken --login --pin 1234 --list-objects --type privkey");
  EXPECT_NE(shown.output.find("sensitive"), std::string::npos) << shown.output;
  EXPECT_NE(shown.output.find("never extractable"), std::string::npos) << shown.output;
}

class Pin : public testing::Test {
 protected:
  Result<void> log_in(const char* pin) {
    auto token = pki::Token::open(place_.address());
    if (!token) return fail(token);
    return (*token)->log_in(Secret(pin));
  }
  TokenPlace place_{TokenPlace::Kind::token};
};

TEST_F(Pin, O20_E206_a_wrong_one_says_how_many_tries_are_left_as_far_as_the_token_does) {
  TokenPlace::orders().tries_left = 4;
  EXPECT_EQ(log_in("0000").error().id, "token.pin_wrong");
  EXPECT_EQ(log_in("0000").error().id, "token.pin_wrong_few_left");
  EXPECT_EQ(log_in("0000").error().id, "token.pin_wrong_last_try");
  EXPECT_EQ(log_in("0000").error().id, "token.pin_locked");
  EXPECT_EQ(log_in(TokenPlace::kPin).error().id, "token.pin_locked");
}

TEST_F(Pin, tokens_are_found_by_what_their_address_says) {
  EXPECT_TRUE(log_in(TokenPlace::kPin));
  auto address = place_.address();
  address.label = "another";
  EXPECT_EQ(pki::Token::open(address).error().id, "token.not_found");
  place_.add("second");
  address.label.clear();
  const auto several = pki::Token::open(address);
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().id, "token.several");
  EXPECT_NE(several.error().detail.find("second"), std::string::npos);
  address.module = "/nowhere.so";
  EXPECT_EQ(pki::Token::open(address).error().id, "token.module");
}

}  // namespace
}  // namespace inkan::app
