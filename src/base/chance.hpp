#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.hpp"

namespace inkan {

/// Rng gives random bytes for serials, tokens and ids. Private keys and signature nonces come from OpenSSL, not from here.
class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// SystemRng is the kernel's generator (getrandom through libsodium). Safe to use from several threads.
class SystemRng : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

Bytes make_bytes(Rng& rng, std::size_t count);

/// make_token is `bytes` random bytes in lower-case hexadecimal: for cookies, ids and labels.
std::string make_token(Rng& rng, std::size_t bytes);

/// make_code is a one-time code for people: four groups of four from 32 letters and digits that cannot be mistaken for one
/// another (80 random bits), "K7QD-2MXP-9RTA-HW3E".
std::string make_code(Rng& rng);

/// canonical_code undoes what people do to a code when typing it: case, full-width forms, spaces, and every kind of dash that a
/// Japanese keyboard makes of "-". Only letters and digits remain.
std::string canonical_code(std::string_view typed);

}  // namespace inkan
