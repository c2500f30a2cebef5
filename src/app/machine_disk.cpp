#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/disk.hpp"

/// What POSIX has of its own for a disk.
namespace inkan::app {

bool MachineDisk::exists(const std::filesystem::path& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<void> MachineDisk::remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail(Code::unavailable, "file.write", path.string() + ": " + std::strerror(errno));
  return {};
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return fail(Code::not_found, "file.not_found", folder.string());
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) return fail(Code::conflict, "file.in_use", folder.string());
  return FolderLock(std::move(opened));
}

}  // namespace inkan::app
