#include "simulation/rewinding_store.hpp"

#include "store/sqlite.hpp"
#include "store/writes.hpp"

namespace inkan::simulation {
namespace {

const std::string kNode = "test";

std::string savepoint(std::size_t mark) { return "SAVEPOINT mark" + std::to_string(mark); }

}  // namespace

void RewindingStore::open(const std::string& file) {
  connection_.reset();
  marks_.clear();
  engine_ = store::make_sqlite_engine({.path = file});
  auto made = engine_->connect(store::Access::write, kNode);
  check(made.has_value(), made ? "" : made.error().detail);
  connection_ = std::move(*made);
  // Small pages: what is kept for going back is whole pages.
  const auto small =
      connection_->run_script("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM; PRAGMA journal_mode = WAL");
  check(small.has_value(), small ? "" : small.error().detail);
  control(engine_->dialect().begin_write);
  store::Statements statements(*connection_);
  const auto head = load_head(statements, kNode);
  check(head.has_value(), "audit chain");
  head_ = *head;
}

void RewindingStore::control(const std::string& sql) {
  const auto done = connection_->control(sql);
  check(done.has_value(), done ? "" : sql + ": " + done.error().detail);
}

Result<void> RewindingStore::transact(const std::function<Result<void>(lifecycle::Writer&)>& work) {
  control("SAVEPOINT work");
  const store::ChainHead before = head_;
  store::Writes writes(*connection_, engine_->dialect());
  auto result = work(writes);
  for (const lifecycle::AuditEntry& entry : writes.entries())
    if (result) result = append(writes.statements(), kNode, entry, head_);
  if (result && writes.statements().failure()) result = std::unexpected(*writes.statements().failure());
  if (!result) {
    head_ = before;
    control("ROLLBACK TO SAVEPOINT work");
  }
  control("RELEASE SAVEPOINT work");
  changed_ = changed_ || result;
  return result;
}

Result<void> RewindingStore::read(const std::function<Result<void>(lifecycle::Reader&)>& work) {
  store::Reads<lifecycle::Reader> reader(*connection_);
  return work(reader);
}

std::size_t RewindingStore::mark() {
  control(savepoint(marks_.size()));
  marks_.push_back(head_);
  changed_ = false;
  return marks_.size() - 1;
}

void RewindingStore::rewind(std::size_t to) {
  if (to + 1 == marks_.size() && !changed_) return;
  changed_ = false;
  // Only a RELEASE shortens what SQLite keeps for going back, which it walks through from the start at each read.
  const std::string name = savepoint(to);
  control("ROLLBACK TO " + name + ";RELEASE " + name + ";" + name);
  head_ = marks_.at(to);
  marks_.resize(to + 1);
}

}  // namespace inkan::simulation
