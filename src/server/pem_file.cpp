#include "server/pem_file.hpp"

#include "base/file.hpp"

namespace inkan::server {

Result<std::vector<pki::Certificate>> read_pem_file(const std::filesystem::path& file) {
  const auto pem = read_file(file);
  return pem ? pki::Certificate::parse_pem(*pem) : fail(pem);
}

}  // namespace inkan::server
