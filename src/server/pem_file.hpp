#pragma once

#include <filesystem>
#include <vector>

#include "pki/certificate.hpp"

namespace inkan::server {

/// read_pem_file reads the certificates of a file that the configuration or a verb names; there may be none in it. Errors:
/// read_file's, `certificate.malformed`.
Result<std::vector<pki::Certificate>> read_pem_file(const std::filesystem::path& file);

}  // namespace inkan::server
