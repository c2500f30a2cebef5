#include "base/sodium.hpp"

#include <sodium.h>

#include "base/result.hpp"

namespace inkan {

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  check(started, "libsodium finds no source of random bytes");
}

}  // namespace inkan
