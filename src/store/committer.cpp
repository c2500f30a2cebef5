#include "store/committer.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace inkan::store {
namespace {

constexpr std::size_t kMostPerCommit = 256;  // so that the first of a crowd does not wait for the last

}  // namespace

Committer::Committer(Engine& engine, std::string node, std::unique_ptr<Connection> connection)
    : engine_(engine), node_(std::move(node)), connection_(std::move(connection)), thread_([this] { serve(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

Result<void> Committer::run(const Work& work) {
  check(std::this_thread::get_id() != thread_.get_id(), "store: transact inside transact");
  Request request{.work = work, .result = {}, .done = false, .served = {}};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&request);
  if (waiting_.size() == 1) arrived_.notify_one();
  request.served.wait(lock, [&] { return request.done; });
  return std::move(request.result);
}

std::size_t Committer::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void Committer::serve() {
  for (Batch batch = take(); !batch.empty(); batch = take()) {
    const auto committed = commit(batch);
    const std::lock_guard lock(mutex_);
    for (Request* request : batch) {
      if (!committed && request->result) request->result = committed;
      request->done = true;
      request->served.notify_one();
    }
  }
}

Committer::Batch Committer::take() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMostPerCommit));
  Batch batch(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

/// commit is one batch. When it fails, nothing of it is kept, and neither is the connection: what state it is in is not worth
/// guessing at.
Result<void> Committer::commit(const Batch& batch) {
  auto done = connect();
  if (done) done = run_all(batch);
  if (done) {
    ++commits_;
    return {};
  }
  log(LogLevel::error, "store", "store.commit_failed", {{"error", done.error().id}, {"detail", done.error().detail}});
  connection_.reset();
  head_.reset();
  return done.error().code == Code::corrupt ? done : fail(Code::unavailable, "store.unavailable", done.error().detail);
}

Result<void> Committer::run_all(const Batch& batch) {
  if (auto begun = connection_->control(engine_.dialect().begin_write + ";SAVEPOINT work"); !begun) return begun;
  if (auto updated = update_head(); !updated) return updated;
  for (Request* request : batch) {
    const ChainHead before = *head_;
    request->result = run_one(request->work);
    if (!request->result) head_ = before;
    const bool last = request == batch.back();
    const auto settled = !request->result ? connection_->control("ROLLBACK TO SAVEPOINT work")
                         : last           ? Result<void>()
                                          : connection_->control("RELEASE SAVEPOINT work;SAVEPOINT work");
    if (!settled) return settled;
  }
  return finish();
}

Result<void> Committer::run_one(const Work& work) {
  Writes writes(*connection_, engine_.dialect());
  auto result = work(writes);
  for (const lifecycle::AuditEntry& entry : writes.entries())
    if (result) result = append(writes.statements(), node_, entry, *head_);
  if (result && writes.statements().failure()) return std::unexpected(*writes.statements().failure());
  return result;
}

/// finish commits. When the connection breaks in that very moment, the next one is asked what became of the transaction: it must
/// neither be called lost when it is on record, nor the other way round.
Result<void> Committer::finish() {
  const auto transaction = connection_->transaction_id();
  if (!transaction) return fail(transaction);
  auto committed = connection_->control("COMMIT");
  if (committed || !connection_->is_lost() || transaction->empty()) return committed;
  connection_.reset();
  if (auto again = connect(); !again) {
    log(LogLevel::error, "store", "store.outcome_unknown", {{"transaction", *transaction}});
    return again;
  }
  const auto kept = connection_->was_committed(*transaction);
  if (!kept) return fail(kept);
  if (!*kept) return committed;
  return {};
}

Result<void> Committer::connect() {
  if (connection_) return {};
  auto made = engine_.connect(Access::write, node_);
  if (!made) return fail(made);
  connection_ = std::move(*made);
  return {};
}

Result<void> Committer::update_head() {
  const auto others = connection_->others_wrote();
  if (!others) return fail(others);
  if (head_ && !*others) return {};
  Statements statements(*connection_);
  const auto head = load_head(statements, node_);
  if (!head) return fail(head);
  head_ = *head;
  return {};
}

}  // namespace inkan::store
