#include "ca/root_list.hpp"

#include "base/file.hpp"
#include "ca/crl.hpp"
#include "ca/draft.hpp"
#include "ca/lint_status.hpp"
#include "ca/profile.hpp"

namespace inkan::ca {
namespace {

const std::string kRoot = "root";

/// as_authority is the root in the words in which issuing CAs write and judge lists.
Authority as_authority(const pki::Certificate& root, pki::KeyAlgorithm algorithm) {
  return {.id = kRoot,
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

Result<pki::Crl> read_root_list(const std::filesystem::path& folder, const pki::Certificate& root) {
  const std::filesystem::path file = folder / kRootListName;
  const Result<std::string> der = read_file(file);
  if (!der) return fail(der);
  Result<pki::Crl> list = pki::Crl::parse(as_bytes(*der));
  if (!list || list->issuer().der() != root.subject().der() || !list->verify_by(root))
    return fail(Code::corrupt, "issuer.corrupt", file.string());
  return list;
}

Result<Bytes> make_root_list(const pki::Certificate& root, const SigningKey& key, const std::optional<pki::Crl>& before,
                             Instant now) {
  const Authority authority = as_authority(root, key.public_key().algorithm());
  const CrlOrder order{.authority = kRoot,
                       .number = before ? before->number() + 1 : 1,
                       .this_update = now,
                       .next_update = std::min(now + kRootListLife, root.not_after()),
                       .revoked = before ? before->entries() : std::vector<pki::RevokedEntry>()};
  const Bytes tbs = crl_tbs(order, authority);
  if (const Findings findings = lint_list(tbs, order, authority); has_errors(findings))
    return fail(Code::internal, "issuer.refused", ids_of(findings));
  const Result<Bytes> signature = key.sign(tbs);
  if (!signature) return fail(signature);
  Bytes list = assemble(tbs, authority.algorithm, *signature);
  if (const Result<void> checked = check_crl(list, order, authority); !checked) return fail(checked);
  return list;
}

}  // namespace inkan::ca
