#include "web/portal/company_files.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace inkan::web {
namespace {

TEST(CompanyFiles, csv_is_rfc_4180_with_a_byte_order_mark) {
  EXPECT_EQ(to_csv({{"ID", "氏名"}, {"keiri01", "経理, \"二\""}, {"a", "一\n二"}}),
            "\xEF\xBB\xBFID,氏名\r\nkeiri01,\"経理, \"\"二\"\"\"\r\na,\"一\n二\"\r\n");
}

TEST(CompanyFiles, csv_hands_no_formula_to_a_spreadsheet) {
  for (const std::string start : {"=", "+", "-", "@", "\t"})
    EXPECT_EQ(to_csv({{start + "cmd|' /C calc'!A0"}}), "\xEF\xBB\xBF'" + start + "cmd|' /C calc'!A0\r\n");
  EXPECT_EQ(to_csv({{"=HYPERLINK(\"x\",\"y\")"}}), "\xEF\xBB\xBF\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n");
  EXPECT_EQ(to_csv({{"\r=1"}}), "\xEF\xBB\xBF\"'\r=1\"\r\n");
}

TEST(CompanyFiles, icalendar_has_whole_days_in_folded_lines) {
  const Day day = *parse_day("2026-11-30");
  const std::string name(60, 'x');
  const std::string long_summary = "電子証明書の更新開始の日を知らせる長い名前の予定、とても長い名前; " + name;
  const std::string text = to_icalendar({{.uid = "keiri01-4a1f-last@d1.localhost", .day = day, .summary = long_summary}}, "予定",
                                        *parse_rfc3339("2026-11-01T10:00:00+09:00"));
  std::string unfolded;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const auto end = text.find("\r\n", at);
    ASSERT_NE(end, std::string::npos) << "a line without CRLF";
    const std::string line = text.substr(at, end - at);
    EXPECT_LE(line.size(), 75U) << line;
    EXPECT_TRUE(is_utf8(line)) << "a character was cut in two: " << line;
    EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
    if (line.starts_with(' ')) {
      unfolded += line.substr(1);
    } else {
      unfolded += (unfolded.empty() ? "" : "\n") + line;
    }
    at = end + 2;
  }
  EXPECT_GT(lines, 13U) << "nothing was folded";
  EXPECT_EQ(unfolded,
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Inkan//renewals//JA\nCALSCALE:GREGORIAN\nX-WR-CALNAME:予定\n"
            "BEGIN:VEVENT\nUID:keiri01-4a1f-last@d1.localhost\nDTSTAMP:20261101T010000Z\nDTSTART;VALUE=DATE:20261130\n"
            "DTEND;VALUE=DATE:20261201\nSUMMARY:電子証明書の更新開始の日を知らせる長い名前の予定、とても長い名前\\; " +
                name + "\nTRANSP:TRANSPARENT\nEND:VEVENT\nEND:VCALENDAR");
}

TEST(CompanyFiles, icalendar_takes_no_line_from_a_value) {
  const std::string text =
      to_icalendar({{.uid = "a", .day = *parse_day("2026-01-01"), .summary = "x\r\nBEGIN:VALARM\\,"}}, "n", Instant{});
  EXPECT_TRUE(text.contains("SUMMARY:x\\nBEGIN:VALARM\\\\\\,\r\n")) << text;
}

}  // namespace
}  // namespace inkan::web
