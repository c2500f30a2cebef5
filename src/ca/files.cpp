#include "ca/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace inkan::ca {
namespace {

constexpr std::uintmax_t kFileLimit = 1024 * 1024;

/// An open file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> refuse(const std::filesystem::path& path) {
  return fail(Code::unavailable, "file.write", path.string() + ": " + std::strerror(errno));
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return refuse(folder);
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, FileMode mode) {
  const std::filesystem::path beside = path.string() + ".new";
  ::unlink(beside.c_str());  // left by a broken-off write
  {
    const Descriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode == FileMode::secret ? 0600 : 0644));
    if (file.get() < 0 || !write_all(file.get(), content)) return refuse(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return refuse(path);
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return refuse(parent);
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory) return fail(Code::not_found, "file.not_found", path.string());
  std::ifstream file(path, std::ios::binary);
  if (error || size > kFileLimit || !file) return fail(Code::unavailable, "file.read", path.string());
  std::string content(size, '\0');
  file.read(content.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(file.gcount()) != size) return fail(Code::unavailable, "file.read", path.string());
  return content;
}

}  // namespace inkan::ca
