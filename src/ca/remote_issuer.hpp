#pragma once

#include <filesystem>
#include <memory>

#include "ca/issuer.hpp"

namespace inkan::ca {

/// open_remote_issuer is an issuer whose keys are in a signer's process. It reads the certificates of the folder that a ceremony
/// made, prepares by itself, and asks at the socket for every signature; what comes back is held against what was asked for. The
/// signer need not run yet: until it does every signature is refused with `issuer.unavailable`, and made again by itself
/// afterwards. Errors: `issuer.none`, `issuer.corrupt`.
Result<std::unique_ptr<Issuer>> open_remote_issuer(const std::filesystem::path& folder, std::filesystem::path socket);

}  // namespace inkan::ca
