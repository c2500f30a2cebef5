#include "server/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace inkan::server {
namespace {

/// read_record takes one record off the front of `text` and counts the lines it spans.
Result<std::vector<std::string>> read_record(std::string_view& text, int& line) {
  const int first = line;
  std::vector<std::string> fields(1);
  bool quoted = false;
  bool closed = false;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (quoted) {
      if (c == '\n') ++line;
      if (c != '"') {
        fields.back() += c;
      } else if (text.starts_with('"')) {
        fields.back() += '"';
        text.remove_prefix(1);
      } else {
        quoted = false;
        closed = true;
      }
      continue;
    }
    if (c == '\n') {
      ++line;
      return fields;
    }
    if (c == '\r' && text.starts_with('\n')) continue;
    if (c == ',') {
      fields.emplace_back();
      closed = false;
    } else if (c == '"' && fields.back().empty() && !closed) {
      quoted = true;
    } else if (closed || c == '"') {
      return fail(Code::invalid, "csv.malformed", fmt::format("line {}: a quote where none may stand", first));
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return fail(Code::invalid, "csv.malformed", fmt::format("line {}: a quote is never closed", first));
  ++line;
  return fields;
}

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text, const std::vector<std::string>& columns) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!is_utf8(text)) return fail(Code::invalid, "csv.malformed", "the file is not UTF-8");
  int line = 1;
  const auto header = read_record(text, line);
  if (!header) return fail(header);
  auto sorted = *header;
  auto wanted = columns;
  std::sort(sorted.begin(), sorted.end());
  std::sort(wanted.begin(), wanted.end());
  if (sorted != wanted)
    return fail(Code::invalid, "csv.header", fmt::format("the first line must name {}", fmt::join(columns, ",")));

  std::vector<CsvRow> rows;
  while (!text.empty()) {
    const int at = line;
    auto fields = read_record(text, line);
    if (!fields) return fail(fields);
    if (fields->size() == 1 && fields->front().empty()) continue;  // an empty line
    if (fields->size() != header->size())
      return fail(Code::invalid, "csv.malformed",
                  fmt::format("line {}: {} fields instead of {}", at, fields->size(), header->size()));
    CsvRow row{.line = at, .values = {}};
    for (std::size_t i = 0; i < fields->size(); ++i) row.values[(*header)[i]] = (*fields)[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string to_csv_line(const std::vector<std::string>& values) {
  std::string line;
  for (const std::string& value : values) {
    line += line.empty() ? "\"" : ",\"";
    for (const char c : value) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace inkan::server
