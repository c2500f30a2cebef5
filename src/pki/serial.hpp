#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/chance.hpp"

namespace inkan::pki {

/// SerialNumber is a certificate's serial: positive, at most 20 octets (RFC 5280 4.1.2.2), kept as its minimal big-endian bytes.
class SerialNumber {
 public:
  /// make draws 159 random bits over 20 octets: the top bit is 0 (positive), the next is 1 (length never varies).
  static SerialNumber make(Rng& rng);
  /// parse takes big-endian bytes as a certificate carries them. Error: `serial.malformed` (zero, negative, over 20 octets).
  static Result<SerialNumber> parse(ByteView bytes);
  static Result<SerialNumber> parse_hex(std::string_view text);

  const Bytes& bytes() const { return bytes_; }
  std::string hex() const { return to_hex(bytes_); }
  auto operator<=>(const SerialNumber&) const = default;

 private:
  explicit SerialNumber(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_;
};

}  // namespace inkan::pki
