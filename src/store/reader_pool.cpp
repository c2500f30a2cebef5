#include "store/reader_pool.hpp"

namespace inkan::store {

Result<void> ReaderPool::run(const Work& work) {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return free_ > 0; });
    --free_;
  }
  auto connection = begin();
  Result<void> result;
  bool reusable = false;
  if (connection) {
    Reads<lifecycle::Reader> reader(**connection);
    result = work(reader);
    reusable = (*connection)->control("COMMIT").has_value();
  } else {
    result = fail(connection);
  }
  {
    const std::lock_guard lock(mutex_);
    ++free_;
    if (reusable) idle_.push_back(std::move(*connection));
  }
  returned_.notify_one();
  return result;
}

/// begin gives a connection inside a read transaction. An idle one may have died meanwhile (a server that restarted): then a new
/// one is opened.
Result<std::unique_ptr<Connection>> ReaderPool::begin() {
  while (auto idle = take_idle())
    if (idle->control(engine_.dialect().begin_read)) return idle;
  auto made = engine_.connect(Access::read, {});
  if (!made) return made;
  if (auto begun = (*made)->control(engine_.dialect().begin_read); !begun) return fail(begun);
  return made;
}

std::unique_ptr<Connection> ReaderPool::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto idle = std::move(idle_.back());
  idle_.pop_back();
  return idle;
}

}  // namespace inkan::store
