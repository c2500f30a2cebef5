#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

/// Files that are either whole or absent: what holds a key or tells another process something is never seen half written.
namespace inkan {

/// Descriptor is an open file that closes itself; the kernel says in `errno` why it is not open.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  bool is_open() const { return number_ >= 0; }
  int get() const { return number_; }

 private:
  int number_;
};

/// FileMode says who may read a file: keys are the owner's alone.
enum class FileMode { secret, open };

/// make_folder makes a folder of mode 0700, and those above it, where there is none. Error: `file.write`.
Result<void> make_folder(const std::filesystem::path& folder);

/// write_file writes beside (PATH.new), flushes, and renames into place: a broken-off write leaves nothing under the name, a
/// reader sees the old file or the new one. Error: `file.write`.
Result<void> write_file(const std::filesystem::path& path, std::string_view content, FileMode mode = FileMode::secret);

/// write_through writes a file under its own name and flushes it; for who renames it into place. Error: `file.write`.
Result<void> write_through(const std::filesystem::path& path, std::string_view content, FileMode mode = FileMode::secret);

/// rename_file puts one file in another's place in one step, and flushes the folder. Error: `file.write`.
Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// read_file reads a whole file of at most 1 MiB. Errors: `file.not_found`, `file.read`.
Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace inkan
