#include "server/demo/control.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace inkan::server::demo {
namespace {

/// A socket's path may have 107 characters at most.
Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) return fail(Code::invalid, "demo.control", "the demo's folder has too long a path");
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

const sockaddr* as_address(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

std::string read_line(int socket) {
  std::string line;
  char c = 0;
  while (line.size() < 4096 && ::read(socket, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

void write_line(int socket, std::string line) {
  line += '\n';
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t written = ::send(socket, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (written <= 0) return;
    done += static_cast<std::size_t>(written);
  }
}

}  // namespace

Control::Control(std::filesystem::path path, int socket, Answer answer)
    : path_(std::move(path)), socket_(socket), answer_(std::move(answer)), thread_([this] { serve(); }) {}

Result<std::unique_ptr<Control>> Control::start(const std::filesystem::path& path, Answer answer) {
  const auto address = address_of(path);
  if (!address) return fail(address);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const mode_t before = ::umask(0177);
  const bool bound = socket >= 0 && ::bind(socket, as_address(*address), sizeof *address) == 0 && ::listen(socket, 4) == 0;
  ::umask(before);
  if (!bound) {
    if (socket >= 0) ::close(socket);
    return fail(Code::unavailable, "demo.control", path.string() + ": " + std::strerror(errno));
  }
  return std::unique_ptr<Control>(new Control(path, socket, std::move(answer)));
}

Control::~Control() {
  ::shutdown(socket_, SHUT_RDWR);  // wakes accept
  thread_.join();
  ::close(socket_);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void Control::serve() {
  while (true) {
    const int peer = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) return;
    write_line(peer, answer_(read_line(peer)));
    ::close(peer);
  }
}

Result<std::string> ask(const std::filesystem::path& path, const std::string& line) {
  const auto address = address_of(path);
  if (!address) return fail(address);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0 || ::connect(socket, as_address(*address), sizeof *address) != 0) {
    if (socket >= 0) ::close(socket);
    return fail(Code::not_found, "demo.not_running", "no demo runs in " + path.parent_path().string());
  }
  write_line(socket, line);
  std::string answer = read_line(socket);
  ::close(socket);
  return answer;
}

}  // namespace inkan::server::demo
