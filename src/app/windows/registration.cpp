#include <windows.h>

#include "app/desktop_entry.hpp"
#include "base/windows/text.hpp"

/// How Windows comes to know who opens `inkan:` links: a class of the current user, for which nobody has to be an administrator.
namespace inkan::app {
namespace {

constexpr const wchar_t* kScheme = L"Software\\Classes\\inkan";

bool set_value(const std::wstring& key, const wchar_t* name, const std::wstring& value) {
  return RegSetKeyValueW(HKEY_CURRENT_USER, key.c_str(), name, REG_SZ, value.c_str(),
                         static_cast<DWORD>((value.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS;
}

}  // namespace

Result<void> register_links(Disk&) {
  wchar_t path[32768];
  const DWORD length = GetModuleFileNameW(nullptr, path, static_cast<DWORD>(std::size(path)));
  const std::wstring program(path, length);
  const std::wstring scheme = kScheme;
  if (length == 0 || !set_value(scheme, nullptr, L"URL:Inkan") || !set_value(scheme, L"URL Protocol", L"") ||
      !set_value(scheme + L"\\DefaultIcon", nullptr, L"\"" + program + L"\",0") ||
      !set_value(scheme + L"\\shell\\open\\command", nullptr, L"\"" + program + L"\" open \"%1\""))
    return fail(Code::unavailable, "desktop.no_registry", "HKCU\\" + to_utf8(kScheme));
  return {};
}

}  // namespace inkan::app
