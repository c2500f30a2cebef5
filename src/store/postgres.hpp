#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

namespace inkan::store {

class Engine;

/// PostgresOptions say where a PostgreSQL database is.
struct PostgresOptions {
  std::string connection;  ///< libpq's connection string: "postgresql://…" or "host=… dbname=…"
  int wait_seconds = 5;    ///< how long to wait for a connection, a row's lock, or a node name that another process still holds
};

/// make_postgres_engine opens nothing yet: each connection is opened when asked for.
std::unique_ptr<Engine> make_postgres_engine(PostgresOptions options);

}  // namespace inkan::store
