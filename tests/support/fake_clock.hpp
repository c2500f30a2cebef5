#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace inkan {

/// FakeClock stands still until a test moves it.
class FakeClock : public Clock {
 public:
  explicit FakeClock(Instant now) : now_(to_epoch(now)) {}
  Instant now() const override { return from_epoch(now_.load()); }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point{std::chrono::seconds{now_.load()}};
  }
  void set(Instant now) { now_ = to_epoch(now); }
  void advance(std::chrono::seconds by) { now_ += by.count(); }

 private:
  std::atomic<long long> now_;
};

}  // namespace inkan
