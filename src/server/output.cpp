#include "server/output.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace inkan::server {
namespace {

boost::json::value to_value(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return boost::json::string(*text);
  if (const auto* number = std::get_if<long long>(&cell)) return *number;
  if (const auto* flag = std::get_if<bool>(&cell)) return *flag;
  return nullptr;
}

boost::json::object to_object(const Table& table, const std::vector<Cell>& row) {
  boost::json::object object;
  for (std::size_t i = 0; i < table.columns.size(); ++i) object[table.columns[i]] = to_value(row[i]);
  return object;
}

std::string shown(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* number = std::get_if<long long>(&cell)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? "yes" : "no";
  return "-";
}

/// width counts columns of a terminal: a character of three UTF-8 bytes is a Japanese one and takes two.
std::size_t width(const std::string& text) {
  std::size_t columns = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 || (byte >= 0xC0 && byte < 0xE0)) columns += 1;
    if (byte >= 0xE0) columns += 2;
  }
  return columns;
}

void append_padded(std::string& line, const std::string& text, std::size_t to, bool last) {
  line += text;
  if (!last) line.append(to - width(text) + 2, ' ');
}

}  // namespace

std::string to_json(const Table& table) {
  boost::json::array list;
  for (const auto& row : table.rows) list.push_back(to_object(table, row));
  return boost::json::serialize(list) + "\n";
}

std::string to_json_object(const Table& table) {
  return boost::json::serialize(table.rows.empty() ? boost::json::object() : to_object(table, table.rows.front())) + "\n";
}

std::string to_text(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    widths.push_back(width(table.columns[i]));
    for (const auto& row : table.rows) widths[i] = std::max(widths[i], width(shown(row[i])));
  }
  std::string out;
  const auto line = [&](auto&& text_of) {
    for (std::size_t i = 0; i < widths.size(); ++i) append_padded(out, text_of(i), widths[i], i + 1 == widths.size());
    out += '\n';
  };
  line([&](std::size_t i) { return table.columns[i]; });
  for (const auto& row : table.rows) line([&](std::size_t i) { return shown(row[i]); });
  return out;
}

std::string to_lines(const Table& table) {
  std::string out;
  if (table.rows.empty()) return out;
  std::size_t widest = 0;
  for (const std::string& column : table.columns) widest = std::max(widest, width(column));
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    append_padded(out, table.columns[i], widest, false);
    out += shown(table.rows.front()[i]) + "\n";
  }
  return out;
}

}  // namespace inkan::server
