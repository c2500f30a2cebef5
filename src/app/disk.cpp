#include "app/disk.hpp"

namespace inkan::app {

Result<void> Disk::replace(const std::filesystem::path& path, ByteView content) {
  std::filesystem::path passing = path;
  passing += ".new";
  if (auto written = write(passing, content); !written) return written;
  return rename(passing, path);
}

Result<Bytes> MachineDisk::read(const std::filesystem::path& path) {
  auto content = read_file(path);
  if (!content) return fail(content);
  return to_bytes(*content);
}

Result<void> MachineDisk::write(const std::filesystem::path& path, ByteView content) {
  return write_through(path, as_text(content));
}

Result<void> MachineDisk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  return rename_file(from, to);
}

}  // namespace inkan::app
