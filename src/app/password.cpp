#include "app/password.hpp"

#include <termios.h>
#include <unistd.h>

#include <fstream>
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

Result<Secret> take_line(std::istream& in) {
  std::string line;
  std::getline(in, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return fail(Code::unauthenticated, "password.empty");
  return Secret(std::move(line));
}

}  // namespace

bool has_terminal() { return ::isatty(STDIN_FILENO) == 1; }

Result<Secret> read_password(const std::string& source) {
  if (source == "-") return take_line(std::cin);
  std::ifstream file(source);
  if (!file) return fail(Code::not_found, "file.not_found", source);
  return take_line(file);
}

Result<Secret> ask_password(const std::string& question) {
  if (!has_terminal()) return fail(Code::invalid, "password.needed");
  std::cerr << question << ": " << std::flush;
  const Quiet quiet;
  auto typed = take_line(std::cin);
  std::cerr << "\n";
  return typed;
}

Result<Secret> give_password(const std::string& source, const std::string& question) {
  return source.empty() ? ask_password(question) : read_password(source);
}

Result<Secret> ask_new_password(const std::string& question, const std::string& again) {
  auto first = ask_password(question);
  if (!first) return first;
  const auto second = ask_password(again);
  if (!second) return fail(second);
  if (!same_secret(first->reveal(), second->reveal())) return fail(Code::invalid, "password.unequal");
  return first;
}

}  // namespace inkan::app
