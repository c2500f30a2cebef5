#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "base/time.hpp"

namespace inkan::server::demo {

/// find_ports gives the first of `count` ports in a row that are free on loopback: `wanted` itself, or any when it is 0.
/// Certificates name them, so they are chosen once. Error: `demo.ports`.
Result<std::uint16_t> find_ports(std::uint16_t wanted, int count);

/// parse_move reads "set 2026-12-01T09:00:00+09:00" or "advance 20d" (also 3h, 30m, 45s). Errors: `demo.clock_value`,
/// `demo.clock_back`.
Result<Instant> parse_move(const std::string& line, Instant now);

}  // namespace inkan::server::demo
