#pragma once

#include <memory>
#include <string>

#include "lifecycle/store.hpp"

namespace inkan::store {

/// Options say which memory to open, and as whom.
struct Options {
  std::string url;       ///< "sqlite:PATH", "postgresql://…", or libpq's "host=… dbname=…"
  std::string node;      ///< this process's name in the audit trail
  bool migrate = false;  ///< bring the schema up first
};

/// open opens a store. Errors: `store.url`, `store.schema_newer` (the database was written by a newer program),
/// `store.schema_older` (run `inkan migrate up`), `store.migration_changed`, `store.node_in_use` (PostgreSQL: another process has
/// this node name), `store.corrupt`, `store.unavailable`.
Result<std::unique_ptr<lifecycle::Store>> open(const Options& options);

/// MigrationStatus is how far a database's schema is, and how far this program could bring it.
struct MigrationStatus {
  long long current = 0;  ///< 0: empty
  long long newest = 0;
};

/// migration_status looks without changing anything. Errors: open's.
Result<MigrationStatus> migration_status(const std::string& url);

/// migrate brings the schema up, all or nothing. Errors: open's.
Result<MigrationStatus> migrate(const std::string& url);

}  // namespace inkan::store
