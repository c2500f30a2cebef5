#include <gtest/gtest.h>

#include "support/console_bank.hpp"
#include "support/expect_text.hpp"

// 「メール不達」: whom mail does not reach.
namespace inkan::web {
namespace {

class UnreachedTest : public ConsoleTest {
 protected:
  void put_address(const std::string& login_id, const std::string& address, bool fails) {
    const Instant now = bank.clock.now();
    ASSERT_TRUE(bank.store->transact([&](lifecycle::Writer& writer) {
      return writer.put_contact({.holder = {"d1", login_id},
                                 .address = address,
                                 .added_at = now,
                                 .checked_at = now,
                                 .check_hash = {},
                                 .check_until = {},
                                 .check_tries = 0,
                                 .undeliverable_since = fails ? std::optional(now) : std::nullopt,
                                 .undeliverable_why = {},
                                 .soft_bounces = 0});
    }));
  }
};

TEST_F(UnreachedTest, O15_O16_the_desk_lists_whom_mail_does_not_reach_the_first_to_expire_first) {
  bank.add_holder("keiri01");
  bank.add_holder("keiri02");
  const auto certificate = bank.certify("keiri01");
  bank.certify("keiri02");
  days_before(certificate, 25);
  std::vector<lifecycle::NewHolder> one;
  one.push_back({.id = {"d1", "keiri03"}, .company = "海山商事", .name = "担当", .mail = "", .password = Secret("password-1")});
  ASSERT_TRUE(bank.holders.add(one, "test"));
  bank.certify("keiri03");
  put_address("keiri01", "keiri01@customer.example", true);
  Browser browser = at_desk(auditor);
  EXPECT_HAS(browser.get("/search").body, "href=\"/unreached\"");
  const auto early = browser.get("/unreached");
  EXPECT_EQ(early.status, 200);
  for (const char* part :
       {"<h1>メール不達のお客さま</h1>", "B203", "期限まで30日以内", "期限の20日前になると", "1件", "keiri01", "25", "届かない"})
    EXPECT_HAS(early.body, part);
  for (const char* part : {"keiri02", "keiri03", "書面</span>"}) EXPECT_HAS_NOT(early.body, part);
}

TEST_F(UnreachedTest, O15_from_20_days_on_it_says_by_post_and_without_an_address_so) {
  std::vector<lifecycle::NewHolder> one;
  one.push_back({.id = {"d1", "keiri03"}, .company = "海山商事", .name = "担当", .mail = "", .password = Secret("password-1")});
  ASSERT_TRUE(bank.holders.add(one, "test"));
  days_before(bank.certify("keiri03"), 20);
  const auto page = at_desk(clerk).get("/unreached");
  for (const char* part : {"keiri03", "海山商事", "登録なし", "<span class=\"tag\">書面</span>"}) EXPECT_HAS(page.body, part);
  const auto english = at_desk(clerk, "en").get("/unreached");
  for (const char* part : {"Customers whom mail does not reach", "None", "By post"}) EXPECT_HAS(english.body, part);
}

TEST_F(UnreachedTest, O15_nobody_is_said_and_strangers_see_nothing) {
  holder("keiri01", 25);
  EXPECT_HAS(at_desk(clerk).get("/unreached").body, "該当するお客さまはいません。");
  Browser stranger(*console);
  EXPECT_HAS_NOT(stranger.get(std::string(kDesk) + "/unreached").body, "メール不達");
}

TEST_F(UnreachedTest, O16_a_shared_address_is_named_in_the_file) {
  holder("keiri01", 25);
  Browser browser = at_desk(clerk);
  EXPECT_HAS_NOT(browser.get("/files/keiri01").body, "ほかのIDと共用");
  bank.add_holder("keiri02");
  put_address("keiri02", "keiri01@customer.example", false);
  EXPECT_HAS(browser.get("/files/keiri01").body, "ほかのIDと共用");
}

}  // namespace
}  // namespace inkan::web
