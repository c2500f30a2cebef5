#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/reads.hpp"

namespace inkan::store {

/// ReaderPool keeps a few connections for reading. One that breaks is thrown away, and the next read opens another.
class ReaderPool {
 public:
  using Work = std::function<Result<void>(lifecycle::Reader&)>;

  /// ReaderPool opens connections of `engine` as they are needed, never more than `most` at once.
  ReaderPool(Engine& engine, int most) : engine_(engine), free_(most) {}

  /// run gives work a consistent view of the last commits. It waits only when `most` other reads are under way.
  Result<void> run(const Work& work);

 private:
  Result<std::unique_ptr<Connection>> begin();
  std::unique_ptr<Connection> take_idle();

  Engine& engine_;
  std::mutex mutex_;
  std::condition_variable returned_;
  int free_;  // how many more reads may be under way
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace inkan::store
