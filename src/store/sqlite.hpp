#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

namespace inkan::store {

class Engine;

/// SqliteOptions say where an embedded database lies.
struct SqliteOptions {
  std::string path;         ///< made when it is not there; "-wal" and "-shm" lie beside it
  int busy_seconds = 5;     ///< how long to wait for another process that writes
  long long max_pages = 0;  ///< a limit on the file's size in pages of 4 KiB; 0: the disk's
};

/// make_sqlite_engine opens nothing yet: each connection is opened when asked for.
std::unique_ptr<Engine> make_sqlite_engine(SqliteOptions options);

}  // namespace inkan::store
