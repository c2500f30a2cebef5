#include "base/chance.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "support/fake_rng.hpp"

namespace inkan {
namespace {

TEST(Token, is_hexadecimal_of_the_length_asked_for) {
  FakeRng rng;
  const std::string token = make_token(rng, 16);
  EXPECT_EQ(token.size(), 32u);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(make_token(rng, 16), token);
}

TEST(Code, is_four_groups_of_letters_that_cannot_be_mistaken) {
  FakeRng rng;
  for (int i = 0; i < 200; ++i) {
    const std::string code = make_code(rng);
    ASSERT_EQ(code.size(), 19u);
    for (std::size_t k = 0; k < code.size(); ++k) {
      if (k % 5 == 4)
        EXPECT_EQ(code[k], '-');
      else
        EXPECT_NE(std::string("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").find(code[k]), std::string::npos) << code;
    }
  }
}

TEST(Code, uses_every_letter) {
  FakeRng rng;
  std::set<char> seen;
  for (int i = 0; i < 200; ++i)
    for (char c : make_code(rng)) seen.insert(c);
  EXPECT_EQ(seen.size(), 33u);  // 32 and the hyphen
}

TEST(Code, is_read_however_it_was_typed) {
  const std::string canonical = "K7QD2MXP9RTAHW3E";
  for (const char* typed :
       {"K7QD-2MXP-9RTA-HW3E", "k7qd-2mxp-9rta-hw3e", " K7QD 2MXP 9RTA HW3E ", "Ｋ７ＱＤ－２ＭＸＰ－９ＲＴＡ－ＨＷ３Ｅ",
        "K7QDー2MXPー9RTAーHW3E", "K7QD−2MXP‐9RTA—HW3E", "K7QD2MXP9RTAHW3E"})
    EXPECT_EQ(canonical_code(typed), canonical) << typed;
  EXPECT_EQ(canonical_code("\xff"), "");
}

TEST(SystemRng, gives_every_thread_its_own_bytes) {
  SystemRng rng;
  std::vector<std::string> tokens(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& token : tokens) threads.emplace_back([&rng, &token] { token = make_token(rng, 32); });
  }
  EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), tokens.size());
}

TEST(SystemRng, fills_all_it_was_given_and_nothing_more) {
  SystemRng rng;
  Bytes bytes(100, 0);
  rng.fill(std::span(bytes).first(90));
  EXPECT_GT(std::set<std::uint8_t>(bytes.begin(), bytes.begin() + 90).size(), 10u);
  EXPECT_EQ(Bytes(bytes.begin() + 90, bytes.end()), Bytes(10, 0));
  EXPECT_TRUE(make_bytes(rng, 0).empty());
}

}  // namespace
}  // namespace inkan
