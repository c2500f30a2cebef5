// The bare work of the notice job: the same selection, and the same rows of notice, letter and audit record, by sqlite3's own
// calls in one transaction with prepared statements. Texts are those of one real notice, and no hash is computed.

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <variant>

#include "base/time.hpp"
#include "measure.hpp"

namespace inkan::bench {
namespace {

/// Sqlite is one database, opened as the store opens it for writing.
class Sqlite {
 public:
  explicit Sqlite(const std::filesystem::path& path) {
    if (sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
      stop("cannot open " + path.string());
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768");
  }
  ~Sqlite() { sqlite3_close_v2(database_); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  void run(const char* sql) {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      stop(std::string(sql) + ": " + sqlite3_errmsg(database_));
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
      stop(std::string(sql) + ": " + sqlite3_errmsg(database_));
    return statement;
  }
  [[noreturn]] void stop_here() { stop(sqlite3_errmsg(database_)); }

 private:
  sqlite3* database_ = nullptr;
};

using Value = std::variant<sqlite3_int64, std::string, Bytes>;

/// Statement is one prepared statement of a Sqlite.
class Statement {
 public:
  Statement(Sqlite& database, const char* sql) : database_(database), statement_(database.prepare(sql)) {}
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(std::initializer_list<Value> values) {
    sqlite3_reset(statement_);
    int index = 0;
    for (const Value& value : values) {
      ++index;
      if (const auto* number = std::get_if<sqlite3_int64>(&value)) sqlite3_bind_int64(statement_, index, *number);
      if (const auto* text = std::get_if<std::string>(&value))
        sqlite3_bind_text64(statement_, index, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
      if (const auto* bytes = std::get_if<Bytes>(&value))
        sqlite3_bind_blob64(statement_, index, bytes->data(), bytes->size(), SQLITE_TRANSIENT);
    }
  }
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) database_.stop_here();
    return result == SQLITE_ROW;
  }
  void run(std::initializer_list<Value> values) {
    bind(values);
    step();
  }
  std::string text(int column) const { return as_text_of(bytes(column)); }
  sqlite3_int64 number(int column) const { return sqlite3_column_int64(statement_, column); }
  Bytes bytes(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return Bytes(data, data + sqlite3_column_bytes(statement_, column));
  }

 private:
  static std::string as_text_of(const Bytes& bytes) { return std::string(as_text(bytes)); }

  Sqlite& database_;
  sqlite3_stmt* statement_;
};

/// Texts are the long values of one notice.
struct Texts {
  std::string subject, body, detail;
};

Texts read_texts(const std::filesystem::path& path) {
  Sqlite database(path);
  Statement notice(database, "SELECT subject, body FROM notices ORDER BY id DESC LIMIT 1");
  Statement record(database, "SELECT detail FROM audit_records WHERE action = 'notice.decided' LIMIT 1");
  if (!notice.step() || !record.step()) stop(path.string() + " holds no notice");
  return {notice.text(0), notice.text(1), record.text(0)};
}

/// Due is one row of the selection.
struct Due {
  std::string login_id, company, mail;
  Bytes serial;
  sqlite3_int64 expiry_day = 0;
};

constexpr const char* kSelect =
    "SELECT c.login_id, h.company, h.mail, c.serial, c.expiry_day FROM certificates c CROSS JOIN holders h "
    "WHERE c.institution = ?1 AND c.stage = 'issued' AND c.revoked_at IS NULL AND c.held_at IS NULL AND c.expiry_day BETWEEN ?2 "
    "AND ?3 "
    "AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.serial = c.serial AND n.kind = ?4) "
    "AND NOT EXISTS (SELECT 1 FROM certificates newer WHERE newer.institution = c.institution AND newer.login_id = c.login_id "
    "AND newer.stage = 'issued' AND newer.revoked_at IS NULL AND (newer.issued_at, newer.id) > (c.issued_at, c.id)) "
    "AND h.institution = c.institution AND h.login_id = c.login_id AND h.entitlement = 'held'";

class Day {
 public:
  Day(Sqlite& database, std::string institution, sqlite3_int64 today, Texts texts)
      : institution_(std::move(institution)),
        today_(today),
        texts_(std::move(texts)),
        select_(database, kSelect),
        notice_(database,
                "INSERT INTO notices (number, institution, login_id, serial, kind, decided_on, remaining, subject, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        letter_(database,
                "INSERT INTO letters (institution, login_id, notice, recipient, subject, body, message_id, state, attempts, "
                "next_attempt, about) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?)"),
        record_(database,
                "INSERT INTO audit_records (node, sequence, at, actor, action, institution, subject, detail, previous, hash) "
                "VALUES ('bare' || ?, ?, ?, 'job notices', 'notice.decided', ?, ?, ?, ?, ?)") {}

  void decide_kind(const std::string& kind, int from, int to) {
    select_.bind({institution_, today_ + from, today_ + to, kind});
    std::vector<Due> all;
    while (select_.step())
      all.push_back({select_.text(0), select_.text(1), select_.text(2), select_.bytes(3), select_.number(4)});
    for (const Due& due : all) decide(due, kind);
  }
  sqlite3_int64 decided() const { return decided_; }

 private:
  void decide(const Due& due, const std::string& kind) {
    const std::string number = fmt::format("N-{}-{:06}", today_, ++decided_);
    const sqlite3_int64 now = today_ * 86'400;
    const Bytes hash(32, 0x5a);
    notice_.run(
        {number, institution_, due.login_id, due.serial, kind, today_, due.expiry_day - today_, texts_.subject, texts_.body});
    letter_.run({institution_, due.login_id, number, due.mail, texts_.subject, texts_.body, "<" + number + ".d1@inkan.invalid>",
                 now, due.serial});
    record_.run({today_, decided_, now, institution_, due.login_id, texts_.detail, hash, hash});
  }

  std::string institution_;
  sqlite3_int64 today_;
  Texts texts_;
  Statement select_, notice_, letter_, record_;
  sqlite3_int64 decided_ = 0;
};

void run(const std::filesystem::path& path, const std::filesystem::path& like, const std::string& institution,
         sqlite3_int64 today) {
  Texts texts = read_texts(like);
  Sqlite database(path);
  const double before = cpu_seconds(::getpid());
  const auto start = std::chrono::steady_clock::now();
  database.run("BEGIN IMMEDIATE");
  Day day(database, institution, today, std::move(texts));
  day.decide_kind("before-10", 0, 10);
  day.decide_kind("before-30", 11, 30);
  database.run("COMMIT");
  const double cpu = cpu_seconds(::getpid()) - before;
  Answer()
      .add("notices", static_cast<double>(day.decided()))
      .add("cpu_seconds", cpu)
      .add("wall_seconds", seconds_since(start))
      .print();
}

}  // namespace
}  // namespace inkan::bench

int main(int argc, char** argv) {
  using namespace inkan;
  CLI::App app("Does one day of the notice job by SQL alone.");
  std::filesystem::path database;
  std::filesystem::path like;
  std::string institution;
  std::string day;
  app.add_option("--database", database)->required();
  app.add_option("--like", like, "database that holds a notice to copy the texts of")->required();
  app.add_option("--institution", institution)->required();
  app.add_option("--day", day, "YYYY-MM-DD")->required();
  CLI11_PARSE(app, argc, argv);
  bench::run(database, like, institution, to_epoch_day(bench::need(parse_day(day), "day")));
  return 0;
}
