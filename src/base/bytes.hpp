#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace inkan {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// as_bytes and as_text look at the same memory from the other side; nothing is copied.
ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);

Bytes to_bytes(std::string_view text);
Bytes to_bytes(ByteView bytes);

/// to_hex writes lower-case hexadecimal without separators.
std::string to_hex(ByteView bytes);
/// parse_hex reads what to_hex wrote, in either case. Error: `hex.malformed`.
Result<Bytes> parse_hex(std::string_view text);

/// to_base64 writes RFC 4648 section 4 on one line, padded.
std::string to_base64(ByteView bytes);
/// parse_base64 reads RFC 4648 section 4; line breaks, spaces and tabs are skipped (RFC 8951 section 3). Error:
/// `base64.malformed`.
Result<Bytes> parse_base64(std::string_view text);

/// Digest is a SHA-256 value.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  auto operator<=>(const Digest&) const = default;
  ByteView view() const { return bytes; }
  std::string hex() const { return to_hex(bytes); }
  /// from takes exactly 32 bytes. Error: `digest.size`.
  static Result<Digest> from(ByteView bytes);
  /// parse_hex reads what hex() wrote, in either case. Errors: `hex.malformed`, `digest.size`.
  static Result<Digest> parse_hex(std::string_view text);
};

Digest sha256(ByteView bytes);

}  // namespace inkan
