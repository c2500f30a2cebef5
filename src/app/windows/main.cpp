#include <windows.h>

#include <shellapi.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "app/command_line.hpp"
#include "base/windows/text.hpp"

namespace {

/// speak_utf8 has a console show our texts; files and pipes get the same bytes anyway.
void speak_utf8() {
  SetConsoleOutputCP(CP_UTF8);
  SetConsoleCP(CP_UTF8);
}

/// choose_words tells the core Windows' language where the environment says none.
void choose_words() {
  if (std::getenv("LANG") != nullptr || std::getenv("LC_ALL") != nullptr) return;
  const bool japanese = PRIMARYLANGID(GetUserDefaultUILanguage()) == LANG_JAPANESE;
  _putenv_s("LANG", japanese ? "ja_JP.UTF-8" : "en");
}

/// leave_own_console closes a console that Windows made for us alone: a person who double-clicks wants the window. Windows 11
/// does not make it at all (app.manifest).
void leave_own_console() {
  DWORD processes[2];
  if (GetConsoleProcessList(processes, 2) == 1) FreeConsole();
}

}  // namespace

int main() {
  using namespace inkan;
  speak_utf8();
  choose_words();
  int count = 0;
  wchar_t** wide = CommandLineToArgvW(GetCommandLineW(), &count);
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(to_utf8(wide[i]));
  LocalFree(wide);
  std::vector<const char*> arguments;
  for (const std::string& text : texts) arguments.push_back(text.c_str());
  return app::run(count, arguments.data(), [](const app::WindowOptions& options) {
    leave_own_console();
    return app::show_window(options);
  });
}
