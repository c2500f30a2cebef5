#include "ca/root_list.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "ca/crl.hpp"
#include "ca/roots.hpp"

namespace inkan::ca {
namespace {

/// as_authority is the root in the words in which issuing CAs write and judge lists.
Authority as_authority(const pki::Certificate& root, pki::KeyAlgorithm algorithm) {
  return {.id = kFirstRoot,
          .certificate = root,
          .root = root,
          .root_list = {},
          .name_sha1 = {},
          .key_sha1 = {},
          .name_sha256 = {},
          .key_sha256 = {},
          .addresses = {},
          .algorithm = algorithm};
}

}  // namespace

Result<pki::Crl> read_root_list(const std::filesystem::path& file, const pki::Certificate& root) {
  const Result<std::string> der = read_file(file);
  if (!der) return fail(der);
  Result<pki::Crl> list = pki::Crl::parse(as_bytes(*der));
  if (!list || list->issuer().der() != root.subject().der() || !list->verify_by(root))
    return fail(Code::corrupt, "issuer.corrupt", file.string());
  return list;
}

Result<Bytes> make_root_list(const pki::Certificate& root, const SigningKey& key, const RootListOrder& wanted) {
  const Authority authority = as_authority(root, key.public_key().algorithm());
  CrlOrder order{.authority = kFirstRoot,
                 .number = wanted.before ? wanted.before->number() + 1 : 1,
                 .this_update = wanted.now,
                 .next_update = std::min(wanted.now + kRootListLife, root.not_after()),
                 .revoked = wanted.before ? wanted.before->entries() : std::vector<pki::RevokedEntry>()};
  if (wanted.revoke) order.revoked.push_back(*wanted.revoke);
  Result<Bytes> list = sign_crl(order, authority, key);
  if (!list) return list;
  // Read back at once: the key goes into its safe after the ceremony.
  if (const Result<void> checked = check_crl(*list, order, authority); !checked) return fail(checked);
  return list;
}

std::optional<pki::RevokedEntry> find_revoked(const pki::Crl& list, const pki::SerialNumber& serial) {
  const auto found = std::ranges::find(list.entries(), serial, &pki::RevokedEntry::serial);
  return found == list.entries().end() ? std::nullopt : std::optional(*found);
}

}  // namespace inkan::ca
