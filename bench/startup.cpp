// Starts a program and takes the time until it answers 200 at /readyz, then ends it by SIGTERM.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <fstream>

#include "measure.hpp"

extern char** environ;

namespace inkan::bench {
namespace {

constexpr double kPatience = 120;  // seconds

bool is_ready(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request =
        "GET /readyz HTTP/1.1\r\nHost: localhost:" + std::to_string(port) + "\r\nConnection: close\r\n\r\n";
    if (::write(socket, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
      std::array<char, 4096> buffer;
      for (ssize_t count = 0; (count = ::read(socket, buffer.data(), buffer.size())) > 0;)
        answer.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  ::close(socket);
  return answer.starts_with("HTTP/1.1 200");
}

double resident_megabytes(pid_t pid) {
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

pid_t start_program(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t pid = 0;
  if (::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) stop("cannot start " + command[0]);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

void run(const std::vector<std::string>& command, std::uint16_t port, const std::string& log) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = start_program(command, log);
  pollfd ended{.fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)), .events = POLLIN, .revents = 0};
  while (!is_ready(port)) {
    if (::poll(&ended, 1, 1) > 0) stop(command[0] + " ended before it was ready; see " + log);
    if (seconds_since(start) > kPatience) stop(command[0] + " is not ready after two minutes");
  }
  const double ready = seconds_since(start);
  const double cpu = cpu_seconds(pid);
  const double resident = resident_megabytes(pid);
  ::kill(pid, SIGTERM);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) stop(command[0] + " did not end cleanly");
  Answer().add("ready_ms", ready * 1e3).add("cpu_ms", cpu * 1e3).add("resident_mb", resident).print();
}

}  // namespace
}  // namespace inkan::bench

int main(int argc, char** argv) {
  CLI::App app("Times a start.");
  std::uint16_t port = 0;
  std::string log = "/dev/null";
  std::vector<std::string> command;
  app.add_option("--port", port, "of /readyz, plain HTTP")->required();
  app.add_option("--log", log, "where its stderr goes");
  app.add_option("command", command, "program and arguments, after --")->required();
  CLI11_PARSE(app, argc, argv);
  inkan::bench::run(command, port, log);
  return 0;
}
