#include "ca/succession.hpp"

#include <algorithm>

#include "ca/addresses.hpp"
#include "ca/authority.hpp"
#include "ca/ceremony_folder.hpp"
#include "ca/infrastructure.hpp"
#include "ca/root_list.hpp"
#include "ca/roots.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

/// Heir is a root with its key at hand.
struct Heir {
  std::string label;
  pki::Certificate certificate;
  std::unique_ptr<SigningKey> key;

  Party party() const { return {certificate.subject(), key->public_key()}; }
};

/// check_plan refuses a next root that could not be told from those before it.
Result<void> check_plan(const SuccessionPlan& plan, const Roots& roots, const std::filesystem::path& folder) {
  const auto refuse = [](std::string what) { return fail(Code::invalid, "ceremony.plan", std::move(what)); };
  if (plan.years < 1 || plan.years > kMostYears) return refuse("years of the next root");
  for (const Root& root : roots.all)
    if (root.certificate.subject().der() == plan.subject.der()) return refuse("the next root has the name of " + root.label);
  const std::string url = plan.status_url + "/x";
  if (const Result<void> checked = check_addresses({url, url, url, "1.2.3"}); !checked) return fail(checked);
  const Result<std::vector<PublicParts>> parts = load_public_parts(folder);
  if (!parts) return fail(parts);
  const Root& newest = roots.all.back();
  const auto is_its = [&](const PublicParts& each) {
    return each.authority.root.fingerprint() == newest.certificate.fingerprint();
  };
  if (std::ranges::none_of(*parts, is_its)) return fail(Code::conflict, "ca.next_root_pending", newest.label);
  return {};
}

/// cross makes what a root says of another's key.
Result<pki::Certificate> cross(const SuccessionPlan& plan, const Heir& subject, const Heir& signer, Term term, Rng& rng) {
  return sign_infrastructure(*signer.key, {.rank = Rank::cross,
                                           .signer = signer.party(),
                                           .signer_term = term_of(signer.certificate),
                                           .subject = subject.party(),
                                           .serial = pki::SerialNumber::make(rng),
                                           .term = term,
                                           .crl_url = plan.status_url + "/crl/" + root_list_name(signer.label),
                                           .ca_url = plan.status_url + "/ca/" + signer.label + ".cer"});
}

}  // namespace

Result<std::vector<std::string>> hold_succession(const SuccessionPlan& plan, KeyStore& keys, const std::filesystem::path& folder,
                                                 Rng& rng, Instant now) {
  const Result<Roots> roots = load_roots(folder);
  if (!roots) return fail(roots);
  if (const Result<void> checked = check_plan(plan, *roots, folder); !checked) return fail(checked);
  if (const Result<void> judged = judge_clock(*roots, now); !judged) return fail(judged);
  const Root& present = roots->all.back();
  Result<std::unique_ptr<SigningKey>> old_key = load_key(keys, present.label, present.certificate);
  if (!old_key) return fail(old_key);

  CeremonyFolder place(keys, folder);
  const std::string label = next_root_label(present.label);
  Result<std::unique_ptr<SigningKey>> new_key = place.load_or_make(label, plan.key);
  if (!new_key) return fail(new_key);
  const Result<pki::Certificate> own = sign_infrastructure(
      **new_key, root_order({plan.subject, (*new_key)->public_key()}, pki::SerialNumber::make(rng), term_of(now, plan.years)));
  if (!own) return fail(own);
  const Heir before{present.label, present.certificate, std::move(*old_key)};
  const Heir after{label, *own, std::move(*new_key)};

  // RFC 9810 4.4.1: NewWithOld from now until the old root ends, OldWithNew for all of the old root's life.
  const Result<pki::Certificate> new_with_old = cross(plan, after, before, within(term_of(*own), present.certificate), rng);
  if (!new_with_old) return fail(new_with_old);
  const Result<pki::Certificate> old_with_new = cross(plan, before, after, term_of(present.certificate), rng);
  if (!old_with_new) return fail(old_with_new);
  const Result<Bytes> list = make_root_list(after.certificate, *after.key, {.before = {}, .revoke = {}, .now = now});
  if (!list) return fail(list);

  // Until its own certificate is there nobody reads the others: pieces of a ceremony that was broken off are simply replaced.
  Result<void> written = place.write(cross_label(label, present.label) + ".pem", new_with_old->to_pem());
  if (written) written = place.write(cross_label(present.label, label) + ".pem", old_with_new->to_pem());
  if (written) written = place.write(root_list_name(label), as_text(*list));
  if (written) written = place.write(label + ".pem", own->to_pem());
  if (!written) return fail(written);
  return place.take_made();
}

}  // namespace inkan::ca
