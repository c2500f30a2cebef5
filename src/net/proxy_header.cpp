#include "net/proxy_header.hpp"

#include <arpa/inet.h>

#include <array>

namespace inkan::net {
namespace {

constexpr std::string_view kText = "PROXY ";
constexpr std::string_view kBinary = {"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kTextLimit = 107;     // the longest line of version 1, its end among it
constexpr std::size_t kBinaryHead = 16;     // signature, version and command, family, length
constexpr std::size_t kBinaryLimit = 2048;  // addresses and whatever the proxy adds

unsigned char byte(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

std::size_t binary_length(std::string_view header) { return byte(header, 14) * std::size_t{256} + byte(header, 15); }

std::unexpected<Error> malformed() { return fail(Code::invalid, "net.proxy_header"); }

/// written is an address as Peer::address has it.
Result<std::string> written(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (!inet_ntop(family, bytes, text.data(), text.size())) return malformed();
  return std::string(text.data());
}

/// word takes the next one off a line.
std::string word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  std::string taken(line.substr(0, end));
  line.remove_prefix(std::min(end + 1, line.size()));
  return taken;
}

Result<std::string> parse_text(std::string_view line) {
  if (!line.ends_with("\r\n")) return malformed();
  line.remove_suffix(2);
  line.remove_prefix(kText.size());
  const std::string protocol = word(line);
  if (protocol == "UNKNOWN") return std::string();
  if (protocol != "TCP4" && protocol != "TCP6") return malformed();
  const int family = protocol == "TCP4" ? AF_INET : AF_INET6;
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(family, word(line).c_str(), bytes.data()) != 1) return malformed();
  return written(family, bytes.data());
}

Result<std::string> parse_binary(std::string_view header) {
  const unsigned version = byte(header, 12) >> 4U;
  const unsigned command = byte(header, 12) & 15U;
  if (version != 2 || command > 1 || header.size() != kBinaryHead + binary_length(header)) return malformed();
  if (command == 0) return std::string();
  const std::string_view addresses = header.substr(kBinaryHead);
  switch (byte(header, 13)) {
    case 0x11: return addresses.size() < 12 ? malformed() : written(AF_INET, addresses.data());
    case 0x21: return addresses.size() < 36 ? malformed() : written(AF_INET6, addresses.data());
    default: return std::string();
  }
}

}  // namespace

std::optional<std::size_t> proxy_header_wants(std::string_view so_far) {
  if (so_far.size() < kBinary.size()) return kBinary.size() - so_far.size();  // both versions are longer
  if (so_far.starts_with(kBinary)) {
    if (so_far.size() < kBinaryHead) return kBinaryHead - so_far.size();
    const std::size_t whole = kBinaryHead + binary_length(so_far);
    if (whole > kBinaryLimit) return {};
    return whole - so_far.size();
  }
  if (!so_far.starts_with(kText)) return {};
  if (so_far.ends_with("\r\n")) return 0;
  if (so_far.size() >= kTextLimit) return {};
  return so_far.ends_with('\r') ? 1 : 2;
}

Result<std::string> parse_proxy_header(std::string_view header) {
  if (proxy_header_wants(header) != std::size_t{0}) return malformed();
  return header.starts_with(kText) ? parse_text(header) : parse_binary(header);
}

}  // namespace inkan::net
