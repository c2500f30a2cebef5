#include "server/demo/demo_clock.hpp"

#include <fstream>

namespace inkan::server::demo {

DemoClock::DemoClock(std::filesystem::path file) : file_(std::move(file)) {
  long long span = 0;
  if (std::ifstream in(file_); in >> span) span_ = span;
}

Instant DemoClock::now() const {
  const long long frozen = frozen_.load();
  return frozen != 0 ? from_epoch(frozen) : machine_.now() + std::chrono::seconds{span_.load()};
}

std::chrono::steady_clock::time_point DemoClock::steady() const { return machine_.steady(); }

void DemoClock::freeze(Instant at) { frozen_ = to_epoch(at); }

Result<void> DemoClock::run(Instant from) {
  span_ = (from - machine_.now()).count();
  frozen_ = 0;
  std::ofstream out(file_, std::ios::trunc);
  out << span_.load() << "\n";
  if (!out.flush()) return fail(Code::unavailable, "file.write", file_.string());
  return {};
}

std::shared_ptr<const Clock> open_clock(const std::filesystem::path& dir) { return std::make_shared<DemoClock>(dir / "clock"); }

}  // namespace inkan::server::demo
