#include "app/agent.hpp"

#include <gtest/gtest.h>

#include <map>

#include "app/timer.hpp"
#include "pki/pkcs12.hpp"
#include "support/fake_bank.hpp"
#include "support/tool.hpp"

namespace inkan::app {
namespace {

using State = QuietReport::State;

constexpr int kWindow = 30;

TEST(QuietTime, a_turn_follows_from_the_certificate_and_lies_in_the_first_two_thirds_of_the_window) {
  const Zone zone = *Zone::find("Asia/Tokyo");
  const Day opens = *parse_day("2026-11-01");
  std::map<int, int> by_day;
  constexpr int kMany = 4000;
  for (int i = 0; i < kMany; ++i) {
    const Digest fingerprint = sha256(as_bytes(std::to_string(i)));
    const Instant turn = quiet_time(fingerprint, opens, kWindow, zone);
    EXPECT_EQ(turn, quiet_time(fingerprint, opens, kWindow, zone));
    ++by_day[days_between(opens, zone.day_of(turn))];
  }
  ASSERT_EQ(by_day.size(), 20U);  // two thirds of 30 days, none left out
  for (const auto& [day, count] : by_day) {
    EXPECT_GE(day, 0);
    EXPECT_LT(day, 20);
    EXPECT_LT(count, 2 * kMany / 20) << day;  // no stampede
    EXPECT_GT(count, kMany / 20 / 2) << day;
  }
}

TEST(QuietTime, a_window_of_one_day_has_one_turn) {
  const Zone zone = *Zone::find("Asia/Tokyo");
  const Day opens = *parse_day("2026-11-01");
  EXPECT_EQ(quiet_time(sha256(as_bytes("a")), opens, 1, zone), zone.start_of(opens));
}

/// FakeBanks opens the test's bank, and counts how often it was asked for.
class FakeBanks {
 public:
  OpenBank open() {
    return [this](const std::string&, const std::string&) -> Result<std::unique_ptr<Bank>> {
      ++opened;
      auto bank = std::make_unique<FakeBank>();
      bank->discovery_ = discovery;
      bank->trial_fails = trial_fails;
      bank->issued = issued;
      return bank;
    };
  }
  int opened = 0;
  bool trial_fails = false;
  std::map<Digest, pki::Certificate> issued;
  Discovery discovery = quiet_discovery();

 private:
  static Discovery quiet_discovery() {
    Discovery discovery = FakeBank().discovery_;
    discovery.quiet = true;
    return discovery;
  }
};

/// A person's browser database, known to the program with one bank.
class AgentTest : public testing::Test {
 protected:
  AgentTest() {
    hold("2026-11-15T00:00:00+09:00");  // 4 days left: whatever its turn, it has come
    known_ = {.institution = "d1", .name = "サンプル銀行", .portal = "https://d1.test", .trust_pem = {}, .store = store_};
    check(banks_.remember(known_).has_value(), "remembered");
  }
  void hold(const char* expires) {
    const auto store = open();
    const auto before = store->certificates();
    for (const auto& old : *before) check(store->remove(old).has_value(), "removed");
    const auto pending = store->make_pending("issue keiri01", pki::KeyAlgorithm::p256);
    const auto certificate = certify(pending->key.public_key(), expires);
    check(store->save(*pending, certificate, {}, "keiri01").has_value(), "saved");
    check(store->mark_used(certificate).has_value(), "used");
  }
  std::unique_ptr<KeyStore> open() {
    auto store = open_place(*parse_place(store_), disk_, [](const SecretQuestion&) { return Result<Secret>(Secret("")); }, true);
    check(store.has_value(), store ? "" : store.error().id + store.error().detail);
    return std::move(*store);
  }
  QuietReport run() {
    const auto reports = Agent(disk_, banks_, server_.open()).run();
    check(reports && reports->size() == 1, "one report");
    return reports->front();
  }
  void agree() { check(banks_.set_quiet(known_, Quiet::yes).has_value(), "agreed"); }

  TempFolder folder_;
  MachineDisk disk_;
  std::string store_ = "nss:" + (folder_.path() / "nssdb").string();
  Banks banks_{disk_, folder_.path() / "banks.json"};
  KnownBank known_;
  FakeBanks server_;
};

TEST_F(AgentTest, nothing_is_asked_of_a_bank_before_the_person_agreed_nor_after_it_was_taken_back) {
  EXPECT_EQ(run().state, State::not_agreed);
  EXPECT_EQ(server_.opened, 0);
  agree();
  ASSERT_TRUE(banks_.set_quiet(known_, Quiet::no));
  EXPECT_EQ(run().state, State::not_agreed);
  EXPECT_EQ(server_.opened, 0);
}

TEST_F(AgentTest, renews_when_its_turn_has_come_and_has_nothing_to_do_afterwards) {
  agree();
  const QuietReport first = run();
  EXPECT_EQ(first.state, State::renewed) << (first.error ? first.error->id : "");
  EXPECT_EQ(to_iso(first.listed->expiry_day), "2027-11-10");
  EXPECT_EQ(run().state, State::later);
}

TEST_F(AgentTest, before_its_turn_it_only_says_when_that_is) {
  hold("2026-12-11T00:00:00+09:00");  // the window opens today, and the turn is later
  agree();
  const QuietReport report = run();
  EXPECT_EQ(report.state, State::later);
  ASSERT_TRUE(report.due);
  EXPECT_GT(*report.due, server_.discovery.now);
  EXPECT_LT(*report.due, server_.discovery.now + std::chrono::days{20});
  server_.discovery.now = *report.due;
  EXPECT_EQ(run().state, State::renewed);
}

TEST_F(AgentTest, ends_what_an_earlier_run_began_without_asking_for_a_second_certificate) {
  agree();
  server_.trial_fails = true;
  EXPECT_EQ(run().state, State::saved_not_used);
  server_.trial_fails = false;
  EXPECT_EQ(run().state, State::renewed);
  EXPECT_EQ(open()->certificates()->size(), 1U);
}

TEST_F(AgentTest, keeps_to_what_the_bank_says_today) {
  agree();
  server_.discovery.quiet = false;
  EXPECT_EQ(run().state, State::not_allowed);
  server_.discovery.quiet = true;
  server_.discovery.asks_password = true;
  EXPECT_EQ(run().state, State::not_allowed);
}

TEST_F(AgentTest, a_store_that_wants_a_password_is_said_to_be_locked) {
  const auto key = pki::PrivateKey::make(pki::KeyAlgorithm::p256);
  folder_.write(
      "a.p12", ByteView(*pki::make_pkcs12(*key, certify(key->public_key(), "2026-11-15T00:00:00+09:00"), {}, "a", Secret("pw"))));
  store_ = known_.store = "p12:" + (folder_.path() / "a.p12").string();
  Banks other(disk_, folder_.path() / "other.json");
  ASSERT_TRUE(other.remember(known_));
  ASSERT_TRUE(other.set_quiet(known_, Quiet::yes));
  const auto reports = Agent(disk_, other, server_.open()).run();
  ASSERT_EQ(reports->size(), 1U);
  EXPECT_EQ(reports->front().error->id, "agent.locked");
}

TEST_F(AgentTest, what_the_person_said_stays_when_the_bank_is_used_by_hand) {
  agree();
  ASSERT_TRUE(banks_.remember(known_));
  EXPECT_EQ(banks_.all()->front().quiet, Quiet::yes);
}

TEST_F(AgentTest, offers_change_nothing) {
  const auto offers = Agent(disk_, banks_, server_.open()).offers();
  ASSERT_EQ(offers->size(), 1U);
  EXPECT_EQ(offers->front().state, State::later);
  EXPECT_EQ(open()->certificates()->front().not_after(), at("2026-11-14T23:59:59+09:00"));
}

TEST(Timer, its_units_are_those_that_the_package_installs) {
  const auto installed = [](const char* name) {
    return std::string(as_text(MachineDisk().read(std::string(INKAN_SOURCE_DIR "/deploy/") + name).value()));
  };
  EXPECT_EQ(make_timer_unit(), installed("inkan-app-agent.timer"));
  EXPECT_EQ(make_service_unit("/usr/bin/inkan-app"), installed("inkan-app-agent.service"));
}

TEST(Timer, a_path_is_one_argument_whatever_it_holds) {
  EXPECT_NE(make_service_unit("/srv/a b/100%/$x").find("ExecStart=\"/srv/a b/100%%/$$x\" agent"), std::string::npos);
}

}  // namespace
}  // namespace inkan::app
