#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace inkan::server {

/// Cell is one value of an answer; an empty one is shown as "-" and written as null.
using Cell = std::variant<std::monostate, std::string, long long, bool>;

/// Table is what a verb answers: named columns, one row per thing. One verb, one table, three ways to print it.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
  bool partly_done = false;  ///< some of what was asked for could not be done: exit status 10
};

/// to_json writes a list of objects; to_text an aligned table (east-asian wide characters count two columns).
std::string to_json(const Table& table);
std::string to_text(const Table& table);

/// to_json_object writes one row as one object; to_lines as "name: value" lines.
std::string to_json_object(const Table& table);
std::string to_lines(const Table& table);

/// cell makes a Cell of what may be absent.
template <class T>
Cell cell(const std::optional<T>& value) {
  return value ? Cell(*value) : Cell();
}

}  // namespace inkan::server
