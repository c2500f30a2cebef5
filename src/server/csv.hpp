#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace inkan::server {

/// CsvRow is one line of a CSV file under its header's names; `line` counts from 1.
struct CsvRow {
  int line = 0;
  std::map<std::string, std::string> values;
  const std::string& get(const std::string& column) const { return values.at(column); }
};

/// parse_csv reads RFC 4180 text (quotes, doubled quotes, CRLF or LF) in UTF-8, with or without a byte order mark. The header
/// must name exactly these columns, in any order. Errors: `csv.header`, `csv.malformed`, with the line in the detail.
Result<std::vector<CsvRow>> parse_csv(std::string_view text, const std::vector<std::string>& columns);

/// to_csv_line writes one line of RFC 4180 text, every value in quotes, with its line feed.
std::string to_csv_line(const std::vector<std::string>& values);

}  // namespace inkan::server
