#pragma once

#include <filesystem>
#include <memory>

#include "app/key_store.hpp"

namespace inkan::app {

/// CertificateStore is the person's own certificates in Windows ("MY" of the current user), which Edge, Chrome and every program
/// of Windows read. Keys are made in Windows' key stores and cannot be exported.
///
/// A key that waits lies in a container named after its purpose ("Inkan HASH n") that no certificate names yet. A certificate
/// comes with its key, its name for people and, as its description, the purpose it was issued for; taking that description away
/// is what marks it used.
///
/// Errors besides KeyStore's: `windows.store`, `windows.key`.
class CertificateStore : public KeyStore {
 public:
  /// `folder` is where the lock lies.
  explicit CertificateStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<FolderLock> lock() override;
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
  std::filesystem::path folder_;
};

}  // namespace inkan::app
