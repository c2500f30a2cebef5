#include "base/bytes.hpp"

#include <algorithm>

#include "base/native.hpp"

namespace inkan {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

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
  if (text.size() % 2 != 0) return fail(Code::invalid, "hex.malformed");
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return fail(Code::invalid, "hex.malformed");
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = std::uint32_t{bytes[i]} << 16;
    if (count > 1) group |= std::uint32_t{bytes[i + 1]} << 8;
    if (count > 2) group |= std::uint32_t{bytes[i + 2]};
    for (std::size_t digit = 0; digit < 4; ++digit) out += digit <= count ? kBase64[group >> (18 - 6 * digit) & 63] : '=';
  }
  return out;
}

Result<Bytes> parse_base64(std::string_view text) {
  const auto malformed = [] { return fail(Code::invalid, "base64.malformed"); };
  Bytes out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  std::size_t digits = 0, pads = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++pads;
      continue;
    }
    const int value = base64_value(c);
    if (value < 0 || pads > 0) return malformed();
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (++digits % 4 == 0) {
      for (const int shift : {16, 8, 0}) out.push_back(static_cast<std::uint8_t>(bits >> shift));
      bits = 0;
    }
  }
  const std::size_t rest = digits % 4;  // 0, or 2 and 3 digits, which are filled up to 4 and leave no bit over
  if (rest == 1 || pads != (4 - rest) % 4) return malformed();
  if ((rest == 2 && (bits & 0xf) != 0) || (rest == 3 && (bits & 0x3) != 0)) return malformed();
  if (rest >= 2) out.push_back(static_cast<std::uint8_t>(bits >> (rest == 2 ? 4 : 10)));
  if (rest == 3) out.push_back(static_cast<std::uint8_t>(bits >> 2));
  return out;
}

Result<Digest> Digest::from(ByteView bytes) {
  Digest digest;
  if (bytes.size() != digest.bytes.size()) return fail(Code::invalid, "digest.size");
  std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  return digest;
}

Result<Digest> Digest::parse_hex(std::string_view text) {
  const auto bytes = inkan::parse_hex(text);
  return bytes ? from(*bytes) : fail(bytes);
}

Digest sha256(ByteView bytes) {
  Digest digest;
  hash_sha256(bytes, digest.bytes);
  return digest;
}

}  // namespace inkan
