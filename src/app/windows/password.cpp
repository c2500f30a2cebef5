#include "app/password.hpp"

#include <windows.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/windows/text.hpp"

namespace inkan::app {
namespace {

Result<Secret> take_line(std::istream& in) {
  std::string line;
  std::getline(in, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return fail(Code::unauthenticated, "password.empty");
  return Secret(std::move(line));
}

HANDLE keyboard() { return GetStdHandle(STD_INPUT_HANDLE); }

/// Quiet switches a console's echo off while it lives.
class Quiet {
 public:
  Quiet() {
    GetConsoleMode(keyboard(), &before_);
    SetConsoleMode(keyboard(), before_ & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() { SetConsoleMode(keyboard(), before_); }

 private:
  DWORD before_ = 0;
};

}  // namespace

bool has_terminal() {
  DWORD mode = 0;
  return GetConsoleMode(keyboard(), &mode) != 0;
}

Result<Secret> read_password(const std::string& source) {
  if (source == "-") return take_line(std::cin);
  std::ifstream file{std::filesystem::path(source)};
  if (!file) return fail(Code::not_found, "file.not_found", source);
  return take_line(file);
}

Result<Secret> ask_password(const std::string& question) {
  if (!has_terminal()) return fail(Code::invalid, "password.needed");
  std::cerr << question << ": " << std::flush;
  const Quiet quiet;
  wchar_t typed[512];
  DWORD count = 0;
  // A console speaks UTF-16; what it gives to std::cin has lost the letters that its code page lacks.
  const bool read = ReadConsoleW(keyboard(), typed, static_cast<DWORD>(std::size(typed)), &count, nullptr) != 0;
  std::cerr << "\n";
  std::string line = read ? to_utf8({typed, count}) : std::string();
  SecureZeroMemory(typed, sizeof typed);
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  if (line.empty()) return fail(Code::unauthenticated, "password.empty");
  return Secret(std::move(line));
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
