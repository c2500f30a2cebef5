#pragma once

#include <memory>

#include "ca/key_store.hpp"

namespace inkan::ca {

/// keep_root_apart is a key store whose key "root" is in one place, a medium that goes into a safe after the ceremony, and all
/// others in another.
std::unique_ptr<KeyStore> keep_root_apart(std::unique_ptr<KeyStore> root, std::unique_ptr<KeyStore> others);

}  // namespace inkan::ca
