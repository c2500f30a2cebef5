#pragma once

#include <filesystem>
#include <string>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"

namespace inkan::app {

/// Disk is the few acts on files that keeping a key takes. A test fails the Nth of them.
class Disk {
 public:
  virtual ~Disk() = default;
  /// read gives a whole file of at most 1 MiB. Errors: `file.not_found`, `file.read`.
  virtual Result<Bytes> read(const std::filesystem::path& path) = 0;
  virtual bool exists(const std::filesystem::path& path) = 0;
  /// write makes a file anew, readable by its owner only, and flushes it to the disk. Error: `file.write`.
  virtual Result<void> write(const std::filesystem::path& path, ByteView content) = 0;
  /// rename puts one file in another's place in one step, and flushes the folder. Error: `file.write`.
  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// replace gives a file its whole new content in one step, by way of PATH.new. Error: `file.write`.
  Result<void> replace(const std::filesystem::path& path, ByteView content);
  /// remove does nothing when there is no such file. Error: `file.write`.
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
};

/// MachineDisk is the machine's own.
class MachineDisk : public Disk {
 public:
  Result<Bytes> read(const std::filesystem::path& path) override;
  bool exists(const std::filesystem::path& path) override;
  Result<void> write(const std::filesystem::path& path, ByteView content) override;
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> remove(const std::filesystem::path& path) override;
};

/// FolderLock keeps a second inkan-app from working on the files of one folder at the same time; the kernel lets go of it when
/// the process dies.
class FolderLock {
 public:
  /// take fails with `file.in_use` when another process has it, `file.not_found` when there is no such folder.
  static Result<FolderLock> take(const std::filesystem::path& folder);

 private:
  explicit FolderLock(Descriptor folder) : folder_(std::move(folder)) {}
  Descriptor folder_;
};

}  // namespace inkan::app
