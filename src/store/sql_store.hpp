#pragma once

#include "store/committer.hpp"
#include "store/migration.hpp"
#include "store/reader_pool.hpp"

namespace inkan::store {

/// SqlStore is lifecycle::Store over any Engine.
class SqlStore : public lifecycle::Store {
 public:
  struct Options {
    std::string node;      ///< this process's name in the audit trail
    bool migrate = false;  ///< bring the schema up first
    int readers = 8;       ///< connections for reading, at most
  };

  /// open checks the schema and the head of the node's audit chain. Errors: `store.schema_newer`, `store.schema_older` (unless
  /// `migrate`), `store.migration_changed`, `store.corrupt`, and Engine's.
  static Result<std::unique_ptr<SqlStore>> open(std::unique_ptr<Engine> engine, const Options& options,
                                                const std::vector<Migration>& known = embedded_migrations());

  Result<void> transact(const std::function<Result<void>(lifecycle::Writer&)>& work) override { return committer_.run(work); }
  Result<void> read(const std::function<Result<void>(lifecycle::Reader&)>& work) override { return readers_.run(work); }
  Result<void> health() override;

  /// commits is the number of durable commits so far: fewer than transactions when they share.
  long long commits() const { return committer_.commits(); }
  /// waiting is how many transactions wait for the next commit.
  std::size_t waiting() const { return committer_.waiting(); }

 private:
  SqlStore(std::unique_ptr<Engine> engine, const Options& options, std::unique_ptr<Connection> connection);

  std::unique_ptr<Engine> engine_;
  std::string node_;
  Committer committer_;
  ReaderPool readers_;  // closed before the committer's connection, which then empties SQLite's log into the database
};

}  // namespace inkan::store
