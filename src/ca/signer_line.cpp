#include "ca/signer_line.hpp"

#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace inkan::ca {
namespace {

constexpr int kWaiting = 64;

std::unexpected<Error> no_socket(const std::filesystem::path& path, const std::string& why) {
  return fail(Code::unavailable, "signer.socket", path.string() + ": " + why);
}

std::unexpected<Error> broken() { return fail(Code::unavailable, "signer.line"); }

/// A socket's path may have 107 characters at most.
Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) return fail(Code::invalid, "signer.socket", path.string() + ": too long a path");
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

const sockaddr* as_address(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

bool receive_all(int line, std::uint8_t* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(line, to, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool send_all(int line, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(line, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Result<Descriptor> listen_at(const std::filesystem::path& path, const std::string& group) {
  const auto address = address_of(path);
  if (!address) return fail(address);
  if (connect_to(path)) return fail(Code::conflict, "signer.running", path.string());
  gid_t gid = static_cast<gid_t>(-1);
  if (!group.empty()) {
    const ::group* found = ::getgrnam(group.c_str());
    if (found == nullptr) return no_socket(path, "no group " + group);
    gid = found->gr_gid;
  }
  ::unlink(path.c_str());
  Descriptor line(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const mode_t before = ::umask(0177);
  const bool bound = line.is_open() && ::bind(line.get(), as_address(*address), sizeof *address) == 0;
  ::umask(before);
  const bool shared = bound && (group.empty() || (::chown(path.c_str(), static_cast<uid_t>(-1), gid) == 0 &&
                                                  ::chmod(path.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) == 0));
  if (!shared || ::listen(line.get(), kWaiting) != 0) return no_socket(path, std::strerror(errno));
  return line;
}

Result<Descriptor> connect_to(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address) return fail(address);
  Descriptor line(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!line.is_open() || ::connect(line.get(), as_address(*address), sizeof *address) != 0)
    return fail(Code::unavailable, "issuer.unavailable", path.string() + ": " + std::strerror(errno));
  return line;
}

Result<void> send_message(const Descriptor& line, ByteView message) {
  std::array<std::uint8_t, 4> head{};
  for (std::size_t i = 0; i < head.size(); ++i) head[i] = static_cast<std::uint8_t>((message.size() >> (8 * (3 - i))) & 0xff);
  if (!send_all(line.get(), head) || !send_all(line.get(), message)) return broken();
  return {};
}

Result<Bytes> receive_message(const Descriptor& line, const Longest& longest) {
  std::array<std::uint8_t, 5> head{};  // the length, and the first octet, which says how long it may be
  if (!receive_all(line.get(), head.data(), head.size())) return broken();
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | head[i];
  if (size == 0 || size > longest(head[4])) return fail(Code::invalid, "signer.malformed", "length " + std::to_string(size));
  Bytes message(size);
  message.front() = head[4];
  if (!receive_all(line.get(), message.data() + 1, size - 1)) return broken();
  return message;
}

void set_patience(const Descriptor& line, int seconds) {
  const timeval patience{.tv_sec = seconds, .tv_usec = 0};
  static_cast<void>(::setsockopt(line.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
  static_cast<void>(::setsockopt(line.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience));
}

bool is_quiet(const Descriptor& line) {
  pollfd wanted{.fd = line.get(), .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, 0) == 0;
}

}  // namespace inkan::ca
