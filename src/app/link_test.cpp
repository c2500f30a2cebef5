#include "app/link.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace inkan::app {
namespace {

const std::string kTransaction = "0123456789abcdef0123456789abcdef";

TEST(Link, names_an_institution_and_a_transaction) {
  const auto link = parse_link("inkan:d5/" + kTransaction);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->institution, "d5");
  EXPECT_EQ(link->transaction, kTransaction);
}

TEST(Link, T1_with_an_address_in_it_is_refused) {
  for (const std::string& text : std::vector<std::string>{
           "inkan://evil.example/d5/" + kTransaction, "inkan:/d5/" + kTransaction, "inkan:evil.example/" + kTransaction,
           "inkan:d5:8443/" + kTransaction, "inkan:me@d5/" + kTransaction,
           "inkan:d5/" + kTransaction + "?server=https://evil.example", "inkan:d5/" + kTransaction + "#x",
           "inkan:d5%2f/" + kTransaction, "inkan:\\\\evil\\" + kTransaction}) {
    const auto link = parse_link(text);
    ASSERT_FALSE(link) << text;
    EXPECT_EQ(link.error().id, "link.address") << text;
  }
}

TEST(Link, takes_nothing_but_its_one_form) {
  for (const std::string& text : std::vector<std::string>{
           std::string(), std::string("inkan:"), std::string("inkan:d5"), "inkan:d5/" + kTransaction + "/",
           "inkan:d5/" + kTransaction + " ", " inkan:d5/" + kTransaction, "INKAN:d5/" + kTransaction, "https:d5/" + kTransaction,
           "inkan:D5/" + kTransaction, "inkan:-d5/" + kTransaction, "inkan:d5/0123456789ABCDEF0123456789abcdef",
           "inkan:d5/" + kTransaction.substr(1), "inkan:" + std::string(64, 'd') + "/" + kTransaction,
           "inkan:d5/--store" + std::string(25, 'a'), "inkan:d5/" + kTransaction + "\n"}) {
    const auto link = parse_link(text);
    ASSERT_FALSE(link) << text;
    EXPECT_EQ(link.error().id, "link.malformed") << text;
  }
}

}  // namespace
}  // namespace inkan::app
