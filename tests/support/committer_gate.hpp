#pragma once

#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "store/sql_store.hpp"

namespace inkan {

/// CommitterGate holds a store's committer inside a work of its own until it is opened, so that what comes meanwhile is one
/// batch.
class CommitterGate {
 public:
  explicit CommitterGate(store::SqlStore& store) : store_(store) {
    thread_ = std::thread([this] {
      const auto held = store_.transact([this](lifecycle::Writer&) -> Result<void> {
        entered_.set_value();
        opened_.get_future().wait();
        return {};
      });
      EXPECT_TRUE(held) << held.error().detail;
    });
    entered_.get_future().wait();
  }
  ~CommitterGate() { thread_.join(); }
  CommitterGate(const CommitterGate&) = delete;
  CommitterGate& operator=(const CommitterGate&) = delete;

  /// open_when opens once so many works wait.
  void open_when(std::size_t works) {
    while (store_.waiting() < works) std::this_thread::yield();
    opened_.set_value();
  }

 private:
  store::SqlStore& store_;
  std::promise<void> entered_;
  std::promise<void> opened_;
  std::thread thread_;
};

}  // namespace inkan
