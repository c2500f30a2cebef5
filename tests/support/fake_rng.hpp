#pragma once

#include <random>

#include "base/chance.hpp"

namespace inkan {

/// FakeRng repeats the same bytes for the same seed.
class FakeRng : public Rng {
 public:
  explicit FakeRng(unsigned seed = 1) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937 engine_;
};

}  // namespace inkan
