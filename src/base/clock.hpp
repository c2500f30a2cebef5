#pragma once

#include <chrono>

#include "base/time.hpp"

namespace inkan {

/// Clock tells wall time and steady time. Pure code takes an Instant; services take a `const Clock&`. Only base/clock.cpp asks
/// the machine.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

/// MachineClock is the machine's own time.
class MachineClock : public Clock {
 public:
  Instant now() const override;
  std::chrono::steady_clock::time_point steady() const override;
};

}  // namespace inkan
