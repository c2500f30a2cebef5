#pragma once

#include <atomic>
#include <filesystem>
#include <memory>

#include "base/clock.hpp"

namespace inkan::server::demo {

/// DemoClock is the machine's clock moved by a fixed span, which `inkan demo clock` changes. The span is kept in DIR/clock, so
/// that a restart and the operator's verbs see the same time. While the past is being made it stands still where it was put.
class DemoClock : public Clock {
 public:
  explicit DemoClock(std::filesystem::path file);

  Instant now() const override;
  std::chrono::steady_clock::time_point steady() const override;

  /// freeze makes the clock stand at a time; run lets it go on from a time and keeps the span. Error: `file.write`.
  void freeze(Instant at);
  Result<void> run(Instant from);

 private:
  std::filesystem::path file_;
  MachineClock machine_;
  std::atomic<long long> span_{0};
  std::atomic<long long> frozen_{0};  // 0: runs
};

/// open_clock is a demo's time as its folder tells it.
std::shared_ptr<const Clock> open_clock(const std::filesystem::path& dir);

}  // namespace inkan::server::demo
