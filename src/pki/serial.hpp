#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/chance.hpp"

namespace inkan::pki {

/// SerialNumber is a certificate's serial: positive, at most 20 octets (RFC 5280 4.1.2.2), kept as the content octets of its DER
/// INTEGER: minimal big-endian, with a leading zero octet only where the next bit is set.
class SerialNumber {
 public:
  /// make fills 20 octets: the top bit is 0 (positive), the next is 1 (the length never varies), 158 are random.
  static SerialNumber make(Rng& rng);
  /// parse takes big-endian bytes as a certificate carries them. Error: `serial.malformed` (zero, negative, over 20 octets, not
  /// minimal).
  static Result<SerialNumber> parse(ByteView bytes);
  /// parse_hex reads what hex() wrote, in either case. Errors: `serial.malformed`, `hex.malformed`.
  static Result<SerialNumber> parse_hex(std::string_view text);

  const Bytes& bytes() const { return bytes_; }
  std::string hex() const { return to_hex(bytes_); }
  auto operator<=>(const SerialNumber&) const = default;

 private:
  explicit SerialNumber(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_;
};

}  // namespace inkan::pki
