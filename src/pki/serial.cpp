#include "pki/serial.hpp"

namespace inkan::pki {

SerialNumber SerialNumber::make(Rng& rng) {
  Bytes bytes = make_bytes(rng, 20);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x40);
  return SerialNumber(std::move(bytes));
}

Result<SerialNumber> SerialNumber::parse(ByteView bytes) {
  const auto malformed = [](std::string why) { return fail(Code::invalid, "serial.malformed", std::move(why)); };
  if (bytes.empty() || bytes.size() > 20) return malformed("not 1 to 20 octets");
  if (bytes[0] >= 0x80) return malformed("negative");
  if (bytes[0] == 0 && (bytes.size() == 1 || bytes[1] < 0x80)) return malformed("zero, or not minimal");
  return SerialNumber(to_bytes(bytes));
}

Result<SerialNumber> SerialNumber::parse_hex(std::string_view text) {
  const Result<Bytes> bytes = inkan::parse_hex(text);
  if (!bytes) return fail(bytes);
  return parse(*bytes);
}

}  // namespace inkan::pki
