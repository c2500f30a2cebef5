#pragma once

#include <filesystem>

#include "app/key_store.hpp"
#include "base/secret.hpp"
#include "pki/pkcs12.hpp"

namespace inkan::app {

/// P12Store is a PKCS#12 file as a key store, with two companions: FILE.pending (a Pending, encrypted under the same password)
/// and FILE.old (what FILE was before, until the new certificate was really used). Every change is one rename, so that a crash at
/// any moment leaves a whole file.
///
/// Errors besides KeyStore's: `file.*`, `pkcs12.*`, `key.encrypt`, `pending.malformed`, `pending.wrong_password`, and
/// `pending.other_certificate` where FILE.pending has another purpose, since one file has room for one.
class P12Store : public KeyStore {
 public:
  P12Store(Disk& disk, std::filesystem::path path, Secret password);

  Result<FolderLock> lock() override { return FolderLock::take(path_.parent_path()); }
  Result<void> reach() override { return {}; }
  Result<std::vector<pki::Certificate>> certificates() override;
  Result<Identity> open(const pki::Certificate& certificate) override;
  Result<std::optional<Pending>> find_pending(const std::string& purpose) override;
  Result<Pending> make_pending(const std::string& purpose, pki::KeyAlgorithm algorithm) override;
  Result<void> drop_pending(const std::string& purpose) override;
  Result<void> save(const Pending& pending, const pki::Certificate& certificate, const std::vector<pki::Certificate>& chain,
                    const std::string& name) override;
  Result<bool> is_unused(const pki::Certificate& certificate) override;
  Result<void> mark_used(const pki::Certificate& certificate) override;
  Result<void> remove(const pki::Certificate& certificate) override;

 private:
  std::filesystem::path beside(const char* ending) const { return path_.string() + ending; }
  /// load opens the file; empty when there is none.
  Result<std::optional<pki::Pkcs12>> load() const;
  Result<std::optional<Pending>> load_pending() const;

  Disk& disk_;
  std::filesystem::path path_;
  Secret password_;
};

}  // namespace inkan::app
