#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"

namespace inkan::net {

/// TryLimit is how often one client address may try a door that takes a password or a code from anybody.
struct TryLimit {
  int tries = 60;                  ///< at once; 0: as often as it likes
  int per_minute = 6;              ///< given back with time, at least 1
  std::size_t addresses = 65'536;  ///< remembered at most, about 150 bytes each
};

/// AddressLimit counts tries by client address (threat T10): one IPv4 address, or the 64 bits of an IPv6 address that name a
/// network, since its owner has all the rest. When more addresses try than are remembered, the one that was quiet longest is
/// forgotten; whoever has that many had a fresh count with each anyway. Counts live in this process. Safe to call from several
/// threads.
class AddressLimit {
 public:
  AddressLimit(TryLimit limit, const Clock& clock);

  /// take counts one try. It gives how long to wait, whole seconds, when there is none left; that try is not counted.
  std::optional<std::chrono::seconds> take(std::string_view address);
  /// give_back undoes a take whose try was right or came to nothing, so that an office behind one address is not held up by its
  /// own logins.
  void give_back(std::string_view address);

  /// refill is how long, in whole minutes, until an address that used up all its tries has them all again.
  std::chrono::minutes refill() const;

  /// remembered is how many addresses have tries to their name.
  std::size_t remembered() const;

 private:
  using Steady = std::chrono::steady_clock::time_point;
  struct Bucket {
    Steady empty_at;  // when all tries are there again; each try moves it on by one interval
    std::list<std::string>::iterator place;
  };

  TryLimit limit_;
  const Clock& clock_;
  std::chrono::nanoseconds interval_;
  mutable std::mutex mutex_;
  std::list<std::string> quiet_first_;
  std::unordered_map<std::string, Bucket> buckets_;
};

/// address_prefix is what an address is counted under: four bytes of IPv4 (also of ::ffff:a.b.c.d), the first eight of IPv6, or
/// the text itself when it is neither.
std::string address_prefix(std::string_view address);

}  // namespace inkan::net
