#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/windows/container.hpp"

/// Private to the room on Windows: the calls on the store "MY" of the current user, without a handle that outlives one of them.
namespace inkan::app {

/// Kept is a certificate of that store that names a key.
struct Kept {
  pki::Certificate certificate;
  pki::Container container;
  std::string description;
};

/// list_personal gives all of them; what cannot be read as a certificate is passed over. Error: `windows.store`.
Result<std::vector<Kept>> list_personal();

/// add_personal puts a certificate there in one step with the key it names, a name for people and a description.
/// Error: `windows.store`.
Result<void> add_personal(const pki::Certificate& certificate, const pki::PrivateKey& key, const std::string& name,
                          const std::string& description);

/// clear_description takes a certificate's description away. Error: `windows.store`.
Result<void> clear_description(const pki::Certificate& certificate);

/// delete_personal deletes a certificate, not its key. Error: `windows.store`.
Result<void> delete_personal(const pki::Certificate& certificate);

}  // namespace inkan::app
