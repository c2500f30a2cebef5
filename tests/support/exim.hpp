#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "support/test_certificates.hpp"
#include "support/tool.hpp"

namespace inkan::test {

/// Exim is a real mail server of a test's own (tests/support/exim), on a free port of this machine; "localhost" is its name.
class Exim {
 public:
  static constexpr const char* kUser = "inkan";
  static constexpr const char* kPassword = "open sesame";

  explicit Exim(std::string script = INKAN_SOURCE_DIR "/tests/support/exim") : script_(std::move(script)) {
    const Issued authority = issue({.common_name = "Test Root", .alternative_names = {}, .authority = true});
    const Issued server = issue({.common_name = "localhost", .alternative_names = "DNS:localhost"}, &authority);
    trust_ = folder_.write("trust.pem", authority.pem());
    folder_.write("server.pem", server.pem());
    folder_.write("server.key", server.key_pem());

    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    const bool listening = ::bind(listener, reinterpret_cast<const sockaddr*>(&here), size) == 0 && ::listen(listener, 8) == 0 &&
                           ::getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size) == 0;
    check(listening, "a test can listen");
    port_ = ntohs(here.sin_port);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, listener, STDIN_FILENO);  // connections made from now on wait for it there
    std::string verb = "serve";
    std::string where = folder_.path().string();
    char* arguments[] = {script_.data(), verb.data(), where.data(), nullptr};
    check(::posix_spawn(&pid_, script_.c_str(), &actions, nullptr, arguments, environ) == 0, "tests/support/exim can be run");
    posix_spawn_file_actions_destroy(&actions);
    ::close(listener);
  }
  Exim(const Exim&) = delete;
  Exim& operator=(const Exim&) = delete;
  ~Exim() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  std::string url() const { return "smtp://localhost:" + std::to_string(port_); }
  const std::string& trust() const { return trust_; }

  /// deliver carries what was accepted into mailboxes and gives all messages there, as files.
  std::vector<std::filesystem::path> deliver() const {
    const ToolRun run = run_tool(script_ + " deliver " + folder_.path().string());
    check(run.status == 0, run.output);
    std::vector<std::filesystem::path> mails;
    std::error_code none;  // no mailbox yet
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "maildir" / "new", none))
      mails.push_back(entry.path());
    return mails;
  }
  /// log is what it wrote into its main log.
  std::string log() const { return run_tool("cat " + (folder_.path() / "log" / "mainlog").string()).output; }

 private:
  std::string script_;
  TempFolder folder_;
  std::string trust_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace inkan::test
