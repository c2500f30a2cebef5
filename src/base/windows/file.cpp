#include "base/file.hpp"

#include <windows.h>

#include <io.h>

#include "base/windows/text.hpp"

/// Files of a person's own profile: who may read them is what the profile's folder says, so FileMode asks for nothing more.
namespace inkan {
namespace {

constexpr std::size_t kFileLimit = std::size_t{1} << 20;

std::unexpected<Error> failed(Code code, const char* id, const std::filesystem::path& path) {
  const DWORD number = GetLastError();
  return fail(code, id, path.string() + ": " + describe_error(number));
}

std::unexpected<Error> not_written(const std::filesystem::path& path) { return failed(Code::unavailable, "file.write", path); }

/// OpenFile is a file that closes itself.
class OpenFile {
 public:
  explicit OpenFile(HANDLE file) : file_(file) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (is_open()) CloseHandle(file_);
  }
  bool is_open() const { return file_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return file_; }

 private:
  HANDLE file_;
};

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::_close(number_);
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::unavailable, "file.write", folder.string() + ": " + error.message());
  return {};
}

Result<void> write_through(const std::filesystem::path& path, std::string_view content, FileMode) {
  const OpenFile file(CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS,
                                  FILE_ATTRIBUTE_NORMAL | FILE_FLAG_WRITE_THROUGH, nullptr));
  if (!file.is_open()) return not_written(path);
  DWORD written = 0;
  if (!WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &written, nullptr) ||
      written != content.size() || !FlushFileBuffers(file.get()))
    return not_written(path);
  return {};
}

Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (!MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) return not_written(to);
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, FileMode mode) {
  std::filesystem::path beside = path;
  beside += ".new";
  if (auto written = write_through(beside, content, mode); !written) return written;
  return rename_file(beside, path);
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const OpenFile file(CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr));
  if (!file.is_open()) {
    const DWORD number = GetLastError();
    const bool absent = number == ERROR_FILE_NOT_FOUND || number == ERROR_PATH_NOT_FOUND;
    return absent ? failed(Code::not_found, "file.not_found", path) : failed(Code::unavailable, "file.read", path);
  }
  std::string content;
  char buffer[16 * 1024];
  while (true) {
    DWORD got = 0;
    if (!ReadFile(file.get(), buffer, sizeof buffer, &got, nullptr)) return failed(Code::unavailable, "file.read", path);
    if (got == 0) return content;
    content.append(buffer, got);
    if (content.size() > kFileLimit) return fail(Code::too_large, "file.read", path.string() + ": over 1 MiB");
  }
}

}  // namespace inkan
