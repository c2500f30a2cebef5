#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/postgres.hpp"
#include "store/sql_store.hpp"
#include "store/sqlite.hpp"
#include "support/tool.hpp"

namespace inkan {

/// store_engines are the engines that contract tests run on. INKAN_TEST_POSTGRES holds a connection string of a PostgreSQL for
/// tests; "off" leaves PostgreSQL out, and without a value its tests fail.
inline std::vector<std::string> store_engines() {
  const char* postgres = std::getenv("INKAN_TEST_POSTGRES");
  if (postgres != nullptr && std::string_view(postgres) == "off") return {"sqlite"};
  return {"sqlite", "postgres"};
}

/// StorePlace is an empty database for one test: a file in a folder of its own, or a schema of its own.
class StorePlace {
 public:
  explicit StorePlace(const std::string& engine) {
    if (engine == "sqlite") return;
    const char* found = std::getenv("INKAN_TEST_POSTGRES");
    check(found != nullptr,
          "INKAN_TEST_POSTGRES is not set: run under ctest, or start tests/support/postgres, or set it to \"off\"");
    server_ = found;
    static std::atomic<int> count = 0;
    schema_ = fmt::format("t{}_{}", getpid(), ++count);
    ask(fmt::format("CREATE SCHEMA {}", schema_));
  }
  ~StorePlace() {
    if (is_postgres()) ask(fmt::format("DROP SCHEMA {} CASCADE", schema_));
  }
  StorePlace(const StorePlace&) = delete;
  StorePlace& operator=(const StorePlace&) = delete;

  bool is_postgres() const { return !schema_.empty(); }
  std::string path() const { return (folder_.path() / "inkan.db").string(); }
  std::string url() const {
    return is_postgres() ? fmt::format("{} options=-csearch_path={}", server_, schema_) : "sqlite:" + path();
  }

  std::unique_ptr<store::Engine> engine() const {
    if (is_postgres()) return store::make_postgres_engine({.connection = url(), .wait_seconds = 10});
    return store::make_sqlite_engine({.path = path()});
  }
  Result<std::unique_ptr<store::SqlStore>> try_open(const std::string& node = "n1") const {
    return store::SqlStore::open(engine(), {.node = node, .migrate = true});
  }
  std::unique_ptr<store::SqlStore> open(const std::string& node = "n1") const {
    auto store = try_open(node);
    check(store.has_value(), store ? "" : store.error().id + " " + store.error().detail);
    return std::move(*store);
  }

  /// ask runs a script on a connection of its own, as an administrator would.
  void ask(const std::string& sql) const {
    const auto connection = engine()->connect(store::Access::write, "administrator");
    check(connection.has_value(), connection ? "" : connection.error().detail);
    const auto ran = (*connection)->run_script(sql);
    check(ran.has_value(), ran ? "" : ran.error().detail);
  }

 private:
  TempFolder folder_;
  std::string server_;
  std::string schema_;
};

}  // namespace inkan
