#include "base/result.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/findings.hpp"

namespace inkan {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Code::invalid, "number.odd", std::to_string(number));
  return number / 2;
}

Result<std::string> half_text(int number) {
  const auto halved = half(number);
  if (!halved) return fail(halved);
  return std::to_string(*halved);
}

TEST(Result, carries_a_value_or_the_error_of_the_first_that_failed) {
  EXPECT_EQ(half_text(8).value(), "4");
  const auto refused = half_text(7);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid);
  EXPECT_EQ(refused.error().id, "number.odd");
  EXPECT_EQ(refused.error().detail, "7");
}

TEST(Code, every_code_has_its_own_word) {
  std::vector<std::string_view> words;
  for (int code = 0; code <= static_cast<int>(Code::internal); ++code) words.push_back(to_text(static_cast<Code>(code)));
  std::ranges::sort(words);
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
}

TEST(CheckDeathTest, a_defect_ends_the_process_and_says_which) {
  check(true, "fine");
  EXPECT_DEATH(check(false, "two and two"), "defect: two and two");
}

TEST(Findings, only_an_error_is_one) {
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors({{.severity = Severity::notice}, {.severity = Severity::warning}}));
  EXPECT_TRUE(has_errors({{.severity = Severity::notice}, {.severity = Severity::error}}));
}

}  // namespace
}  // namespace inkan
