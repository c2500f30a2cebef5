#include "ca/revocation.hpp"

#include <array>

#include "base/file.hpp"
#include "ca/ceremony_folder.hpp"
#include "ca/root_list.hpp"
#include "ca/roots.hpp"

namespace inkan::ca {
namespace {

constexpr std::array kReasons = {pki::RevocationReason::ca_compromise, pki::RevocationReason::superseded,
                                 pki::RevocationReason::cessation_of_operation};

std::unexpected<Error> corrupt(std::string what) { return fail(Code::corrupt, "issuer.corrupt", std::move(what)); }

/// Standing is what a revocation starts from.
struct Standing {
  Root root;
  pki::Certificate authority;
};

Result<Standing> read_standing(const RevocationPlan& plan, const std::filesystem::path& folder) {
  if (!is_label(plan.authority) || !std::filesystem::exists(folder / (plan.authority + ".json")))
    return fail(Code::not_found, "issuer.unknown_authority", plan.authority);
  const Result<Roots> roots = load_roots(folder);
  if (!roots) return fail(roots);
  const Result<pki::Certificate> authority = read_certificate(folder / (plan.authority + ".pem"));
  if (!authority) return fail(authority);
  const Result<Root> root = root_of(*roots, *authority);
  if (!root) return corrupt(plan.authority + ": " + root.error().detail);
  if (const auto revoked = root->list ? find_revoked(*root->list, authority->serial()) : std::nullopt)
    return fail(Code::conflict, "ca.already_revoked",
                plan.authority + ": since " + to_rfc3339(revoked->revoked_at) + ", " + std::string(to_text(revoked->reason)) +
                    "; nothing was changed");
  return Standing{.root = *root, .authority = *authority};
}

}  // namespace

Result<pki::RevocationReason> parse_authority_reason(std::string_view text) {
  for (const pki::RevocationReason reason : kReasons)
    if (to_text(reason) == text) return reason;
  return fail(Code::invalid, "ca.revocation_reason", "cACompromise, superseded or cessationOfOperation");
}

Result<pki::Certificate> check_revocation(const RevocationPlan& plan, const std::filesystem::path& folder) {
  Result<Standing> standing = read_standing(plan, folder);
  if (!standing) return fail(standing);
  return std::move(standing->authority);
}

Result<pki::Crl> revoke_authority(const RevocationPlan& plan, const KeyStore& keys, const std::filesystem::path& folder,
                                  Instant now) {
  const Result<Standing> standing = read_standing(plan, folder);
  if (!standing) return fail(standing);
  const auto& [root, authority] = *standing;
  const Result<std::unique_ptr<SigningKey>> key = load_key(keys, root.label, root.certificate);
  if (!key) return fail(key);
  const Result<Bytes> list =
      make_root_list(root.certificate, **key,
                     {.before = root.list, .revoke = pki::RevokedEntry{authority.serial(), now, plan.reason}, .now = now});
  if (!list) return fail(list);
  if (const Result<void> written = write_file(folder / root_list_name(root.label), as_text(*list), FileMode::open); !written)
    return fail(Code::unavailable, "ceremony.write", written.error().detail);
  return pki::Crl::parse(*list);
}

}  // namespace inkan::ca
