#include "base/secret.hpp"

#include "base/native.hpp"

namespace inkan {

// A short string lives inside the object, and moving it leaves its characters behind: hence copy, then wipe.
Secret::Secret(std::string value) : value_(value) { inkan::wipe(value.data(), value.size()); }

// NOLINTNEXTLINE(performance-move-constructor-init): see above
Secret::Secret(Secret&& other) noexcept : value_(other.value_) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    value_ = other.value_;
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
  inkan::wipe(value_.data(), value_.size());
  value_.clear();
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && same_octets(a.data(), b.data(), a.size());
}

}  // namespace inkan
