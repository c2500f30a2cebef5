#include "app/banks.hpp"

#include <gtest/gtest.h>

#include "support/tool.hpp"

namespace inkan::app {
namespace {

class BanksTest : public testing::Test {
 protected:
  static KnownBank bank(const std::string& institution, const std::string& portal, const std::string& store) {
    return {.institution = institution, .name = "試験銀行", .portal = portal, .trust_pem = "PEM", .store = store};
  }
  TempFolder folder_;
  MachineDisk disk_;
  std::filesystem::path file_ = folder_.path() / "deep" / "banks.json";
  Banks banks_{disk_, file_};
};

TEST_F(BanksTest, remembers_a_bank_by_institution_and_store) {
  EXPECT_TRUE(banks_.all()->empty());
  ASSERT_TRUE(banks_.remember(bank("d1", "https://d1.test", "p12:/a.p12")));
  ASSERT_TRUE(banks_.remember(bank("d1", "https://d1.test", "p12:/a.p12")));
  ASSERT_TRUE(banks_.remember(bank("d2", "https://d2.test", "nss:/home")));
  EXPECT_EQ(banks_.all()->size(), 2U);
  EXPECT_EQ(banks_.find("d2")->front().store, "nss:/home");
}

TEST_F(BanksTest, an_institution_has_one_address_whatever_store_it_was_last_used_with) {
  ASSERT_TRUE(banks_.remember(bank("d1", "https://old.test", "p12:/a.p12")));
  ASSERT_TRUE(banks_.remember(bank("d1", "https://new.test", "p12:/b.p12")));
  const auto known = banks_.find("d1");
  ASSERT_EQ(known->size(), 2U);
  for (const KnownBank& one : *known) EXPECT_EQ(one.portal, "https://new.test");
}

TEST_F(BanksTest, T1_an_institution_nobody_was_enrolled_with_is_refused) {
  ASSERT_TRUE(banks_.remember(bank("d1", "https://d1.test", "p12:/a.p12")));
  EXPECT_EQ(banks_.find("evil").error().id, "link.unknown_bank");
}

TEST_F(BanksTest, a_file_that_is_not_ours_is_not_believed_and_not_overwritten) {
  std::filesystem::create_directories(file_.parent_path());
  for (const char* text : {"", "{}", "[1]", "[{\"institution\":\"d1\"}]",
                           R"([{"institution":"d1","name":"x","portal":"http://plain","trust":"","store":"p12:/a"}])",
                           R"([{"institution":"d1","name":"x","portal":"https://a","trust":"","store":"ftp:/a"}])"}) {
    ASSERT_TRUE(disk_.write(file_, as_bytes(std::string_view(text))));
    EXPECT_EQ(banks_.all().error().id, "banks.malformed") << text;
    EXPECT_EQ(banks_.remember(bank("d1", "https://d1.test", "p12:/a")).error().id, "banks.malformed");
  }
}

}  // namespace
}  // namespace inkan::app
