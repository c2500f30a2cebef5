#pragma once

#include <filesystem>

#include "base/time.hpp"
#include "ca/issuer.hpp"
#include "ca/key_store.hpp"
#include "pki/certificate.hpp"
#include "pki/crl.hpp"

/// Private to ca: the root's own revocation list, "root.crl" beside root.pem. Whoever checks a whole chain (RFC 5280 6.3; nginx's
/// ssl_crl) asks for it. The root is offline, so a ceremony makes it, and the next one renews it.
namespace inkan::ca {

inline constexpr std::chrono::days kRootListLife{365};     ///< CA/Browser Forum BR 4.9.7: a year at most
inline constexpr std::chrono::days kRootListRenewal{180};  ///< a ceremony renews a list that ends sooner

/// read_root_list reads the list and checks that this root signed it. Errors: `file.not_found`, `issuer.corrupt`.
Result<pki::Crl> read_root_list(const std::filesystem::path& file, const pki::Certificate& root);

/// RootListOrder is what the next list of a root is made of.
struct RootListOrder {
  std::optional<pki::Crl> before;           ///< the list it follows: the number rises, and what that revoked stays revoked
  std::optional<pki::RevokedEntry> revoke;  ///< one issuing CA more
  Instant now;
};

/// make_root_list signs a root's next list. Gives DER. Errors: `issuer.refused`, SigningKey::sign's.
Result<Bytes> make_root_list(const pki::Certificate& root, const SigningKey& key, const RootListOrder& wanted);

/// find_revoked is what a list says of a serial number.
std::optional<pki::RevokedEntry> find_revoked(const pki::Crl& list, const pki::SerialNumber& serial);

}  // namespace inkan::ca
