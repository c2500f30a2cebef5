#include "app/disk.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace inkan::app {

Result<void> Disk::replace(const std::filesystem::path& path, ByteView content) {
  const std::filesystem::path passing = path.string() + ".new";
  if (auto written = write(passing, content); !written) return written;
  return rename(passing, path);
}

Result<Bytes> MachineDisk::read(const std::filesystem::path& path) {
  auto content = read_file(path);
  if (!content) return fail(content);
  return to_bytes(*content);
}

bool MachineDisk::exists(const std::filesystem::path& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<void> MachineDisk::write(const std::filesystem::path& path, ByteView content) {
  return write_through(path, as_text(content));
}

Result<void> MachineDisk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  return rename_file(from, to);
}

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
