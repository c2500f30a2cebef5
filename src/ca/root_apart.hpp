#pragma once

#include <memory>

#include "ca/key_store.hpp"

namespace inkan::ca {

/// keep_root_apart is a key store whose roots' keys ("root", "root-g2" …) are in one place, a medium that goes into a safe after
/// the ceremony, and all others in another.
std::unique_ptr<KeyStore> keep_root_apart(std::unique_ptr<KeyStore> root, std::unique_ptr<KeyStore> others);

/// keep_one_apart is a key store whose key of one label is in a place of its own: the next root's medium.
std::unique_ptr<KeyStore> keep_one_apart(std::string label, std::unique_ptr<KeyStore> one, std::unique_ptr<KeyStore> others);

}  // namespace inkan::ca
