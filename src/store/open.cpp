#include "store/open.hpp"

#include "store/connection.hpp"
#include "store/postgres.hpp"
#include "store/sql_store.hpp"
#include "store/sqlite.hpp"

namespace inkan::store {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr const char* kMigrator = "migrate";  // the node name of a process that only brings the schema up

}  // namespace

Result<std::unique_ptr<Engine>> make_engine(const std::string& url) {
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) return make_sqlite_engine({.path = url.substr(kSqlite.size())});
  if (url.starts_with("postgresql://") || url.starts_with("postgres://") || url.find('=') != std::string::npos)
    return make_postgres_engine({.connection = url});
  return fail(Code::invalid, "store.url", "neither sqlite:PATH nor postgresql://");  // a URL may carry a password: not repeated
}

Result<std::unique_ptr<lifecycle::Store>> open(const Options& options) {
  auto engine = make_engine(options.url);
  if (!engine) return fail(engine);
  auto store = SqlStore::open(std::move(*engine), {.node = options.node, .migrate = options.migrate});
  if (!store) return fail(store);
  return std::unique_ptr<lifecycle::Store>(std::move(*store));
}

Result<MigrationStatus> migration_status(const std::string& url) {
  const auto engine = make_engine(url);
  if (!engine) return fail(engine);
  const auto known = embedded_migrations();
  const auto connection = (*engine)->connect(Access::read, {});
  if (!connection && connection.error().code == Code::not_found)
    return MigrationStatus{.current = 0, .newest = static_cast<long long>(known.size())};
  if (!connection) return fail(connection);
  return read_status(**connection, (*engine)->dialect(), known);
}

Result<MigrationStatus> migrate(const std::string& url) {
  const auto engine = make_engine(url);
  if (!engine) return fail(engine);
  const auto connection = (*engine)->connect(Access::write, kMigrator);
  if (!connection) return fail(connection);
  return bring_up(**connection, (*engine)->dialect(), embedded_migrations());
}

}  // namespace inkan::store
