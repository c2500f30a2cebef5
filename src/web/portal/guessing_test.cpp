#include <gtest/gtest.h>

#include <string>

#include "support/portal_bank.hpp"

// Somebody who tries passwords and codes at the doors that need no certificate (T9, T10).

namespace inkan::web {
namespace {

class GuessingTest : public PortalTest {
 protected:
  static constexpr int kTries = 15;

  GuessingTest() : PortalTest({.tries = kTries}) {
    policy().methods = {lifecycle::RecoveryMethod::code, lifecycle::RecoveryMethod::mail_code};
  }
  lifecycle::AcquisitionPolicy& policy() { return const_cast<lifecycle::Institution&>(**institutions.find("d1")).acquisition; }

  /// use_up tries wrong passwords of ever other IDs, so that no ID's own count is what says no; it gives how many it took.
  static int use_up(Browser& thief) {
    for (int tries = 0;; ++tries)
      if (thief.post("/lost", "login_id=nobody" + std::to_string(tries) + "&password=x&sure=yes").status != 403) return tries;
  }
};

TEST_F(GuessingTest, T10_one_address_is_turned_away_at_every_door_that_takes_a_secret_without_a_certificate) {
  bank.add_holder("kanri01");
  Browser thief(*portal);
  thief.come_from("203.0.113.7");
  thief.get(portal_of("d1") + "/lost");
  EXPECT_EQ(use_up(thief), kTries);
  for (const char* path : {"/acquisition", "/acquisition/mail-code", "/acquisition/mail-code/stop", "/lost"}) {
    const auto refused = thief.post(path, "login_id=kanri01&password=password-1&code=x&number=x&sure=yes");
    EXPECT_EQ(refused.status, 429) << path;
    EXPECT_EQ(refused.headers.find("Retry-After"), "10") << path;
    for (const char* part : {"E906", "しばらくお待ちください", "電子証明書でのログインは、そのままお使いいただけます"})
      EXPECT_HAS(refused.body, part);
  }
  EXPECT_EQ(thief.get("/lost").status, 200) << "reading is no try";
  EXPECT_EQ(bank.audit_count("password.locked"), 0) << "nobody's ID was locked by it";

  Browser neighbour(*portal);
  neighbour.come_from("203.0.113.8");
  neighbour.get(portal_of("d1") + "/lost");
  EXPECT_EQ(neighbour.post("/lost", "login_id=kanri01&password=x&sure=yes").status, 403);

  bank.clock.advance(std::chrono::seconds{10});
  EXPECT_EQ(thief.post("/lost", "login_id=nobody&password=x&sure=yes").status, 403);
  EXPECT_EQ(thief.post("/lost", "login_id=nobody&password=x&sure=yes").status, 429);
}

TEST_F(GuessingTest, T10_who_holds_a_certificate_logs_in_during_the_attack_even_from_the_same_address) {
  const auto certificate = holder("kanri01", 100);
  Browser thief(*portal);
  thief.come_from("203.0.113.7");
  thief.get(portal_of("d1") + "/lost");
  for (int i = 0; i < 12; ++i) thief.post("/lost", "login_id=kanri01&password=x&sure=yes");
  EXPECT_EQ(bank.audit_count("password.locked"), 1) << "the ID's own count says no outside";
  use_up(thief);
  EXPECT_EQ(thief.post("/lost", "login_id=kanri01&password=password-1&sure=yes").status, 429);

  Browser victim(*portal);
  victim.come_from("203.0.113.7");
  const auto notices = to_notices(victim, certificate);
  EXPECT_EQ(notices.status, 200);
  EXPECT_EQ(victim.path(), "/notices");
}

TEST_F(GuessingTest, T10_a_renewal_that_asks_for_the_password_goes_on_during_the_attack) {
  const_cast<lifecycle::Institution&>(**institutions.find("d1")).renewal.asks_password = true;
  const auto certificate = holder("kanri01", 20);
  Browser thief(*portal);
  thief.come_from("203.0.113.7");
  thief.get(portal_of("d1") + "/lost");
  for (int i = 0; i < 12; ++i) thief.post("/lost", "login_id=kanri01&password=x&sure=yes");
  EXPECT_EQ(bank.audit_count("password.locked"), 1);

  Browser victim(*portal);
  to_notices(victim, certificate);
  EXPECT_EQ(victim.post("/renewal/open", "way=file&password=wrong").status, 403);
  victim.post("/renewal/open", "way=file&password=password-1");
  EXPECT_EQ(victim.path(), "/renewal");
}

TEST_F(GuessingTest, T10_an_office_behind_one_address_is_not_held_up_by_right_entries) {
  bank.add_holder("kanri01");
  Browser office(*portal);
  office.come_from("203.0.113.7");
  office.get(portal_of("d1") + "/acquisition");
  for (int i = 0; i < 2 * kTries; ++i) {
    const std::string code = bank.holders.release_code(bank.institution(), "kanri01", "test").value();
    EXPECT_EQ(office.post(portal_of("d1") + "/acquisition", "login_id=kanri01&password=password-1&code=" + code).status, 200)
        << i;
  }
}

TEST_F(GuessingTest, T10_what_came_to_nothing_costs_no_try) {
  const auto certificate = holder("kanri01", 100);
  Browser office(*portal);
  office.come_from("203.0.113.7");
  office.get(portal_of("d1") + "/lost");
  for (int i = 0; i < 2 * kTries; ++i) {
    EXPECT_EQ(office.post("/lost", "login_id=kanri01&password=password-1").status, 400) << "nothing was looked at";
    EXPECT_EQ(office.post("/lost", "login_id=kanri01&password=password-1&sure=yes").status, 409)
        << "a warning, after the right one";
  }
  EXPECT_EQ(use_up(office), kTries);
  const auto refused = office.post("/lost", "login_id=kanri01&password=password-1&sure=yes&knowing=yes");
  EXPECT_EQ(refused.status, 429);
  EXPECT_HAS(refused.body, std::to_string((kTries + 5) / 6) + "分ほどしてから");
  EXPECT_FALSE(bank.find(certificate).held_at);
}

TEST_F(GuessingTest, T10_a_header_that_names_an_address_changes_nothing) {
  bank.add_holder("kanri01");
  Browser thief(*portal);
  thief.come_from("203.0.113.7");
  thief.get(portal_of("d1") + "/lost");
  use_up(thief);
  for (const char* field : {"X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP"}) {
    const auto refused =
        thief.send("POST", "/lost", "login_id=kanri01&password=x&sure=yes",
                   {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", thief.origin()}, {field, "198.51.100.1"}});
    EXPECT_EQ(refused.status, 429) << field;
  }
}

}  // namespace
}  // namespace inkan::web
