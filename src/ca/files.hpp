#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// Private to ca: files that are either whole or absent.
namespace inkan::ca {

/// FileMode says who may read a file: keys are the owner's alone.
enum class FileMode { secret, open };

/// make_folder makes a folder of mode 0700 where there is none. Error: `file.write`.
Result<void> make_folder(const std::filesystem::path& folder);

/// write_file writes beside, flushes, and renames into place, so that a broken-off write leaves nothing under the name.
/// Error: `file.write`.
Result<void> write_file(const std::filesystem::path& path, std::string_view content, FileMode mode);

/// read_file reads at most 1 MiB. Errors: `file.not_found`, `file.read`.
Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace inkan::ca
