#pragma once

#include <optional>
#include <string>

#include "pki/key.hpp"

/// Key pairs in Windows' own key stores: those of CNG, and of CryptoAPI where CNG keeps none (an old smart card, wine). This
/// header shows nothing of Windows'; PrivateKey::native() is a CRYPT_KEY_PROV_INFO*, which is what Windows finds a certificate's
/// key by.
namespace inkan::pki {

/// Container says where a key pair lies, as CRYPT_KEY_PROV_INFO does.
struct Container {
  std::string name;
  std::string provider;
  unsigned long type = 0;  ///< 0: a key storage provider of CNG; else a provider type of CryptoAPI
  unsigned long spec = 0;  ///< CryptoAPI: AT_KEYEXCHANGE or AT_SIGNATURE
  unsigned long flags = 0;
};

/// make_container makes a key pair that cannot be exported, under a name that is not taken yet. Where Windows keeps no key of
/// this kind, it is an RSA key of at least 2048 bits. Errors: `windows.key`.
Result<PrivateKey> make_container(const std::string& name, KeyAlgorithm algorithm);

/// find_container looks a name up in both key stores; empty when neither has it. What a run that was cut off left half made is
/// cleared away. Error: `windows.key`.
Result<std::optional<PrivateKey>> find_container(const std::string& name);

/// open_container opens the key pair that a certificate names. Errors: `store.no_key`.
Result<PrivateKey> open_container(const Container& container);

/// delete_container deletes a key pair for good; one that is not there is no error. Error: `windows.key`.
Result<void> delete_container(const Container& container);

/// container_of is where a key pair lies.
const Container& container_of(const PrivateKey& key);

}  // namespace inkan::pki
