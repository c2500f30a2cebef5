#include "server/demo/ports.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace inkan::server::demo {
namespace {

/// try_port binds a loopback port for a moment; 0 asks for any. Gives the port, or 0 when it is taken.
std::uint16_t try_port(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool good = ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
  ::close(socket);
  return good ? ntohs(address.sin_port) : 0;
}

bool all_free(std::uint16_t first, int count) {
  for (int i = 0; i < count; ++i)
    if (first + i > 65535 || try_port(static_cast<std::uint16_t>(first + i)) == 0) return false;
  return true;
}

}  // namespace

Result<std::uint16_t> find_ports(std::uint16_t wanted, int count) {
  if (wanted != 0) {
    if (all_free(wanted, count)) return wanted;
    return fail(Code::conflict, "demo.ports", "one of the ports from " + std::to_string(wanted) + " on is taken");
  }
  for (int tries = 0; tries < 200; ++tries) {
    const std::uint16_t first = try_port(0);
    if (first != 0 && all_free(first, count)) return first;
  }
  return fail(Code::unavailable, "demo.ports", "no free ports in a row");
}

Result<Instant> parse_move(const std::string& line, Instant now) {
  const auto space = line.find(' ');
  const std::string how = line.substr(0, space);
  const std::string value = space == std::string::npos ? std::string() : line.substr(space + 1);
  if (how == "set") {
    auto target = parse_rfc3339(value);
    if (!target) return fail(Code::invalid, "demo.clock_value", target.error().detail);
    if (*target < now) return fail(Code::refused, "demo.clock_back", "a demo's time never runs back");
    return target;
  }
  int count = 0;
  char unit = 0;
  char rest = 0;
  const bool read = how == "advance" && std::sscanf(value.c_str(), "%d%c%c", &count, &unit, &rest) == 2 && count >= 0;
  if (!read) return fail(Code::invalid, "demo.clock_value", "a span reads 20d, 3h, 30m or 45s");
  switch (unit) {
    case 'd': return now + std::chrono::days{count};
    case 'h': return now + std::chrono::hours{count};
    case 'm': return now + std::chrono::minutes{count};
    case 's': return now + std::chrono::seconds{count};
    default: return fail(Code::invalid, "demo.clock_value", "a span reads 20d, 3h, 30m or 45s");
  }
}

}  // namespace inkan::server::demo
