#include "base/clock.hpp"

namespace inkan {

Instant MachineClock::now() const { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

std::chrono::steady_clock::time_point MachineClock::steady() const { return std::chrono::steady_clock::now(); }

}  // namespace inkan
