#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/chance.hpp"
#include "ca/key_store.hpp"

/// The audit key of an installation: it signs the heads of the audit logs, and nothing else.
namespace inkan::ca {

/// make_audit_key makes below a ceremony's folder, in "audit", what is missing of the key `audit` (P-256) and its public half
/// audit.pem. The key stands there under a passphrase of its own, beside it: the server's process opens it, and no CA key by it.
/// Gives the names of what it made. Errors: `ceremony.write`, `key_store.*`.
Result<std::vector<std::string>> make_audit_key(const std::filesystem::path& folder, Rng& rng);

/// open_audit_key loads the key. Errors: `audit.no_key` (an installation made before there was one: `inkan ca init` makes it),
/// `key_store.*`, `key.*`.
Result<std::unique_ptr<SigningKey>> open_audit_key(const std::filesystem::path& folder);

/// audit_key_file is where the public half stands.
std::filesystem::path audit_key_file(const std::filesystem::path& folder);
/// read_public_key reads a public key in PEM (SubjectPublicKeyInfo). Errors: `file.*`, `key.malformed`, PublicKey::parse's.
Result<pki::PublicKey> read_public_key(const std::filesystem::path& file);

}  // namespace inkan::ca
