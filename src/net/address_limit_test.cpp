#include "net/address_limit.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/fake_clock.hpp"

namespace inkan::net {
namespace {
using std::chrono::seconds;

class AddressLimitTest : public ::testing::Test {
 protected:
  FakeClock clock{from_epoch(1'800'000'000)};
};

TEST_F(AddressLimitTest, T10_one_address_waits_when_its_tries_are_used_up_and_others_do_not) {
  AddressLimit limit({.tries = 3, .per_minute = 6}, clock);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.take("203.0.113.7")) << i;
  EXPECT_EQ(limit.take("203.0.113.7"), seconds{10});
  EXPECT_FALSE(limit.take("203.0.113.8"));

  clock.advance(seconds{4});
  EXPECT_EQ(limit.take("203.0.113.7"), seconds{6}) << "a refused try costs nothing";
  clock.advance(seconds{6});
  EXPECT_FALSE(limit.take("203.0.113.7"));
  EXPECT_EQ(limit.take("203.0.113.7"), seconds{10});

  clock.advance(seconds{3600});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.take("203.0.113.7")) << "never more than at the start: " << i;
  EXPECT_TRUE(limit.take("203.0.113.7"));
}

TEST_F(AddressLimitTest, T10_a_right_try_is_given_back) {
  AddressLimit limit({.tries = 2, .per_minute = 1}, clock);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(limit.take("203.0.113.7"));
    limit.give_back("203.0.113.7");
  }
  // No more comes back than was taken.
  limit.give_back("203.0.113.9");
  EXPECT_EQ(limit.remembered(), 1U);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(limit.take("203.0.113.7"));
  EXPECT_TRUE(limit.take("203.0.113.7"));
}

TEST_F(AddressLimitTest, T10_the_64_bits_of_a_network_share_one_count) {
  EXPECT_EQ(address_prefix("2001:db8:1:2::1"), address_prefix("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(address_prefix("2001:db8:1:2::1"), address_prefix("2001:db8:1:3::1"));
  EXPECT_EQ(address_prefix("::ffff:203.0.113.7"), address_prefix("203.0.113.7"));
  EXPECT_NE(address_prefix("203.0.113.7"), address_prefix("203.0.113.8"));
  EXPECT_EQ(address_prefix("fe80::1%eth0"), address_prefix("fe80::2%eth1"));
  EXPECT_EQ(address_prefix("nonsense"), "nonsense");

  AddressLimit limit({.tries = 2, .per_minute = 1}, clock);
  EXPECT_FALSE(limit.take("2001:db8::1"));
  EXPECT_FALSE(limit.take("2001:db8::2"));
  EXPECT_TRUE(limit.take("2001:db8::3"));
}

TEST_F(AddressLimitTest, T10_memory_is_bounded_and_the_quietest_goes_first) {
  AddressLimit limit({.tries = 1, .per_minute = 1, .addresses = 100}, clock);
  EXPECT_FALSE(limit.take("203.0.113.7"));
  for (int i = 0; i < 10'000; ++i) {
    limit.take("2001:db8:0:" + std::to_string(i % 9999) + "::1");
    EXPECT_TRUE(limit.take("203.0.113.7")) << "who goes on trying is not forgotten";
  }
  EXPECT_EQ(limit.remembered(), 100U);
}

TEST_F(AddressLimitTest, zero_tries_is_no_limit) {
  AddressLimit limit({.tries = 0}, clock);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limit.take("203.0.113.7"));
  EXPECT_EQ(limit.remembered(), 0U);
}

TEST_F(AddressLimitTest, T10_threads_never_get_more_than_there_is) {
  AddressLimit limit({.tries = 100, .per_minute = 1, .addresses = 4}, clock);
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j)
        if (!limit.take("203.0.113.7")) ++taken;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 100);
}

}  // namespace
}  // namespace inkan::net
