#pragma once

#include <filesystem>
#include <string>

#include "base/text.hpp"
#include "support/tool.hpp"

// Files made by others: the test vectors of pyca/cryptography (Debian: python3-cryptography-vectors), among them NIST's PKITS.
namespace inkan {

/// vectors is where the package keeps its files; empty when it is not installed.
inline const std::filesystem::path& vectors() {
  static const std::filesystem::path root = [] {
    for (const std::string& line : split(run_tool("dpkg -L python3-cryptography-vectors").output, '\n'))
      if (line.ends_with("/cryptography_vectors")) return std::filesystem::path(line);
    return std::filesystem::path();
  }();
  return root;
}

}  // namespace inkan
