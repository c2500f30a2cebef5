#include "store/sql_store.hpp"

namespace inkan::store {
namespace {

constexpr std::string_view kBeat =
    "INSERT INTO heartbeats (node, beats) VALUES ($1, 1) ON CONFLICT (node) DO UPDATE SET beats = heartbeats.beats + 1";

}  // namespace

SqlStore::SqlStore(std::unique_ptr<Engine> engine, const Options& options, std::unique_ptr<Connection> connection)
    : engine_(std::move(engine)),
      node_(options.node),
      committer_(*engine_, options.node, std::move(connection)),
      readers_(*engine_, options.readers) {}

Result<std::unique_ptr<SqlStore>> SqlStore::open(std::unique_ptr<Engine> engine, const Options& options,
                                                 const std::vector<Migration>& known) {
  auto connection = engine->connect(Access::write, options.node);
  if (!connection) return fail(connection);
  const auto status =
      options.migrate ? bring_up(**connection, engine->dialect(), known) : read_status(**connection, engine->dialect(), known);
  if (!status) return fail(status);
  if (auto current = require_current(*status); !current) return fail(current);
  Statements statements(**connection);
  if (auto head = load_head(statements, options.node); !head) return fail(head);
  return std::unique_ptr<SqlStore>(new SqlStore(std::move(engine), options, std::move(*connection)));
}

Result<void> SqlStore::health() {
  return transact([&](lifecycle::Writer& writer) -> Result<void> {
    auto& writes = static_cast<Writes&>(writer);  // the committer hands out no other
    if (auto beat = writes.statements().run(kBeat, {node_}); !beat) return fail(beat);
    return {};
  });
}

}  // namespace inkan::store
