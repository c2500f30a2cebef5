#include "app/disk.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace inkan::app {
namespace {

constexpr std::size_t kFileLimit = std::size_t{1} << 20;

/// Descriptor closes an open file when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

std::string reason(const std::filesystem::path& path) { return path.string() + ": " + std::strerror(errno); }

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

Result<Bytes> MachineDisk::read(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open())
    return fail(errno == ENOENT ? Code::not_found : Code::unavailable, errno == ENOENT ? "file.not_found" : "file.read",
                reason(path));
  Bytes content;
  std::uint8_t buffer[16 * 1024];
  while (true) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Code::unavailable, "file.read", reason(path));
    if (got == 0) return content;
    content.insert(content.end(), buffer, buffer + got);
    if (content.size() > kFileLimit) return fail(Code::too_large, "file.read", path.string() + ": over 1 MiB");
  }
}

bool MachineDisk::exists(const std::filesystem::path& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<void> MachineDisk::write(const std::filesystem::path& path, ByteView content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open() || ::fchmod(file.get(), 0600) != 0) return fail(Code::unavailable, "file.write", reason(path));
  while (!content.empty()) {
    const ssize_t put = ::write(file.get(), content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(Code::unavailable, "file.write", reason(path));
    content = content.subspan(static_cast<std::size_t>(put));
  }
  if (::fsync(file.get()) != 0) return fail(Code::unavailable, "file.write", reason(path));
  return {};
}

Result<void> MachineDisk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return fail(Code::unavailable, "file.write", reason(to));
  const Descriptor folder(::open(folder_of(to).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open() || ::fsync(folder.get()) != 0) return fail(Code::unavailable, "file.write", reason(to));
  return {};
}

Result<void> MachineDisk::remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(Code::unavailable, "file.write", reason(path));
  return {};
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return fail(Code::not_found, "file.not_found", reason(folder));
  FolderLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return fail(Code::conflict, "file.in_use", folder.string());
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace inkan::app
