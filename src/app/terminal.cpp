#include "app/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace inkan::app {
namespace {

/// Quiet switches a terminal's echo off while it lives.
class Quiet {
 public:
  Quiet() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

 private:
  termios before_{};
};

}  // namespace

bool has_terminal() { return ::isatty(STDIN_FILENO) == 1; }

std::optional<std::string> read_quietly() {
  const Quiet quiet;
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

}  // namespace inkan::app
