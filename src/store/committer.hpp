#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "store/chain.hpp"
#include "store/writes.hpp"

namespace inkan::store {

/// Committer is the one thread that writes. It takes all work that waits, runs each piece under a savepoint of its own, extends
/// the node's audit chain, and makes one durable commit for all of them. What arrives during the flush is the next batch.
class Committer {
 public:
  using Work = std::function<Result<void>(lifecycle::Writer&)>;

  /// Committer starts the thread. `connection` is a write connection of `node`; after a loss, `engine` gives another.
  Committer(Engine& engine, std::string node, std::unique_ptr<Connection> connection);
  /// ~Committer serves what still waits, then ends the thread.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// run gives work to the thread and waits for the commit that carries it. Errors: the work's own; the first error of its
  /// statements, whatever it returned; `store.unavailable` when the commit failed.
  Result<void> run(const Work& work);

  /// commits is the number of durable commits so far.
  long long commits() const { return commits_; }
  /// waiting is how many pieces of work wait for the next commit.
  std::size_t waiting() const;

 private:
  struct Request {
    const Work& work;
    Result<void> result;
    bool done = false;
    std::condition_variable served;
  };
  using Batch = std::deque<Request*>;

  void serve();
  Batch take();
  Result<void> commit(const Batch& batch);
  Result<void> run_all(const Batch& batch);
  Result<void> run_one(const Work& work);
  Result<void> finish();
  Result<void> connect();
  Result<void> update_head();

  Engine& engine_;
  const std::string node_;
  std::unique_ptr<Connection> connection_;  // empty after a failed commit: the next one opens another
  std::optional<ChainHead> head_;           // empty: read it from the database first
  std::atomic<long long> commits_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  Batch waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace inkan::store
