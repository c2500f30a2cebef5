#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "pki/key.hpp"
#include "pki/token.hpp"

namespace inkan::ca {

/// SigningKey signs with one CA key, wherever that key lives.
class SigningKey {
 public:
  virtual ~SigningKey() = default;
  virtual const pki::PublicKey& public_key() const = 0;
  /// sign hashes and signs as PrivateKey::sign does. Error: `issuer.unavailable`.
  virtual Result<Bytes> sign(ByteView message) const = 0;
};

/// KeyStore keeps CA keys under labels ("root", "d1-g1", "d1-g1-ocsp").
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  /// make generates a key that is not there yet. Errors: `key_store.exists`, `key_store.label` (anything but a-z, 0-9 and
  /// hyphens), `key_store.write`.
  virtual Result<std::unique_ptr<SigningKey>> make(const std::string& label, pki::KeyAlgorithm algorithm) = 0;
  /// load opens an existing key. Errors: `key_store.not_found`, `key_store.label`, `key.wrong_passphrase`, `key.malformed`.
  virtual Result<std::unique_ptr<SigningKey>> load(const std::string& label) const = 0;
};

/// is_label tells whether a key may be kept under these letters.
bool is_label(const std::string& label);

/// open_file_key_store keeps each key as an encrypted PKCS#8 file LABEL.key (mode 0600) in a folder, all under one passphrase.
std::unique_ptr<KeyStore> open_file_key_store(std::filesystem::path folder, Secret passphrase);

/// open_token_key_store keeps each key in a PKCS#11 token (HSM, SoftHSM), under its label; it never leaves it. What fails is
/// opened anew once, by the token's name and not by its slot: a lost session, a restarted daemon or a token that moved heals by
/// itself. A PIN that was refused is not given again, for the next wrong one may lock the token. Signatures take turns. load's
/// and make's further errors: `token.*`, `key_store.several` (a label that two keys bear). One for a library at a time.
std::unique_ptr<KeyStore> open_token_key_store(pki::TokenAddress address, Secret pin);

}  // namespace inkan::ca
