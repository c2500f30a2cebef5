#pragma once

#include <span>
#include <string_view>

namespace inkan {

/// EmbeddedFile is a file that the build put into the binary (cmake/embed.cmake); `name` is its path inside its room.
/// A room that embeds files declares `std::span<const EmbeddedFile> embedded_files();` in its own namespace.
struct EmbeddedFile {
  std::string_view name;
  std::string_view content;
};

}  // namespace inkan
