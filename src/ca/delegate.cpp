#include "ca/delegate.hpp"

#include <algorithm>

#include "ca/ceremony_folder.hpp"
#include "ca/infrastructure.hpp"
#include "ca/rules.hpp"

namespace inkan::ca {
namespace {

constexpr std::string_view kSuffix = "-cmp";

std::filesystem::path place_of(const std::filesystem::path& folder) { return folder / "cmp"; }

std::unexpected<Error> corrupt(std::string what) { return fail(Code::corrupt, "issuer.corrupt", std::move(what)); }

Result<pki::Certificate> make_certificate(const AuthorityPlan& plan, const SigningKey& key, const KeyStore& keys,
                                          const pki::Certificate& issuer, Rng& rng, Instant now) {
  const Result<std::unique_ptr<SigningKey>> signer = load_key(keys, plan.id, issuer);
  if (!signer) return fail(signer);
  std::vector<pki::NamePart> parts = plan.subject.parts();
  std::erase_if(parts, [](const pki::NamePart& part) { return part.type == "CN"; });
  parts.push_back({"CN", "CMP " + plan.id});
  const Result<pki::Name> subject = pki::Name::make(std::move(parts));
  if (!subject) return fail(subject);
  return sign_infrastructure(**signer, {.rank = Rank::delegate,
                                        .signer = {issuer.subject(), (*signer)->public_key()},
                                        .signer_term = term_of(issuer),
                                        .subject = {*subject, key.public_key()},
                                        .serial = pki::SerialNumber::make(rng),
                                        .term = within({now - kBackdate, issuer.not_after()}, issuer)});
}

}  // namespace

Result<std::vector<std::string>> make_delegates(const CeremonyPlan& plan, const KeyStore& keys,
                                                const std::filesystem::path& folder, Rng& rng, Instant now) {
  const Result<std::unique_ptr<KeyStore>> own_keys = make_key_folder(place_of(folder), rng);
  if (!own_keys) return fail(own_keys);
  CeremonyFolder place(**own_keys, place_of(folder));
  for (const AuthorityPlan& authority : plan.authorities) {
    const std::string label = authority.id + std::string(kSuffix), name = label + ".pem";
    const Result<pki::Certificate> existing = read_certificate(place.path(name));
    if (existing) continue;
    if (existing.error().id != "file.not_found") return fail(existing);
    const Result<pki::Certificate> issuer = read_certificate(folder / (authority.id + ".pem"));
    if (!issuer) return fail(issuer);
    const Result<std::unique_ptr<SigningKey>> key = place.load_or_make(label, pki::KeyAlgorithm::p256);
    if (!key) return fail(key);
    const Result<pki::Certificate> certificate = make_certificate(authority, **key, keys, *issuer, rng, now);
    if (!certificate) return fail(certificate);
    if (const Result<void> written = place.write(name, certificate->to_pem()); !written) return fail(written);
  }
  return place.take_made();
}

Result<std::vector<Delegate>> open_delegates(const std::filesystem::path& folder) {
  std::vector<Delegate> delegates;
  const Result<std::unique_ptr<KeyStore>> keys = open_key_folder(place_of(folder));
  if (!keys) return delegates;
  std::vector<std::string> labels;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(place_of(folder), error))
    if (entry.path().extension() == ".pem" && entry.path().stem().string().ends_with(kSuffix))
      labels.push_back(entry.path().stem().string());
  std::ranges::sort(labels);
  for (const std::string& label : labels) {
    const AuthorityId id = label.substr(0, label.size() - kSuffix.size());
    Result<pki::Certificate> certificate = read_certificate(place_of(folder) / (label + ".pem"));
    const Result<pki::Certificate> issuer = read_certificate(folder / (id + ".pem"));
    if (!certificate || !issuer) return corrupt(label);
    Result<std::unique_ptr<SigningKey>> key = load_key(**keys, label, *certificate);
    if (!key) return fail(key);
    if (certificate->issuer().der() != issuer->subject().der() || !certificate->verify_by(*issuer))
      return corrupt(label + ": not signed by the authority");
    delegates.push_back({id, std::move(*certificate), std::move(*key)});
  }
  return delegates;
}

}  // namespace inkan::ca
