#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace inkan::test {

/// ScriptedRelay is a mail server in the clear that answers as a test wants, one connection after the other. It keeps every
/// message it saw whole, accepted or not, and every command.
class ScriptedRelay {
 public:
  /// Script gives the answer to a command: "CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "." (the end of the data) … An empty answer
  /// means nothing is said, kHangUp that the line is cut. `connection` counts from 1.
  using Script = std::function<std::string(std::string_view command, int connection)>;
  static constexpr std::string_view kHangUp = "hang up";

  /// polite is what a relay answers that takes everything.
  static std::string polite(std::string_view command) {
    if (command == "CONNECT") return "220 relay.test ESMTP";
    if (command == "EHLO") return "250-relay.test\r\n250-8BITMIME\r\n250 SIZE 1000000";
    if (command == "DATA") return "354 go on";
    if (command == "QUIT") return "221 bye";
    return "250 2.0.0 fine";
  }
  /// saying is polite but for one command.
  static Script saying(const std::string& command, const std::string& answer) {
    return [=](std::string_view given, int /*connection*/) { return given == command ? answer : polite(given); };
  }

  explicit ScriptedRelay(Script script = [](std::string_view command, int /*connection*/) { return polite(command); })
      : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    const bool listening = ::bind(listener_, reinterpret_cast<const sockaddr*>(&here), size) == 0 &&
                           ::listen(listener_, 8) == 0 &&
                           ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) == 0;
    check(listening, "a test can listen");
    port_ = ntohs(here.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ScriptedRelay(const ScriptedRelay&) = delete;
  ScriptedRelay& operator=(const ScriptedRelay&) = delete;
  ~ScriptedRelay() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      if (peer_ >= 0) ::shutdown(peer_, SHUT_RDWR);
    }
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  /// commands are the first words, in order, of all connections.
  std::vector<std::string> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  /// senders are the MAIL commands, whole.
  std::vector<std::string> senders() const {
    const std::lock_guard lock(mutex_);
    return senders_;
  }
  int connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  void serve() {
    for (int peer; (peer = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      int number = 0;
      {
        const std::lock_guard lock(mutex_);
        peer_ = stopping_ ? -1 : peer;
        number = ++connections_;
      }
      buffer_.clear();
      if (peer_ >= 0) converse(number);
      const std::lock_guard lock(mutex_);
      ::close(peer);
      peer_ = -1;
    }
  }

  void converse(int number) {
    if (!answer("CONNECT", number)) return;
    for (std::string line; read_line(line);) {
      const std::string command = line.substr(0, line.find(' '));
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(command);
        if (command == "MAIL") senders_.push_back(line);
      }
      const std::string said = script_(command, number);
      if (!say(said) || command == "QUIT") return;
      if (command == "DATA" && said.starts_with("354") && (!read_message() || !answer(".", number))) return;
    }
  }

  bool answer(std::string_view command, int number) { return say(script_(command, number)); }
  bool say(const std::string& text) {
    if (text.empty()) return true;
    if (text == kHangUp) return false;
    const std::string line = text + "\r\n";
    return ::send(peer_, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
  }

  bool read_message() {
    std::string message;
    for (std::string line; read_line(line);) {
      if (line == ".") {
        const std::lock_guard lock(mutex_);
        messages_.push_back(message);
        return true;
      }
      message += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
    }
    return false;
  }

  bool read_line(std::string& line) {
    for (;;) {
      const auto end = buffer_.find("\r\n");
      if (end != std::string::npos) {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return true;
      }
      char bytes[4096];
      const ssize_t count = ::recv(peer_, bytes, sizeof bytes, 0);
      if (count <= 0) return false;
      buffer_.append(bytes, static_cast<std::size_t>(count));
    }
  }

  Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  int peer_ = -1;
  int connections_ = 0;
  std::vector<std::string> messages_;
  std::vector<std::string> commands_;
  std::vector<std::string> senders_;
  std::string buffer_;
  std::thread thread_;
};

}  // namespace inkan::test
