#include "base/password.hpp"

#include <gtest/gtest.h>

namespace inkan {
namespace {

constexpr PasswordCost kCheap{.passes = 1, .memory = 8192};  // the least libsodium takes; what is tested is not the cost

TEST(Password, verifies_what_was_hashed_and_nothing_else) {
  const std::string hash = hash_password(Secret("correct horse 電池"), kCheap).value();
  EXPECT_TRUE(hash.starts_with("$argon2id$")) << hash;
  EXPECT_TRUE(verify_password(hash, Secret("correct horse 電池")));
  EXPECT_FALSE(verify_password(hash, Secret("correct horse 電池 ")));
  EXPECT_FALSE(verify_password(hash, Secret("Correct horse 電池")));
  EXPECT_FALSE(verify_password(hash, Secret("")));
}

TEST(Password, has_a_salt_of_its_own) {
  EXPECT_NE(hash_password(Secret("same"), kCheap).value(), hash_password(Secret("same"), kCheap).value());
}

TEST(Password, by_default_costs_19_mib_and_two_passes) {
  EXPECT_NE(hash_password(Secret("any")).value().find("m=19456,t=2,p=1"), std::string::npos);
}

TEST(Password, of_nobody_is_never_right) {
  EXPECT_FALSE(verify_password("", Secret("nobody has this password")));
  EXPECT_FALSE(verify_password("", Secret("")));
}

TEST(Password, a_damaged_hash_is_never_right) {
  std::string hash = hash_password(Secret("any"), kCheap).value();
  hash.back() = hash.back() == 'A' ? 'B' : 'A';
  EXPECT_FALSE(verify_password(hash, Secret("any")));
  EXPECT_FALSE(verify_password("plain", Secret("plain")));
}

TEST(Password, impossible_cost_is_a_refusal) {
  const auto hash = hash_password(Secret("any"), {.passes = 1, .memory = 1});
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().id, "password.hash");
}

}  // namespace
}  // namespace inkan
