#include "base/log.hpp"

#include <gtest/gtest.h>

namespace inkan {
namespace {

std::string logged(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {}) {
  testing::internal::CaptureStderr();
  log(level, "base", event, fields);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, writes_one_json_line) {
  const std::string line = logged(LogLevel::warning, "mail.refused", {{"host", "a\"b\\c\n"}, {"code", "550"}});
  EXPECT_TRUE(line.starts_with("{\"time\":\"")) << line;
  EXPECT_TRUE(
      line.ends_with("\"level\":\"warning\",\"room\":\"base\",\"event\":\"mail.refused\","
                     "\"host\":\"a\\\"b\\\\c\\u000a\",\"code\":\"550\"}\n"))
      << line;
}

TEST(Log, braces_in_a_value_are_only_braces) {
  EXPECT_NE(logged(LogLevel::info, "x", {{"value", "{} {0}"}}).find("\"value\":\"{} {0}\""), std::string::npos);
}

TEST(Log, drops_what_is_below_its_level) {
  EXPECT_EQ(logged(LogLevel::debug, "quiet"), "");
  set_log_level(LogLevel::error);
  EXPECT_EQ(logged(LogLevel::warning, "quiet"), "");
  set_log_level(LogLevel::info);
  EXPECT_NE(logged(LogLevel::warning, "loud"), "");
}

}  // namespace
}  // namespace inkan
