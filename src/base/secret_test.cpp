#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <type_traits>

namespace inkan {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);
static_assert(!Printable<Secret> && !std::convertible_to<Secret, std::string>);

TEST(Secret, moves_and_leaves_nothing_behind) {
  for (const std::size_t length : {std::size_t{4}, std::size_t{200}}) {  // inside the string object, and on the heap
    Secret first(std::string(length, 's'));
    Secret second(std::move(first));
    EXPECT_EQ(second.reveal(), std::string(length, 's'));
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): what is left behind is the point
    Secret third;
    third = std::move(second);
    EXPECT_EQ(third.reveal().size(), length);
    EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move): what is left behind is the point
  }
}

TEST(Secret, wipes_its_own_characters) {
  alignas(Secret) unsigned char room[sizeof(Secret)] = {};
  auto* secret = new (room) Secret("short");
  const std::string_view bytes(reinterpret_cast<const char*>(room), sizeof room);
  ASSERT_NE(bytes.find("short"), std::string_view::npos);
  secret->~Secret();
  EXPECT_EQ(std::string(bytes).find("short"), std::string::npos);
}

TEST(Secret, survives_being_moved_onto_itself) {
  Secret secret("value");
  Secret& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.reveal(), "value");
}

TEST(Secret, same_secret_is_equality) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_TRUE(same_secret("", ""));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "abcd"));
  EXPECT_FALSE(same_secret("", "a"));
}

}  // namespace
}  // namespace inkan
