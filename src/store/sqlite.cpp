#include "store/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/handle.hpp"
#include "store/connection.hpp"

namespace inkan::store {
namespace {

using Database = Handle<sqlite3, sqlite3_close_v2>;
using Statement = Handle<sqlite3_stmt, sqlite3_finalize>;

std::unexpected<Error> failed(sqlite3* database, std::string_view what) {
  const int code = sqlite3_extended_errcode(database);
  std::string detail = std::string(what) + ": " + sqlite3_errmsg(database) + " (" + std::to_string(code) + ")";
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: return fail(Code::conflict, "store.conflict", std::move(detail));
    default: break;
  }
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return fail(Code::internal, "store.constraint", std::move(detail));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return fail(Code::corrupt, "store.corrupt", std::move(detail));
    default: return fail(Code::unavailable, "store.unavailable", std::move(detail));
  }
}

class SqliteRow : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  long long number(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override { return as_text(bytes(column)); }
  ByteView bytes(int column) const override {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

/// Running resets a statement when its run is over, whichever way it ends.
class Running {
 public:
  explicit Running(sqlite3_stmt* statement) : statement_(statement) {}
  ~Running() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  sqlite3_stmt* statement_;
};

int bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* number = std::get_if<long long>(&value)) return sqlite3_bind_int64(statement, index, *number);
  if (const auto* text = std::get_if<std::string_view>(&value))
    return sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  if (const auto* bytes = std::get_if<ByteView>(&value))
    return bytes->empty() ? sqlite3_bind_zeroblob(statement, index, 0)
                          : sqlite3_bind_blob64(statement, index, bytes->data(), bytes->size(), SQLITE_STATIC);
  return sqlite3_bind_null(statement, index);
}

class SqliteConnection : public Connection {
 public:
  explicit SqliteConnection(Database database) : database_(std::move(database)) {}

  Result<long long> run(std::string_view sql, std::span<const Value> parameters, const OnRow& on_row) override {
    const auto statement = prepare(sql);
    if (!statement) return fail(statement);
    check(static_cast<std::size_t>(sqlite3_bind_parameter_count(*statement)) == parameters.size(),
          "store: parameters of a statement");
    const Running running(*statement);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (bind(*statement, static_cast<int>(i) + 1, parameters[i]) != SQLITE_OK) return failed(database_.get(), sql);
    const SqliteRow row(*statement);
    for (;;) {
      const int step = sqlite3_step(*statement);
      if (step == SQLITE_DONE) break;
      if (step != SQLITE_ROW) return failed(database_.get(), sql);
      if (!on_row) continue;
      if (auto taken = on_row(row); !taken) return fail(taken);
    }
    return sqlite3_stmt_readonly(*statement) != 0 ? 0 : sqlite3_changes64(database_.get());
  }

  Result<void> run_script(const std::string& sql) override {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failed(database_.get(), sql);
    return {};
  }

  Result<void> control(std::string_view sql) override {
    for (std::size_t at = 0; at < sql.size();) {
      const std::size_t end = std::min(sql.find(';', at), sql.size());
      if (auto ran = run(sql.substr(at, end - at), {}, {}); !ran) return fail(ran);
      at = end + 1;
    }
    return {};
  }

  bool is_lost() const override { return false; }

  Result<bool> others_wrote() override {
    long long version = 0;
    const auto read = run("PRAGMA data_version", {}, [&](const Row& row) -> Result<void> {
      version = row.number(0);
      return {};
    });
    if (!read) return fail(read);
    return std::exchange(data_version_, version) != version;
  }

  Result<std::string> transaction_id() override { return std::string(); }
  Result<bool> was_committed(const std::string&) override { return false; }

 private:
  Result<sqlite3_stmt*> prepare(std::string_view sql) {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) return known->second.statement.get();
    auto text = std::make_unique<std::string>(sql);
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v3(database_.get(), text->c_str(), static_cast<int>(text->size()), SQLITE_PREPARE_PERSISTENT, &made,
                           nullptr) != SQLITE_OK)
      return failed(database_.get(), sql);
    Statement statement(made);
    for (int i = 1; i <= sqlite3_bind_parameter_count(made); ++i)  // SQLite takes "$2" for a name, not for a position
      check(sqlite3_bind_parameter_name(made, i) == "$" + std::to_string(i),
            "store: parameters in the order of their appearance");
    const std::string_view key = *text;
    statements_.emplace(key, Kept{std::move(text), std::move(statement)});
    return made;
  }

  struct Kept {
    std::unique_ptr<std::string> sql;  // what the key looks at
    Statement statement;
  };
  Database database_;
  std::unordered_map<std::string_view, Kept> statements_;
  long long data_version_ = -1;
};

const Dialect& words() {
  static const Dialect kWords{
      .types = {{"text", "TEXT"},
                {"integer", "INTEGER"},
                {"bytes", "BLOB"},
                {"identity", "INTEGER PRIMARY KEY"},
                {"keyed", " STRICT, WITHOUT ROWID"},
                {"rows", " STRICT"}},
      .begin_write = "BEGIN IMMEDIATE",
      .begin_read = "BEGIN",
      .begin_migration = "BEGIN EXCLUSIVE",
      .lock_row = "",
      .find_table = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = $1",
      .given_numbers = "",
      .go_on_numbering = "",
  };
  return kWords;
}

class SqliteEngine : public Engine {
 public:
  explicit SqliteEngine(SqliteOptions options) : options_(std::move(options)) {}

  const Dialect& dialect() const override { return words(); }

  Result<std::unique_ptr<Connection>> connect(Access access, const std::string&) override {
    if (access == Access::read && !std::filesystem::exists(options_.path))
      return fail(Code::not_found, "store.not_found", options_.path);
    // One lock less on every allocation; what it would count is never asked for. Too late is no harm.
    static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(uncounted);
    if (access == Access::write) make_private();
    const int mode = access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* made = nullptr;
    const int opened = sqlite3_open_v2(options_.path.c_str(), &made, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database(made);
    if (opened != SQLITE_OK) return failed(made, options_.path);
    sqlite3_busy_timeout(made, options_.busy_seconds * 1000);
    auto connection = std::make_unique<SqliteConnection>(std::move(database));
    if (auto set = connection->run_script("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY");
        !set)
      return fail(set);
    if (access == Access::write)
      if (auto set = prepare_writer(*connection); !set) return fail(set);
    return connection;
  }

 private:
  /// make_private makes a missing database readable by nobody else, as SQLite then makes its logs. What fails here, fails again
  /// when SQLite opens the file, and is reported there.
  void make_private() const {
    const int file = ::open(options_.path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0) ::close(file);
  }

  Result<void> prepare_writer(Connection& connection) const {
    std::string journal;
    const auto switched = connection.run("PRAGMA journal_mode = WAL", {}, [&](const Row& row) -> Result<void> {
      journal = row.text(0);
      return {};
    });
    if (!switched) return fail(switched);
    if (journal != "wal") return fail(Code::unavailable, "store.unavailable", options_.path + " cannot keep a write-ahead log");
    // FULL flushes the log at every commit. Pages go from the log into the database 4000 at a time (16 MiB); a log grown by a
    // long read shrinks back to 64 MiB.
    std::string script =
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; "
        "PRAGMA cache_size = -65536;";
    if (options_.max_pages > 0) script += " PRAGMA max_page_count = " + std::to_string(options_.max_pages) + ";";
    return connection.run_script(script);
  }

  SqliteOptions options_;
};

}  // namespace

std::unique_ptr<Engine> make_sqlite_engine(SqliteOptions options) { return std::make_unique<SqliteEngine>(std::move(options)); }

}  // namespace inkan::store
