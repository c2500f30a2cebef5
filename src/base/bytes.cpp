#include "base/bytes.hpp"

#include <sodium.h>

#include <algorithm>

namespace inkan {

ByteView as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Bytes to_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

Bytes to_bytes(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

std::string to_hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Result<Bytes> parse_hex(std::string_view text) {
  if (text.empty()) return Bytes();  // libsodium takes no null pointer
  Bytes out(text.size() / 2);
  std::size_t written = 0;
  if (text.size() % 2 != 0 || sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &written, nullptr) != 0 ||
      written != out.size())
    return fail(Code::invalid, "hex.malformed");
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // libsodium counts the terminator
  return out;
}

Result<Bytes> parse_base64(std::string_view text) {
  Bytes out(text.size() / 4 * 3 + 3);
  std::size_t written = 0;
  // libsodium looks the skipped characters up with strchr, which also finds the NUL that ends them.
  if (text.find('\0') != std::string_view::npos || sodium_base642bin(out.data(), out.size(), text.data(), text.size(), " \t\r\n",
                                                                     &written, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return fail(Code::invalid, "base64.malformed");
  out.resize(written);
  return out;
}

Result<Digest> Digest::from(ByteView bytes) {
  Digest digest;
  if (bytes.size() != digest.bytes.size()) return fail(Code::invalid, "digest.size");
  std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  return digest;
}

Digest sha256(ByteView bytes) {
  Digest digest;
  crypto_hash_sha256(digest.bytes.data(), bytes.data(), bytes.size());
  return digest;
}

}  // namespace inkan
