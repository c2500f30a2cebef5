#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/connection.hpp"

namespace inkan::store {

/// select writes a query: `columns` as one of the kXColumns of rows.hpp, `rest` from the name of the table on.
std::string select(std::string_view columns, std::string_view rest);

/// Statements are what one piece of work runs on a connection. After the first failure nothing runs any more and every call gives
/// that failure again: a work that overlooks an Error cannot go on half-done, and both engines behave alike (PostgreSQL refuses
/// by itself, SQLite would carry on).
class Statements {
 public:
  explicit Statements(Connection& connection) : connection_(connection) {}

  /// run executes one statement and gives the number of rows changed. Errors: Connection's.
  Result<long long> run(std::string_view sql, std::initializer_list<Value> parameters, const OnRow& on_row = {});

  /// find gives the first row as `parse` reads it, or nothing.
  template <class T>
  Result<std::optional<T>> find(std::string_view sql, std::initializer_list<Value> parameters, Result<T> (*parse)(const Row&)) {
    std::optional<T> found;
    const auto ran = run(sql, parameters, [&](const Row& row) { return found ? Result<void>() : keep(parse(row), found); });
    if (!ran) return fail(ran);
    return found;
  }

  /// list gives all rows as `parse` reads them.
  template <class T>
  Result<std::vector<T>> list(std::string_view sql, std::initializer_list<Value> parameters, Result<T> (*parse)(const Row&)) {
    std::vector<T> all;
    const auto ran = run(sql, parameters, [&](const Row& row) -> Result<void> {
      auto value = parse(row);
      if (!value) return fail(value);
      all.push_back(std::move(*value));
      return {};
    });
    if (!ran) return fail(ran);
    return all;
  }

  /// failure is the first Error of these statements.
  const std::optional<Error>& failure() const { return failure_; }
  Connection& connection() { return connection_; }

 private:
  template <class T>
  static Result<void> keep(Result<T> value, std::optional<T>& found) {
    if (!value) return fail(value);
    found = std::move(*value);
    return {};
  }

  Connection& connection_;
  std::optional<Error> failure_;
};

}  // namespace inkan::store
