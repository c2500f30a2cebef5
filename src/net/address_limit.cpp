#include "net/address_limit.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace inkan::net {

std::string address_prefix(std::string_view address) {
  constexpr std::size_t kMapped = 12;  // ::ffff:0:0/96, RFC 4291 2.5.5.2
  constexpr std::size_t kNetwork = 8;  // RFC 4291 2.5.4: the interface's half is its owner's to choose
  const std::string text(address.substr(0, address.find('%')));
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  static constexpr std::array<char, kMapped> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'};
  if (std::equal(kPrefix.begin(), kPrefix.end(), bytes.begin())) return {bytes.data() + kMapped, 4};
  return {bytes.data(), kNetwork};
}

AddressLimit::AddressLimit(TryLimit limit, const Clock& clock)
    : limit_(limit),
      clock_(clock),
      interval_(std::chrono::nanoseconds(std::chrono::minutes{1}) / std::max(limit.per_minute, 1)) {}

std::chrono::minutes AddressLimit::refill() const { return std::chrono::ceil<std::chrono::minutes>(interval_ * limit_.tries); }

std::optional<std::chrono::seconds> AddressLimit::take(std::string_view address) {
  if (limit_.tries <= 0) return {};
  std::string prefix = address_prefix(address);
  const Steady now = clock_.steady();
  const std::lock_guard lock(mutex_);
  auto found = buckets_.find(prefix);
  // Further ahead than all tries reach is a time before a clock went back (a demo's, a test's).
  const bool counts = found != buckets_.end() && found->second.empty_at <= now + interval_ * limit_.tries;
  const Steady from = counts ? std::max(found->second.empty_at, now) : now;
  const auto too_early = from - now - interval_ * (limit_.tries - 1);
  if (too_early > std::chrono::nanoseconds::zero()) {
    quiet_first_.splice(quiet_first_.end(), quiet_first_, found->second.place);
    return std::chrono::ceil<std::chrono::seconds>(too_early);
  }
  if (found == buckets_.end()) {
    if (buckets_.size() >= std::max<std::size_t>(limit_.addresses, 1)) {
      buckets_.erase(quiet_first_.front());
      quiet_first_.pop_front();
    }
    const auto place = quiet_first_.insert(quiet_first_.end(), prefix);
    found = buckets_.emplace(std::move(prefix), Bucket{.empty_at = now, .place = place}).first;
  } else {
    quiet_first_.splice(quiet_first_.end(), quiet_first_, found->second.place);
  }
  found->second.empty_at = from + interval_;
  return {};
}

void AddressLimit::give_back(std::string_view address) {
  const std::lock_guard lock(mutex_);
  const auto found = buckets_.find(address_prefix(address));
  if (found != buckets_.end()) found->second.empty_at -= interval_;
}

std::size_t AddressLimit::remembered() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace inkan::net
