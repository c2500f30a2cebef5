#include "server/demo/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace inkan::server::demo {

Result<void> write_private(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path fresh = path.string() + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool good = file >= 0;
  for (std::size_t done = 0; good && done < content.size();) {
    const ssize_t written = ::write(file, content.data() + done, content.size() - done);
    good = written > 0;
    if (good) done += static_cast<std::size_t>(written);
  }
  good = good && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  good = good && ::rename(fresh.c_str(), path.c_str()) == 0;
  if (!good) return fail(Code::unavailable, "demo.write", path.string() + ": " + std::strerror(errno));
  return {};
}

Result<void> make_folder(const std::filesystem::path& path) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(path, error);
  if (error) return fail(Code::unavailable, "demo.write", path.string() + ": " + error.message());
  if (made) std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  return {};
}

}  // namespace inkan::server::demo
