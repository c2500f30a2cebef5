// The renewal by the program, as its page sees it: waiting, connected, issued, completed (journeys.md 1.10, D5-02).

#include "lifecycle/handover.hpp"
#include "support/portal_bank.hpp"

namespace inkan::web {
namespace {

class ProgramTest : public PortalTest {
 protected:
  ProgramTest() : PortalTest({}, by_program()) {}

  static lifecycle::Institutions by_program() {
    auto d1 = lifecycle::make_institution("d1");
    d1.screens = {{"ways", "app file"}};
    return lifecycle::Institutions({d1, lifecycle::make_institution("d2")});
  }

  std::string stage(Browser& browser) { return between(browser.get("/renewal/app/state").body, "\"stage\":\"", "\""); }
};

TEST_F(ProgramTest, D5_02_the_page_claims_only_what_the_server_has_seen) {
  const auto old = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, old);
  const net::Response page = browser.post("/renewal/open", "way=app");
  ASSERT_EQ(browser.path(), "/renewal/app");
  const std::string transaction = between(page.body, "href=\"inkan:d1/", "\"");
  ASSERT_EQ(transaction.size(), 32U) << page.body;
  EXPECT_HAS(page.body, "data-stage=\"open\"");
  EXPECT_EQ(stage(browser), "open");

  const auto& d1 = bank.institution();
  ASSERT_TRUE(lifecycle::take_over(services(), d1, old.fingerprint, transaction));
  EXPECT_EQ(stage(browser), "connected");
  EXPECT_HAS(browser.get("/renewal/app").body, "data-stage=\"connected\"");
  EXPECT_HAS(browser.get("/renewal/app").body, "アプリと接続しました");

  const auto fresh = lifecycle::renew_taken_over(services(), enrolment, d1, old.fingerprint, transaction, make_request());
  ASSERT_TRUE(fresh);
  EXPECT_EQ(stage(browser), "issued");
  browser.get("/renewal/app/done");
  EXPECT_EQ(browser.path(), "/renewal/app") << "not before the trial login";

  ASSERT_TRUE(enrolment.confirm_use(d1, *fresh->fingerprint));
  EXPECT_EQ(stage(browser), "confirmed");
  EXPECT_HAS(browser.get("/renewal/app/done").body, "S305");
}

TEST_F(ProgramTest, O23_what_was_given_up_on_the_page_is_gone_for_the_program) {
  const auto old = holder("keiri01", 20);
  Browser browser(*portal);
  to_notices(browser, old);
  const net::Response page = browser.post("/renewal/open", "way=app");
  const std::string transaction = between(page.body, "href=\"inkan:d1/", "\"");
  browser.post("/renewal/cancel");
  const auto taken = lifecycle::take_over(services(), bank.institution(), old.fingerprint, transaction);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().id, "transaction.used");
  EXPECT_EQ(stage(browser), "gone");
}

}  // namespace
}  // namespace inkan::web
