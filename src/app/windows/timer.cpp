#include "app/timer.hpp"

#include <windows.h>

#include "app/desktop_tool.hpp"
#include "base/windows/text.hpp"

/// The timer of quiet renewal on Windows: a scheduled task of this person's own, for which nobody has to be an administrator.
namespace inkan::app {
namespace {

constexpr const wchar_t* kTask = L"\\Inkan quiet renewal";

bool run_schtasks(const std::wstring& arguments) {
  std::wstring line = L"schtasks.exe " + arguments;
  STARTUPINFOW start{};
  start.cb = sizeof start;
  PROCESS_INFORMATION process{};
  if (!CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, CREATE_NO_WINDOW, nullptr, nullptr, &start, &process))
    return false;
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD status = 1;
  GetExitCodeProcess(process.hProcess, &status);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return status == 0;
}

}  // namespace

Result<void> start_timer(Disk&) {
  wchar_t path[32768];
  const DWORD length = GetModuleFileNameW(nullptr, path, static_cast<DWORD>(std::size(path)));
  const std::wstring command = L"\\\"" + std::wstring(path, length) + L"\\\" agent --notify";
  if (length == 0 ||
      !run_schtasks(std::wstring(L"/Create /F /SC DAILY /ST 10:00 /TN \"") + kTask + L"\" /TR \"" + command + L"\""))
    return fail(Code::unavailable, "agent.no_timer", to_utf8(std::wstring_view(path, length)) + " agent --notify");
  return {};
}

void stop_timer() { run_schtasks(std::wstring(L"/Delete /F /TN \"") + kTask + L"\""); }

void notify(const std::string& title, const std::string& text) {
  MessageBoxW(nullptr, to_wide(text).c_str(), to_wide(title).c_str(), MB_OK | MB_ICONINFORMATION | MB_SETFOREGROUND);
}

}  // namespace inkan::app
