#include "store/migration.hpp"

#include <tuple>

#include <fmt/format.h>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "store/statements.hpp"

namespace inkan::store {

std::span<const EmbeddedFile> embedded_files();

namespace {

std::unexpected<Error> unlike(std::string_view id, const MigrationStatus& status) {
  return fail(Code::unavailable, std::string(id), fmt::format("schema {}, program {}", status.current, status.newest));
}

Result<void> run_missing(Connection& connection, const Dialect& dialect, const std::vector<Migration>& known) {
  const auto record = fill(
      "CREATE TABLE IF NOT EXISTS migrations (number {integer} NOT NULL PRIMARY KEY, name {text} NOT NULL, "
      "checksum {bytes} NOT NULL){keyed}",
      dialect.types);
  if (!record) return fail(record);
  if (auto made = connection.run_script(*record); !made) return made;
  const auto status = read_status(connection, dialect, known);
  if (!status) return fail(status);
  if (status->current > status->newest) return unlike("store.schema_newer", *status);

  Statements statements(connection);
  for (const Migration& migration : known) {
    if (migration.number <= status->current) continue;
    const auto sql = fill(migration.sql, dialect.types);
    if (!sql) return fail(sql);
    if (auto ran = connection.run_script(*sql); !ran) return ran;
    const auto kept = statements.run("INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
                                     {migration.number, migration.name, migration.checksum.view()});
    if (!kept) return fail(kept);
  }
  return {};
}

}  // namespace

std::vector<Migration> embedded_migrations() {
  std::vector<Migration> all;
  for (const EmbeddedFile& file : embedded_files()) {  // sorted by name, "migrations/0001_first.sql"
    std::string_view name = file.name.substr(file.name.find('/') + 1);
    name.remove_suffix(std::string_view(".sql").size());
    const long long number = std::stoll(std::string(name.substr(0, name.find('_'))));
    check(number == static_cast<long long>(all.size()) + 1, "store: migrations are numbered without gaps");
    all.push_back({.number = number, .name = name, .sql = file.content, .checksum = sha256(as_bytes(file.content))});
  }
  return all;
}

Result<MigrationStatus> read_status(Connection& connection, const Dialect& dialect, const std::vector<Migration>& known) {
  MigrationStatus status{.current = 0, .newest = static_cast<long long>(known.size())};
  Statements statements(connection);
  bool exists = false;
  const auto looked = statements.run(dialect.find_table, {std::string_view("migrations")}, [&](const Row&) -> Result<void> {
    exists = true;
    return {};
  });
  if (!looked) return fail(looked);
  if (!exists) return status;
  const auto read =
      statements.run("SELECT number, checksum FROM migrations ORDER BY number", {}, [&](const Row& row) -> Result<void> {
        status.current = row.number(0);
        if (status.current < 1 || status.current > status.newest) return {};
        const Migration& ours = known[static_cast<std::size_t>(status.current) - 1];
        const auto checksum = Digest::from(row.bytes(1));
        if (!checksum || *checksum != ours.checksum)
          return fail(Code::corrupt, "store.migration_changed", std::string(ours.name));
        return {};
      });
  if (!read) return fail(read);
  return status;
}

Result<MigrationStatus> bring_up(Connection& connection, const Dialect& dialect, const std::vector<Migration>& known) {
  if (auto begun = connection.run_script(dialect.begin_migration); !begun) return fail(begun);
  auto done = run_missing(connection, dialect, known);
  if (done) done = connection.run_script("COMMIT");
  if (!done) {
    std::ignore = connection.run_script("ROLLBACK");  // what a closed connection does by itself; `done` says what went wrong
    return fail(done);
  }
  return read_status(connection, dialect, known);
}

Result<void> require_current(const MigrationStatus& status) {
  if (status.current > status.newest) return unlike("store.schema_newer", status);
  if (status.current < status.newest) return unlike("store.schema_older", status);
  return {};
}

}  // namespace inkan::store
