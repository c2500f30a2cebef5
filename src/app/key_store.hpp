#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/disk.hpp"
#include "app/identity.hpp"

namespace inkan::app {

/// renewal_of is the purpose of a key that is to replace the certificate with this fingerprint.
inline std::string renewal_of(const Digest& fingerprint) { return "renew " + fingerprint.hex(); }

/// Pending is a key whose request was sent, or is about to be. It lies in the store from before the first byte goes out until its
/// certificate lies beside it, so that a lost answer or a killed program goes on with the same key and is given the same
/// certificate.
struct Pending {
  std::string purpose;  ///< renewal_of the certificate it replaces, or "issue LOGIN_ID"
  pki::PrivateKey key;
};

/// KeyStore is a place that holds certificates with their private keys: a PKCS#12 file, a PKCS#11 token, an NSS database. Every
/// change may be the last one of a run: whatever was there before opens, and the next run finds out how far this one came.
///
/// A certificate that was saved is *unused* until mark_used, which is when the bank has taken it; what it replaces stays until
/// then.
class KeyStore {
 public:
  KeyStore() = default;
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;
  virtual ~KeyStore() = default;

  /// lock keeps a second inkan-app from changing this store; what was read before it is believed no more. Errors: `file.in_use`,
  /// `file.not_found`.
  virtual Result<FolderLock> lock() = 0;

  /// reach tells whether the store still answers: what signs may have been pulled out while the bank was waited for.
  virtual Result<void> reach() = 0;

  /// certificates are all that have a key here, in the order of their expiry; a store that is empty or not made yet has none.
  virtual Result<std::vector<pki::Certificate>> certificates() = 0;
  /// keyless are certificates that lie here while their key does not: it was lost, deleted, or is another person's (E204). A file
  /// has none; some systems do not show them.
  virtual Result<std::vector<pki::Certificate>> keyless() { return std::vector<pki::Certificate>(); }
  /// open finds the key of one of them. Error: `store.no_key`.
  virtual Result<Identity> open(const pki::Certificate& certificate) = 0;

  /// find_pending is the key that waits for this purpose; empty when there is none.
  virtual Result<std::optional<Pending>> find_pending(const std::string& purpose) = 0;
  /// make_pending makes a key in the store, bound to its purpose. *Caller's duty*: find_pending came first.
  virtual Result<Pending> make_pending(const std::string& purpose, pki::KeyAlgorithm algorithm) = 0;
  /// drop_pending forgets the key of a request that was finally refused; without one it does nothing.
  virtual Result<void> drop_pending(const std::string& purpose) = 0;

  /// save puts the certificate beside its key under a name for people; the key is pending no more.
  virtual Result<void> save(const Pending& pending, const pki::Certificate& certificate,
                            const std::vector<pki::Certificate>& chain, const std::string& name) = 0;
  /// is_unused tells that a certificate was saved by this program and no bank has been seen to take it.
  virtual Result<bool> is_unused(const pki::Certificate& certificate) = 0;
  /// mark_used records that a bank took it, and removes what it replaced.
  virtual Result<void> mark_used(const pki::Certificate& certificate) = 0;

  /// remove deletes a certificate and its key for good, and what was begun to replace it.
  virtual Result<void> remove(const pki::Certificate& certificate) = 0;
};

}  // namespace inkan::app
