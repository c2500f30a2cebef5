#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace inkan {

/// Secret holds a password, code, PIN or passphrase. It moves but does not copy, wipes itself, and has no printer.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  /// reveal shows the value to the one call that needs it; the caller does not keep it.
  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  void wipe();
  std::string value_;
};

/// same_secret compares in constant time.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace inkan
