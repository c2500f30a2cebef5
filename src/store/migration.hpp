#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "store/connection.hpp"
#include "store/open.hpp"

namespace inkan::store {

/// Migration is one numbered step of the schema, embedded from migrations/NUMBER_name.sql. Steps only go forward, and one that
/// has been shipped never changes: its checksum is on record in every database it was run on.
struct Migration {
  long long number = 0;  ///< from 1, without gaps
  std::string_view name;
  std::string_view sql;  ///< with {words} of the Dialect
  Digest checksum;       ///< of the text before the words are filled
};

/// embedded_migrations are all of this program, in order.
std::vector<Migration> embedded_migrations();

/// read_status compares what was run on a database with what is known. Error: `store.migration_changed` when a step on record is
/// not the one we know by that number.
Result<MigrationStatus> read_status(Connection& connection, const Dialect& dialect, const std::vector<Migration>& known);

/// bring_up runs what is missing, all or nothing. Errors: `store.schema_newer`, `store.migration_changed`, `store.unavailable`.
Result<MigrationStatus> bring_up(Connection& connection, const Dialect& dialect, const std::vector<Migration>& known);

/// require_current refuses a schema that is not this program's. Errors: `store.schema_newer`, `store.schema_older`.
Result<void> require_current(const MigrationStatus& status);

}  // namespace inkan::store
