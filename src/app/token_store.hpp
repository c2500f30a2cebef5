#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "app/key_store.hpp"
#include "pki/token_uri.hpp"

namespace inkan::app {

/// TokenStore is a PKCS#11 token as a key store: a card, an HSM, or NSS's database, whose library is one too. Keys are made in it
/// and stay. How far a certificate came stands in the label of its private key, which changes in one step:
///
///   "inkan pending: PURPOSE"   made, perhaps asked for
///   "inkan unused: PURPOSE"    its certificate lies beside it, no bank has been seen to take it
///   the certificate's label    used
///
/// Errors besides KeyStore's: pki::Token's.
class TokenStore : public KeyStore {
 public:
  /// `folder` is what is locked while the store changes; `wanted` narrows the certificates by label and id.
  TokenStore(std::unique_ptr<pki::Token> token, std::filesystem::path folder, pki::TokenUri wanted = {});

  Result<FolderLock> lock() override;
  Result<void> reach() override { return token_->reach(); }
  Result<std::vector<pki::Certificate>> certificates() override;
  Result<std::vector<pki::Certificate>> keyless() override;
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
  using Objects = std::vector<pki::TokenObject>;
  struct Content {
    Objects certificates;
    Objects keys;  ///< private halves
    Objects public_keys;
  };
  /// load reads what is on the token, once between two changes of ours: a card is slow.
  Result<Content> load();
  /// changing is the token, of which nothing that was read before is believed any more.
  pki::Token& changing();
  /// list gives the certificates whose key is here, or those whose key is not.
  Result<std::vector<pki::Certificate>> list(bool with_key);
  bool is_wanted(const Content& content, const pki::TokenObject& certificate) const;
  Result<std::optional<Pending>> open_pending(const Content& content, const pki::TokenObject& key, const std::string& purpose);
  Result<void> destroy_all(const Objects& objects, const std::function<bool(const pki::TokenObject&)>& which);
  Result<void> destroy_identity(const Content& content, const pki::TokenObject& certificate);

  std::unique_ptr<pki::Token> token_;
  std::optional<Content> known_;
  std::filesystem::path folder_;
  pki::TokenUri wanted_;
};

}  // namespace inkan::app
