#include "ca/ceremony.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "ca/addresses.hpp"
#include "ca/authority.hpp"
#include "ca/ceremony_folder.hpp"
#include "ca/infrastructure.hpp"
#include "ca/local_issuer.hpp"
#include "ca/responder.hpp"
#include "ca/root_list.hpp"
#include "ca/roots.hpp"
#include "ca/rules.hpp"

namespace inkan::ca {
namespace {

const std::string kRootLabel = kFirstRoot;

/// root_list_url is the address of a later root's list, beside the first one's.
std::string root_list_url(const std::string& first, const std::string& label) {
  return first.empty() ? first : first.substr(0, first.rfind('/') + 1) + root_list_name(label);
}

/// One ceremony on its way: what exists is read, what is missing is made and noted.
class Ceremony {
 public:
  Ceremony(const CeremonyPlan& plan, KeyStore& keys, std::filesystem::path folder, Rng& rng, Instant now)
      : plan_(plan), place_(keys, std::move(folder)), rng_(rng), now_(now) {}

  Result<std::vector<std::string>> hold();

 private:
  /// A certificate with its key. The key is only opened where something must be signed, so that the root's may be taken away.
  struct Pair {
    pki::Certificate certificate;
    std::string label;
    std::unique_ptr<SigningKey> key;
  };

  Result<void> check_plan() const;
  /// roots are all roots that there are, the newest last; where there is none, the first is made.
  Result<std::vector<Pair>> roots();
  Result<Pair> first_root();
  Result<Pair> authority(const AuthorityPlan& plan, Pair& root);
  Result<void> root_list(Pair& root);
  Result<void> responder(const AuthorityPlan& plan, Pair& authority);
  Result<void> addresses(const AuthorityPlan& plan);

  Result<void> need_key(Pair& pair);
  Result<pki::Certificate> sign(const std::string& name, const SigningKey& signer, const InfrastructureOrder& order);

  const CeremonyPlan& plan_;
  CeremonyFolder place_;
  Rng& rng_;
  Instant now_;
};

Result<void> Ceremony::check_plan() const {
  const auto refuse = [](std::string what) { return fail(Code::invalid, "ceremony.plan", std::move(what)); };
  const auto bad_years = [](int years) { return years < 1 || years > kMostYears; };
  if (bad_years(plan_.root_years)) return refuse("root_years");
  std::vector<AuthorityId> ids;
  for (const AuthorityPlan& authority : plan_.authorities) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    const AuthorityId& id = authority.id;
    if (id.empty() || id.size() > 48 || id == kRootLabel || id.starts_with(kRootLabel + "-") || id.ends_with("-ocsp") ||
        !std::ranges::all_of(id, allowed))
      return refuse("id " + id);
    if (std::ranges::find(ids, id) != ids.end()) return refuse("id twice: " + id);
    ids.push_back(id);
    if (bad_years(authority.years)) return refuse("years of " + id);
    if (authority.subject.der() == plan_.root_subject.der()) return refuse("the root's subject for " + id);
    const Addresses addresses{authority.crl_url, authority.ocsp_url, authority.ca_url, authority.policy_oid,
                              authority.crl_shards};
    if (const Result<void> checked = check_addresses(addresses); !checked) return fail(checked);
  }
  return {};
}

Result<void> Ceremony::need_key(Pair& pair) {
  if (pair.key) return {};
  Result<std::unique_ptr<SigningKey>> key = load_key(place_.keys(), pair.label, pair.certificate);
  if (!key) return fail(key);
  pair.key = std::move(*key);
  return {};
}

Result<pki::Certificate> Ceremony::sign(const std::string& name, const SigningKey& signer, const InfrastructureOrder& order) {
  Result<pki::Certificate> certificate = sign_infrastructure(signer, order);
  if (!certificate) return certificate;
  if (const Result<void> written = place_.write(name, certificate->to_pem()); !written) return fail(written);
  return certificate;
}

Result<std::vector<Ceremony::Pair>> Ceremony::roots() {
  std::vector<Pair> all;
  const Result<Roots> known = load_roots(place_.path({}));
  if (known) {
    if (const Result<void> judged = judge_clock(*known, now_); !judged) return fail(judged);
    for (const Root& root : known->all) all.push_back({root.certificate, root.label, nullptr});
    return all;
  }
  if (known.error().id != "file.not_found") return fail(known);
  Result<Pair> first = first_root();
  if (!first) return fail(first);
  all.push_back(std::move(*first));
  return all;
}

Result<Ceremony::Pair> Ceremony::first_root() {
  Result<std::unique_ptr<SigningKey>> key = place_.load_or_make(kRootLabel, plan_.root_key);
  if (!key) return fail(key);
  Result<pki::Certificate> certificate = sign(
      kRootLabel + ".pem", **key,
      root_order({plan_.root_subject, (*key)->public_key()}, pki::SerialNumber::make(rng_), term_of(now_, plan_.root_years)));
  if (!certificate) return fail(certificate);
  return Pair{std::move(*certificate), kRootLabel, std::move(*key)};
}

/// root_list makes a root's list, or renews it; where the root's key is away, the list stays as it is.
Result<void> Ceremony::root_list(Pair& root) {
  const std::string name = root_list_name(root.label);
  const Result<pki::Crl> before = read_root_list(place_.path(name), root.certificate);
  if (before && before->next_update() - now_ > kRootListRenewal) return {};
  if (!before && before.error().id != "file.not_found") return fail(before);
  if (const Result<void> needed = need_key(root); !needed)
    return needed.error().id == "key_store.not_found" ? Result<void>() : fail(needed);
  const Result<Bytes> list = make_root_list(
      root.certificate, *root.key, {.before = before ? std::optional(*before) : std::nullopt, .revoke = {}, .now = now_});
  if (!list) return fail(list);
  return place_.write(name, as_text(*list));
}

Result<Ceremony::Pair> Ceremony::authority(const AuthorityPlan& plan, Pair& root) {
  const std::string name = plan.id + ".pem";
  Result<pki::Certificate> certificate = read_certificate(place_.path(name));
  if (certificate) return Pair{std::move(*certificate), plan.id, nullptr};
  if (certificate.error().id != "file.not_found") return fail(certificate);
  if (const Result<void> needed = need_key(root); !needed) return fail(needed);
  Result<std::unique_ptr<SigningKey>> key = place_.load_or_make(plan.id, plan.key);
  if (!key) return fail(key);
  certificate = sign(name, *root.key,
                     {.rank = Rank::issuing,
                      .signer = {root.certificate.subject(), root.key->public_key()},
                      .signer_term = term_of(root.certificate),
                      .subject = {plan.subject, (*key)->public_key()},
                      .serial = pki::SerialNumber::make(rng_),
                      .term = within(term_of(now_, plan.years), root.certificate),
                      .policy_oid = plan.policy_oid,
                      .crl_url = root_list_url(plan_.root_crl_url, root.label)});
  if (!certificate) return fail(certificate);
  return Pair{std::move(*certificate), plan.id, std::move(*key)};
}

Result<void> Ceremony::responder(const AuthorityPlan& plan, Pair& authority) {
  const std::string label = responder_label(plan.id), name = label + ".pem";
  const Result<pki::Certificate> existing = read_certificate(place_.path(name));
  if (existing) return {};
  if (existing.error().id != "file.not_found") return fail(existing);
  if (const Result<void> needed = need_key(authority); !needed) return fail(needed);
  // P-256 under RSA too: an answer is then signed in a fifteenth of RSA-2048's time. Under ML-DSA answers must hold as long.
  const bool lasting = pki::family_of(plan.key) == pki::KeyFamily::ml_dsa;
  const Result<std::unique_ptr<SigningKey>> key = place_.load_or_make(label, lasting ? plan.key : pki::KeyAlgorithm::p256);
  if (!key) return fail(key);
  std::vector<pki::NamePart> parts = plan.subject.parts();
  std::erase_if(parts, [](const pki::NamePart& part) { return part.type == "CN"; });
  parts.push_back({"CN", "OCSP " + plan.id});
  const Result<pki::Name> subject = pki::Name::make(std::move(parts));
  if (!subject) return fail(subject);
  const pki::Certificate& issuer = authority.certificate;
  const Result<pki::Certificate> certificate = sign(name, *authority.key,
                                                    {.rank = Rank::responder,
                                                     .signer = {issuer.subject(), authority.key->public_key()},
                                                     .signer_term = term_of(issuer),
                                                     .subject = {*subject, (*key)->public_key()},
                                                     .serial = pki::SerialNumber::make(rng_),
                                                     .term = within({now_ - kBackdate, now_ + kResponderLife}, issuer)});
  if (!certificate) return fail(certificate);
  return {};
}

Result<void> Ceremony::addresses(const AuthorityPlan& plan) {
  const std::string name = plan.id + ".json";
  if (std::filesystem::exists(place_.path(name))) return {};
  return place_.write(name, to_json({plan.crl_url, plan.ocsp_url, plan.ca_url, plan.policy_oid, plan.crl_shards}));
}

Result<std::vector<std::string>> Ceremony::hold() {
  if (const Result<void> checked = check_plan(); !checked) return fail(checked);
  if (const Result<void> made = place_.make(); !made) return fail(made);
  Result<std::vector<Pair>> tops = roots();
  if (!tops) return fail(tops);
  for (Pair& top : *tops)
    if (const Result<void> list = root_list(top); !list) return fail(list);
  for (const AuthorityPlan& plan : plan_.authorities) {
    Result<Pair> pair = authority(plan, tops->back());
    if (!pair) return fail(pair);
    Result<void> step = responder(plan, *pair);
    if (step) step = addresses(plan);  // last, since open_issuer takes the file for the sign that an authority is whole
    if (!step) return fail(step);
  }
  return place_.take_made();
}

}  // namespace

Result<std::vector<std::string>> hold_ceremony(const CeremonyPlan& plan, KeyStore& keys, const std::filesystem::path& folder,
                                               Rng& rng, Instant now) {
  return Ceremony(plan, keys, folder, rng, now).hold();
}

Result<std::unique_ptr<Issuer>> open_issuer(const KeyStore& keys, const std::filesystem::path& folder) {
  Result<std::vector<PublicParts>> all = load_public_parts(folder);
  if (!all) return fail(all);
  std::vector<AuthorityParts> parts;
  for (PublicParts& known : *all) {
    const AuthorityId id = known.authority.id;
    Result<std::unique_ptr<SigningKey>> key = keys.load(id);
    if (!key) return fail(key);
    Result<std::unique_ptr<SigningKey>> responder_key = keys.load(responder_label(id));
    if (!responder_key) return fail(responder_key);
    const std::filesystem::path file = folder / (responder_label(id) + ".pem");
    parts.push_back({.known = std::move(known),
                     .key = std::move(*key),
                     .responder_key = std::move(*responder_key),
                     .keep_responder = [file](const pki::Certificate& renewed) {
                       return write_file(file, renewed.to_pem(), FileMode::open);
                     }});
  }
  return make_local_issuer(std::move(parts));
}

}  // namespace inkan::ca
