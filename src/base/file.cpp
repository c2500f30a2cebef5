#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace inkan {
namespace {

constexpr std::size_t kFileLimit = std::size_t{1} << 20;

std::unexpected<Error> failed(Code code, const char* id, const std::filesystem::path& path) {
  return fail(code, id, path.string() + ": " + std::strerror(errno));
}

std::unexpected<Error> not_written(const std::filesystem::path& path) { return failed(Code::unavailable, "file.write", path); }

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

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return not_written(folder);
  return {};
}

Result<void> write_through(const std::filesystem::path& path, std::string_view content, FileMode mode) {
  ::unlink(path.c_str());  // left by a broken-off write, or a link that somebody else laid there
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode == FileMode::secret ? 0600 : 0644));
  if (!file.is_open() || !write_all(file.get(), content)) return not_written(path);
  return {};
}

Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return not_written(to);
  const std::filesystem::path parent = to.has_parent_path() ? to.parent_path() : std::filesystem::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || ::fsync(folder.get()) != 0) return not_written(parent);
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, FileMode mode) {
  const std::filesystem::path beside = path.string() + ".new";
  if (auto written = write_through(beside, content, mode); !written) return written;
  return rename_file(beside, path);
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open())
    return errno == ENOENT ? failed(Code::not_found, "file.not_found", path) : failed(Code::unavailable, "file.read", path);
  std::string content;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(Code::unavailable, "file.read", path);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > kFileLimit) return fail(Code::too_large, "file.read", path.string() + ": over 1 MiB");
  }
}

}  // namespace inkan
