#include "pki/serial.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <set>

#include "support/fake_rng.hpp"

namespace inkan::pki {
namespace {

TEST(Serial, C1_has_20_octets_and_the_top_bits_01) {
  SystemRng rng;
  for (int i = 0; i < 1000; ++i) {
    const SerialNumber serial = SerialNumber::make(rng);
    ASSERT_EQ(serial.bytes().size(), 20u);
    ASSERT_EQ(serial.bytes()[0] & 0xc0, 0x40);
    ASSERT_TRUE(SerialNumber::parse(serial.bytes()));
  }
}

// EJBCA's serials of 2019 had the right length and 63 random bits: the distribution is what must be tested.
TEST(Serial, C1_every_other_bit_is_fair_and_independent_of_its_neighbour) {
  SystemRng rng;
  constexpr int kDraws = 100'000;
  std::array<int, 160> ones{}, agreeing{};
  std::set<Bytes> seen;
  for (int i = 0; i < kDraws; ++i) {
    const SerialNumber serial = SerialNumber::make(rng);
    const auto bit = [&](std::size_t n) { return serial.bytes()[n / 8] >> (7 - n % 8) & 1; };
    for (std::size_t n = 0; n < 160; ++n) {
      ones[n] += bit(n);
      if (n > 2) agreeing[n] += bit(n) == bit(n - 1) ? 1 : 0;
    }
    seen.insert(serial.bytes());
  }
  EXPECT_EQ(seen.size(), kDraws);
  EXPECT_EQ(ones[0], 0);
  EXPECT_EQ(ones[1], kDraws);
  const double six_sigma = 6 * std::sqrt(kDraws) / 2;  // a fair generator fails once in a million runs
  for (std::size_t n = 2; n < 160; ++n) {
    EXPECT_NEAR(ones[n], kDraws / 2, six_sigma) << "bit " << n;
    if (n == 2) continue;
    EXPECT_NEAR(agreeing[n], kDraws / 2, six_sigma) << "bits " << n - 1 << " and " << n;
  }
}

TEST(Serial, refuses_what_RFC_5280_does_not_allow) {
  for (const char* bad : {"", "00", "80", "ff", "0001", "007f", "00000000000000000000000000000000000000ff",
                          "0102030405060708090a0b0c0d0e0f101112131415", "008102030405060708090a0b0c0d0e0f1011121314"}) {
    EXPECT_FALSE(SerialNumber::parse_hex(bad)) << bad;
  }
  for (const char* good : {"01", "7f", "0080", "00ff", "0102030405060708090a0b0c0d0e0f1011121314"})
    EXPECT_EQ(SerialNumber::parse_hex(good).value().hex(), good);
  EXPECT_FALSE(SerialNumber::parse_hex("0"));
  EXPECT_FALSE(SerialNumber::parse_hex("xy"));
  EXPECT_EQ(SerialNumber::parse_hex("4A").value(), SerialNumber::parse_hex("4a").value());
}

RC_GTEST_PROP(Serial, hex_comes_back, (unsigned seed)) {
  FakeRng rng(seed);
  const SerialNumber serial = SerialNumber::make(rng);
  RC_ASSERT(SerialNumber::parse_hex(serial.hex()).value() == serial);
}

}  // namespace
}  // namespace inkan::pki
