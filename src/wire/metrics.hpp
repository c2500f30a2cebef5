#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "lifecycle/store.hpp"
#include "wire/door_options.hpp"

namespace inkan::wire {

/// Area is the part of the door a request knocked at, as metrics name it.
enum class Area { est, cmp, ocsp, crl, ca, api, discovery, forward_auth, openid, none };
inline constexpr std::size_t kAreaCount = static_cast<std::size_t>(Area::none) + 1;

/// Flow is the way by which a certificate was asked for.
enum class Flow { acquisition, renewal, bulk };

/// Metrics counts what the door sees, and shows it with the store's totals in Prometheus' text format.
class Metrics {
 public:
  void count_request(Area area, int status);
  /// count_issue counts one attempt to get a certificate: `issued`, `refused` (ours to refuse), or `failed` (ours to mend).
  void count_issue(Flow flow, const Result<lifecycle::CertificateRecord>& result);

  /// to_text writes the exposition format, version 0.0.4. Totals may cost a scan, so they are asked for at most every ten
  /// seconds.
  std::string to_text(const DoorOptions& options);

 private:
  std::optional<lifecycle::Totals> totals(const DoorOptions& options);

  using Counter = std::atomic<std::uint64_t>;
  std::array<std::array<Counter, 5>, kAreaCount> requests_{};  // by area, and by status class 1xx … 5xx
  std::array<std::array<Counter, 3>, 3> issues_{};             // by flow and result

  std::mutex mutex_;
  std::optional<lifecycle::Totals> totals_;
  std::optional<std::chrono::steady_clock::time_point> totals_at_;
};

}  // namespace inkan::wire
