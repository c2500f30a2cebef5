#include "app/terminal.hpp"

#include <windows.h>

#include "base/windows/text.hpp"

namespace inkan::app {
namespace {

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

std::optional<std::string> read_quietly() {
  const Quiet quiet;
  wchar_t typed[512];
  DWORD count = 0;
  // A console speaks UTF-16; what it gives to std::cin has lost the letters that its code page lacks.
  const bool read = ReadConsoleW(keyboard(), typed, static_cast<DWORD>(std::size(typed)), &count, nullptr) != 0;
  std::string line = read ? to_utf8({typed, count}) : std::string();
  SecureZeroMemory(typed, sizeof typed);
  if (!read) return std::nullopt;
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace inkan::app
