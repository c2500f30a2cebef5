#include "app/disk.hpp"

#include <windows.h>

#include <fcntl.h>
#include <io.h>

#include "base/windows/text.hpp"

/// What Windows has of its own for a disk.
namespace inkan::app {

bool MachineDisk::exists(const std::filesystem::path& path) {
  return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

Result<void> MachineDisk::remove(const std::filesystem::path& path) {
  if (!DeleteFileW(path.c_str()) && exists(path))
    return fail(Code::unavailable, "file.write", path.string() + ": " + describe_error(GetLastError()));
  return {};
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  // A file that nobody else may open, and that goes with its last handle, also when the process is killed.
  const std::filesystem::path file = folder / "inkan-app.lock";
  const HANDLE lock = CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  if (lock == INVALID_HANDLE_VALUE) {
    const DWORD number = GetLastError();
    const bool absent = number == ERROR_PATH_NOT_FOUND || number == ERROR_FILE_NOT_FOUND;
    return absent ? fail(Code::not_found, "file.not_found", folder.string())
                  : fail(Code::conflict, "file.in_use", folder.string());
  }
  return FolderLock(Descriptor(::_open_osfhandle(reinterpret_cast<intptr_t>(lock), _O_RDWR)));
}

}  // namespace inkan::app
