#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// Private to store: one thin layer under which SQLite and PostgreSQL look the same. Everything above it is written once.
namespace inkan::store {

/// Value is one parameter of a statement: nothing (NULL), a number, text or bytes. Text and bytes are only looked at and must
/// stand until the statement has run.
using Value = std::variant<std::monostate, long long, std::string_view, ByteView>;

/// Row is one row of an answer, valid while the callback runs. Columns count from 0; what is NULL reads as 0 or empty.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual long long number(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual ByteView bytes(int column) const = 0;
};

using OnRow = std::function<Result<void>(const Row&)>;

/// Connection is one open connection, used by one thread at a time.
///
/// Errors of both verbs: `store.conflict` (a unique index said no), `store.constraint` (another rule of the schema did: a defect
/// of the caller), `store.text` (text that is not UTF-8 or holds a NUL), `store.corrupt`, and `store.unavailable` for all else.
class Connection {
 public:
  virtual ~Connection() = default;

  /// run executes one statement, prepared at its first use and kept. Parameters are written $1, $2 … in the order of their first
  /// appearance. Gives the number of rows it changed (0 for a query). An Error of `on_row` ends it and is passed on.
  virtual Result<long long> run(std::string_view sql, std::span<const Value> parameters, const OnRow& on_row) = 0;

  /// run_script executes statements without parameters and answers, separated by semicolons, in one round trip.
  virtual Result<void> run_script(const std::string& sql) = 0;

  /// control runs what begins, parts and ends transactions: run_script for words that come again and again.
  virtual Result<void> control(std::string_view sql) = 0;

  /// is_lost tells that nothing will work on this connection any more: open another.
  virtual bool is_lost() const = 0;

  /// others_wrote tells, inside a write transaction, whether another connection may have changed the audit chain of this node
  /// since the last call.
  virtual Result<bool> others_wrote() = 0;

  /// transaction_id names the running write transaction, so that a connection opened after a loss can tell what became of it.
  /// Empty where the question cannot arise.
  virtual Result<std::string> transaction_id() = 0;
  /// was_committed answers for a transaction_id of an earlier connection.
  virtual Result<bool> was_committed(const std::string& transaction_id) = 0;
};

/// Dialect is every word in which the engines differ.
struct Dialect {
  std::map<std::string, std::string> types;  ///< fills the {words} of migrations/*.sql
  std::string begin_write;
  std::string begin_read;       ///< a consistent view that waits for no writer
  std::string begin_migration;  ///< a write transaction that only one process is in
  std::string lock_row;         ///< suffix of a SELECT that keeps the row from others until the commit
  std::string find_table;       ///< gives a row when the table named $1 exists
  std::string given_numbers;    ///< in an INSERT: the key of an {identity} column is given
  std::string go_on_numbering;  ///< script after such: numbers go on after the highest in {table}, {column}
};

enum class Access { read, write };

/// Engine opens connections to one database.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual const Dialect& dialect() const = 0;
  /// connect opens a connection. The one for writing belongs to `node`, by itself where several processes can write at once.
  /// Errors: `store.unavailable`, `store.corrupt`, `store.node_in_use`,
  /// and `store.not_found` for reading where there is no database yet.
  virtual Result<std::unique_ptr<Connection>> connect(Access access, const std::string& node) = 0;
};

/// make_engine finds the engine of a store's URL (open.hpp). Error: `store.url`.
Result<std::unique_ptr<Engine>> make_engine(const std::string& url);

}  // namespace inkan::store
