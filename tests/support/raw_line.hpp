#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace inkan::test {

/// RawLine is a bare TCP connection to this machine, for sending what no decent client would.
class RawLine {
 public:
  explicit RawLine(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "a test can connect");
  }
  RawLine(const RawLine&) = delete;
  RawLine& operator=(const RawLine&) = delete;
  ~RawLine() { ::close(socket_); }

  int handle() const { return socket_; }
  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

  /// receive_all is everything until the other side closes.
  std::string receive_all() {
    while (receive_some()) {
    }
    return std::move(received_);
  }
  /// receive_until waits until `mark` came, and gives all that came up to its end.
  std::string receive_until(std::string_view mark) {
    while (received_.find(mark) == std::string::npos)
      if (!receive_some()) return std::move(received_);
    const std::size_t end = received_.find(mark) + mark.size();
    std::string out = received_.substr(0, end);
    received_.erase(0, end);
    return out;
  }

 private:
  bool receive_some() {
    char buffer[4096];
    const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }
  int socket_;
  std::string received_;
};

}  // namespace inkan::test
