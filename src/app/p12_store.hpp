#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/disk.hpp"
#include "base/secret.hpp"
#include "pki/csr.hpp"
#include "pki/pkcs12.hpp"

namespace inkan::app {

/// Pending is a key whose request was sent, or is about to be. It is kept from before the first byte goes out until the
/// certificate is saved, so that a lost answer or a killed program goes on with the same key and is given the same certificate.
struct Pending {
  std::string purpose;  ///< "renew FINGERPRINT" of the certificate it replaces, or "issue LOGIN_ID"
  pki::PrivateKey key;
  Bytes request;  ///< PKCS#10, DER
};

/// P12Store is a PKCS#12 file as a key store, with two companions: FILE.pending (a Pending, encrypted under the same password)
/// and FILE.old (what FILE was before, until the new certificate was really used). Every change is one rename, so that a crash at
/// any moment leaves a whole file.
class P12Store {
 public:
  P12Store(Disk& disk, std::filesystem::path path, Secret password);

  bool exists() const { return disk_.exists(path_); }
  /// load opens the file. Errors: `file.not_found`, `file.read`, `pkcs12.*`.
  Result<pki::Pkcs12> load() const;

  /// load_pending is the key in FILE.pending; empty when there is none. Errors: `file.read`, `pending.malformed`,
  /// `pending.wrong_password`.
  Result<std::optional<Pending>> load_pending() const;
  /// keep_pending writes FILE.pending. Errors: `file.write`, `key.encrypt`.
  Result<void> keep_pending(const Pending& pending);
  Result<void> drop_pending();

  /// save puts key and certificate into FILE; what stood there is FILE.old from then on. Errors: `file.*`, `pkcs12.make`.
  Result<void> save(const pki::PrivateKey& key, const pki::Certificate& certificate, const std::vector<pki::Certificate>& chain);
  /// has_old tells that a saved certificate was not used yet.
  bool has_old() const { return disk_.exists(beside(".old")); }
  Result<void> drop_old();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path beside(const char* ending) const { return path_.string() + ending; }
  /// put writes a file under a passing name and renames it.
  Result<void> put(const std::filesystem::path& path, ByteView content);

  Disk& disk_;
  std::filesystem::path path_;
  Secret password_;
};

}  // namespace inkan::app
