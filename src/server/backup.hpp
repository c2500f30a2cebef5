#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/audit_trail.hpp"
#include "pki/certificate.hpp"

/// A backup is a folder: the records as they are in one moment, as an embedded database whatever engine they came from, cut into
/// parts that only the holder of a key opens (CMS AuthEnvelopedData), and manifest.toml, which says what is in it and holds no
/// secret. The CA's keys are never in it: they have the ceremony's own copies.
namespace inkan::server {

/// BackupPart is one file of the folder.
struct BackupPart {
  std::string file;
  Digest sealed;  ///< SHA-256 of the file
};

/// Manifest is what a backup says of itself.
struct Manifest {
  Instant made_at;
  long long rows = 0;
  std::vector<lifecycle::AuditHead> heads;
  std::vector<BackupPart> parts;
};

std::string to_toml(const Manifest& manifest);
/// read_manifest reads a backup's manifest. Errors: `config.*`, `backup.malformed`.
Result<Manifest> read_manifest(const std::filesystem::path& folder);

/// make_backup copies the store into a new folder, sealed for the recipient; it is there whole or not at all. Errors:
/// `backup.exists`, `store.*`, `audit.*`, `cms.make`, `file.write`.
Result<Manifest> make_backup(const std::string& store, const std::filesystem::path& folder, const pki::Certificate& recipient,
                             Instant now);

/// open_backup writes a backup's records into the database file `into` and holds them against the manifest: every part, every
/// row's place in its index, every link of the audit trail up to the heads. Errors: `backup.malformed` (another part, one
/// missing, other heads), `cms.open`, `store.corrupt`, `audit.*`.
Result<Manifest> open_backup(const std::filesystem::path& folder, const pki::PrivateKey& key, const std::filesystem::path& into);

}  // namespace inkan::server
