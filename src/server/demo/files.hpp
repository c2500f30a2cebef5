#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace inkan::server::demo {

/// write_private writes a whole file of mode 0600 in one step: a reader sees the old one or the new one. Error: `demo.write`.
Result<void> write_private(const std::filesystem::path& path, std::string_view content);

/// make_folder makes a folder of mode 0700 when it is not there. Error: `demo.write`.
Result<void> make_folder(const std::filesystem::path& path);

}  // namespace inkan::server::demo
