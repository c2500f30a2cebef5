#include "server/bank.hpp"

#include <algorithm>

#include "lifecycle/generations.hpp"
#include "server/signer.hpp"
#include "store/open.hpp"

namespace inkan::server {

namespace {

/// sender_domain is the domain of the letters' sender; empty without mail.
std::string sender_domain(const Config& config) {
  const auto at = config.mail.sender.rfind('@');
  return at == std::string::npos ? std::string() : config.mail.sender.substr(at + 1);
}

}  // namespace

Result<std::vector<Profile>> load_institutions(const Config& config) {
  return config.institutions.empty() ? shipped_profiles() : load_profiles(config.institutions);
}

Result<ca::CeremonyPlan> plan_ceremony(const Config& config, const std::vector<Profile>& profiles) {
  auto root = pki::Name::make({{"C", "JP"}, {"O", "Inkan"}, {"CN", "Inkan Root CA"}});
  if (!root) return fail(root);
  ca::CeremonyPlan plan{.root_subject = std::move(*root),
                        .root_key = config.ca_root_key,
                        .root_crl_url = config.status_url + "/crl/" + ca::kRootListName,
                        .authorities = {}};
  for (const Profile& profile : profiles) {
    const lifecycle::Institution& institution = profile.institution;
    auto subject = pki::Name::make({{"C", "JP"}, {"O", institution.name}, {"CN", institution.authority + " CA"}});
    if (!subject) return fail(subject);
    plan.authorities.push_back({.id = institution.authority,
                                .subject = std::move(*subject),
                                .key = profile.ca_key,
                                .crl_url = config.status_url + "/crl/" + institution.authority + ".crl",
                                .ocsp_url = config.status_url + "/ocsp/" + institution.id,
                                .ca_url = config.status_url + "/ca/" + institution.authority + ".cer",
                                .policy_oid = profile.policy_oid,
                                .crl_shards = config.crl_shards});
  }
  return plan;
}

Result<pki::Name> next_root_subject(const std::string& label) {
  const std::string generation = label.substr(label.rfind('g') + 1);
  return pki::Name::make({{"C", "JP"}, {"O", "Inkan"}, {"CN", "Inkan Root CA G" + generation}});
}

Bank::Bank(Config config, std::shared_ptr<const Clock> clock, std::unique_ptr<lifecycle::Store> store,
           std::unique_ptr<ca::Issuer> issuer, std::vector<lifecycle::Institution> institutions, lifecycle::Step step)
    : config_(std::move(config)),
      clock_(std::move(clock)),
      store_(std::move(store)),
      issuer_(std::move(issuer)),
      institutions_(std::move(institutions)),
      services_{.store = *store_,
                .issuer = *issuer_,
                .institutions = institutions_,
                .clock = *clock_,
                .rng = rng_,
                .step = std::move(step)},
      login_(services_),
      enrolment_(services_, login_),
      holders_(services_),
      company_(services_, login_),
      recovery_(services_, login_),
      contacts_(services_),
      bank_desk_(services_, login_),
      notices_(services_),
      outbox_(services_),
      status_(services_) {}

Result<std::unique_ptr<Bank>> Bank::open(const Config& config, std::shared_ptr<const Clock> clock, Options options) {
  auto profiles = load_institutions(config);
  if (!profiles) return fail(profiles);
  auto issuer = open_issuer(config);
  if (!issuer) return fail(issuer);
  auto store =
      store::open({.url = config.store, .node = options.node.empty() ? config.node : options.node, .migrate = options.migrate});
  if (!store) return fail(store);
  for (const Profile& profile : *profiles) {
    const auto is_its = [&](const ca::Authority& authority) { return authority.id == profile.institution.authority; };
    if (!std::ranges::any_of((*issuer)->authorities(), is_its))
      return fail(Code::invalid, "ca.missing", profile.institution.authority + ": make it with `inkan ca init`");
  }
  std::vector<lifecycle::Institution> institutions;
  for (Profile& profile : *profiles) {
    if (auto domain = sender_domain(config); !domain.empty()) profile.institution.mail_domain = std::move(domain);
    institutions.push_back(std::move(profile.institution));
  }
  lifecycle::learn_revocations(institutions, **issuer);
  return std::unique_ptr<Bank>(new Bank(config, std::move(clock), std::move(*store), std::move(*issuer), std::move(institutions),
                                        std::move(options.step)));
}

}  // namespace inkan::server
