#include "store/copy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "store/migration.hpp"
#include "store/statements.hpp"

namespace inkan::store {
namespace {

constexpr int kPage = 500;
constexpr const char* kCopier = "copy";  // the node name of a process that only copies
const std::set<std::string> kOfTheMoment = {"sessions", "staff_sessions", "grants", "heartbeats", "migrations"};

enum class Kind { text, number, bytes };

struct Column {
  std::string name;
  Kind kind = Kind::text;
  int key = 0;  ///< its place in the primary key, from 1; 0: none
};

struct TableShape {
  std::string name;
  std::vector<Column> columns;
  bool numbered = false;  ///< its key is given by the database
};

/// Held is one value that outlives its row.
struct Held {
  bool null = true;
  long long number = 0;
  std::string bytes;
};

Value value_of(const Held& held, Kind kind) {
  if (held.null) return std::monostate();
  if (kind == Kind::number) return held.number;
  if (kind == Kind::bytes) return as_bytes(held.bytes);
  return std::string_view(held.bytes);
}

std::vector<const Column*> key_of(const TableShape& table) {
  std::vector<const Column*> key;
  for (const Column& column : table.columns)
    if (column.key != 0) key.push_back(&column);
  std::ranges::sort(key, {}, &Column::key);
  return key;
}

std::string placeholders(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 1; i <= count; ++i) all.push_back(fmt::format("${}", i));
  return fmt::format("{}", fmt::join(all, ", "));
}

template <class Range>
std::string names_of(const Range& columns) {
  std::vector<std::string> all;
  for (const auto& column : columns) {
    if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(column)>>)
      all.push_back(column->name);
    else
      all.push_back(column.name);
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

/// shapes_of reads the tables of a schema from SQLite's own account of them, in the order of their making, so that what is
/// referred to comes first.
Result<std::vector<TableShape>> shapes_of(Connection& sqlite) {
  std::vector<TableShape> tables;
  const auto read = sqlite.run(
      "SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY "
      "m.rowid, c.cid",
      {}, [&](const Row& row) -> Result<void> {
        const std::string name(row.text(0)), type(row.text(2));
        if (kOfTheMoment.contains(name)) return {};
        if (tables.empty() || tables.back().name != name) tables.push_back({.name = name, .columns = {}});
        const Kind kind = type == "INTEGER" ? Kind::number : type == "BLOB" ? Kind::bytes : Kind::text;
        tables.back().columns.push_back({.name = std::string(row.text(1)), .kind = kind, .key = static_cast<int>(row.number(3))});
        return {};
      });
  if (!read) return fail(read);
  for (TableShape& table : tables) {
    const auto key = key_of(table);
    table.numbered = key.size() == 1 && key.front()->kind == Kind::number;
  }
  return tables;
}

/// Copying is one table on its way from one connection to the other, page by page in the order of its key.
class Copying {
 public:
  Copying(Connection& from, Connection& to, const Dialect& words, const TableShape& table)
      : from_(from), to_(to), table_(table), key_(key_of(table)) {
    const std::string columns = names_of(table.columns), key = names_of(key_);
    first_ = fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT {}", columns, table.name, key, kPage);
    next_ = fmt::format("SELECT {} FROM {} WHERE ({}) > ({}) ORDER BY {} LIMIT {}", columns, table.name, key,
                        placeholders(key_.size()), key, kPage);
    insert_ = fmt::format("INSERT INTO {} ({}){} VALUES ({})", table.name, columns, table.numbered ? words.given_numbers : "",
                          placeholders(table.columns.size()));
  }

  Result<long long> run() {
    long long rows = 0;
    while (true) {
      auto page = read_page();
      if (!page) return fail(page);
      for (const auto& row : *page)
        if (auto put = to_.run(insert_, values_of(row), {}); !put) return fail(put);
      rows += static_cast<long long>(page->size());
      if (page->size() < kPage) return rows;
      last_ = std::move(page->back());
    }
  }

 private:
  using HeldRow = std::vector<Held>;

  std::vector<Value> values_of(const HeldRow& row) const {
    std::vector<Value> values;
    for (std::size_t i = 0; i < row.size(); ++i) values.push_back(value_of(row[i], table_.columns[i].kind));
    return values;
  }

  Result<std::vector<HeldRow>> read_page() {
    std::vector<Value> after;
    if (!last_.empty())
      for (const Column* column : key_) {
        const auto at = static_cast<std::size_t>(column - table_.columns.data());
        after.push_back(value_of(last_[at], column->kind));
      }
    std::vector<HeldRow> page;
    const auto read = from_.run(last_.empty() ? first_ : next_, after, [&](const Row& row) -> Result<void> {
      HeldRow held(table_.columns.size());
      for (std::size_t i = 0; i < held.size(); ++i) {
        const int column = static_cast<int>(i);
        held[i].null = row.is_null(column);
        if (held[i].null) continue;
        if (table_.columns[i].kind == Kind::number)
          held[i].number = row.number(column);
        else
          held[i].bytes = row.text(column);
      }
      page.push_back(std::move(held));
      return {};
    });
    if (!read) return fail(read);
    return page;
  }

  Connection& from_;
  Connection& to_;
  const TableShape& table_;
  std::vector<const Column*> key_;
  std::string first_, next_, insert_;
  HeldRow last_;
};

Result<void> require_empty(Connection& to, const TableShape& table) {
  bool empty = true;
  const auto looked = to.run(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name), {}, [&](const Row&) -> Result<void> {
    empty = false;
    return {};
  });
  if (!looked) return fail(looked);
  if (!empty) return fail(Code::conflict, "store.not_empty", table.name);
  return {};
}

Result<long long> copy_all(Connection& from, Connection& to, const Dialect& words, Connection& sqlite) {
  const auto tables = shapes_of(sqlite);
  if (!tables) return fail(tables);
  for (const TableShape& table : *tables)
    if (auto empty = require_empty(to, table); !empty) return fail(empty);
  long long rows = 0;
  for (const TableShape& table : *tables) {
    const auto copied = Copying(from, to, words, table).run();
    if (!copied) return copied;
    rows += *copied;
    if (!table.numbered || words.go_on_numbering.empty()) continue;
    const auto sql = fill(words.go_on_numbering, {{"table", table.name}, {"column", key_of(table).front()->name}});
    if (!sql) return fail(sql);
    if (auto set = to.run_script(*sql); !set) return fail(set);
  }
  return rows;
}

/// within runs `work` between the words that begin and end a transaction.
template <class Work>
auto within(Connection& connection, const std::string& begin, const Work& work) {
  using Done = std::invoke_result_t<Work>;
  if (auto begun = connection.run_script(begin); !begun) return Done(fail(begun));
  Done done = work();
  auto ended = connection.run_script(done ? "COMMIT" : "ROLLBACK");
  return !done || ended ? done : Done(fail(ended));
}

}  // namespace

Result<long long> copy(const std::string& from_url, const std::string& to_url) {
  const auto status = migration_status(from_url);
  if (!status) return fail(status);
  if (auto current = require_current(*status); !current) return fail(current);
  if (auto up = migrate(to_url); !up) return fail(up);
  const auto source = make_engine(from_url), target = make_engine(to_url);
  if (!source) return fail(source);
  if (!target) return fail(target);
  const auto from = (*source)->connect(Access::read, {});
  if (!from) return fail(from);
  const auto to = (*target)->connect(Access::write, kCopier);
  if (!to) return fail(to);
  const Dialect& words = (*target)->dialect();
  Connection& sqlite = from_url.starts_with("sqlite:") ? **from : **to;
  return within(**from, (*source)->dialect().begin_read,
                [&] { return within(**to, words.begin_write, [&] { return copy_all(**from, **to, words, sqlite); }); });
}

Result<long long> void_codes(const std::string& url, Instant now) {
  const auto engine = make_engine(url);
  if (!engine) return fail(engine);
  const auto connection = (*engine)->connect(Access::write, kCopier);
  if (!connection) return fail(connection);
  return Statements(**connection).run("UPDATE codes SET used_at = $1 WHERE used_at IS NULL", {to_epoch(now)});
}

Result<void> check_file(const std::string& url) {
  const auto engine = make_engine(url);
  if (!engine) return fail(engine);
  const auto connection = (*engine)->connect(Access::read, {});
  if (!connection) return fail(connection);
  std::string found;
  const OnRow note = [&](const Row& row) -> Result<void> {
    if (row.text(0) != "ok" && found.empty()) found = row.text(0);
    return {};
  };
  for (const char* look : {"PRAGMA integrity_check(1)", "PRAGMA foreign_key_check"})
    if (auto looked = (*connection)->run(look, {}, note); !looked)
      return fail(Code::corrupt, "store.corrupt", looked.error().detail);
  if (!found.empty()) return fail(Code::corrupt, "store.corrupt", found);
  return {};
}

}  // namespace inkan::store
