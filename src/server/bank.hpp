#pragma once

#include <memory>

#include "base/clock.hpp"
#include "ca/ceremony.hpp"
#include "lifecycle/bank_desk.hpp"
#include "lifecycle/company.hpp"
#include "lifecycle/contacts.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/notices.hpp"
#include "lifecycle/outbox.hpp"
#include "lifecycle/recovery.hpp"
#include "lifecycle/services.hpp"
#include "lifecycle/status.hpp"
#include "server/config.hpp"
#include "server/profile.hpp"

namespace inkan::server {

/// load_institutions reads the profiles a configuration names.
Result<std::vector<Profile>> load_institutions(const Config& config);

/// plan_ceremony is what `ca init` makes for a configuration: a root, and an issuing CA per institution whose certificates name
/// the configuration's status addresses.
Result<ca::CeremonyPlan> plan_ceremony(const Config& config, const std::vector<Profile>& profiles);

/// next_root_subject is the name of a later root, by its label: "Inkan Root CA G2" of "root-g2".
Result<pki::Name> next_root_subject(const std::string& label);

/// Bank is an opened installation: memory, signer, profiles, and the verbs of the story over them. It makes no key and listens
/// nowhere; `inkan serve`, the demo and the operator's commands all stand on it.
class Bank {
 public:
  /// open reads profiles, opens the store (bringing its schema up only when told to) and loads the CA's keys. Errors: `config.*`,
  /// `store.*`, `issuer.*`, `key_store.*`.
  struct Options {
    std::string node;  ///< name of this process in the audit trail; empty: the configuration's
    bool migrate = false;
    lifecycle::Step step;  ///< for tests of kill -9
  };
  static Result<std::unique_ptr<Bank>> open(const Config& config, std::shared_ptr<const Clock> clock, Options options);

  const Config& config() const { return config_; }
  const Clock& clock() const { return *clock_; }
  std::shared_ptr<const Clock> shared_clock() const { return clock_; }
  Rng& rng() { return rng_; }
  lifecycle::Store& store() { return *store_; }
  const ca::Issuer& issuer() const { return *issuer_; }
  const lifecycle::Institutions& institutions() const { return institutions_; }
  const lifecycle::Services& services() const { return services_; }
  lifecycle::Login& login() { return login_; }
  lifecycle::Enrolment& enrolment() { return enrolment_; }
  lifecycle::Holders& holders() { return holders_; }
  lifecycle::Company& company() { return company_; }
  lifecycle::Recovery& recovery() { return recovery_; }
  lifecycle::Contacts& contacts() { return contacts_; }
  lifecycle::BankDesk& bank_desk() { return bank_desk_; }
  lifecycle::Notices& notices() { return notices_; }
  lifecycle::Outbox& outbox() { return outbox_; }
  lifecycle::Status& status() { return status_; }

 private:
  Bank(Config config, std::shared_ptr<const Clock> clock, std::unique_ptr<lifecycle::Store> store,
       std::unique_ptr<ca::Issuer> issuer, std::vector<lifecycle::Institution> institutions, lifecycle::Step step);

  Config config_;
  std::shared_ptr<const Clock> clock_;
  SystemRng rng_;
  std::unique_ptr<lifecycle::Store> store_;
  std::unique_ptr<ca::Issuer> issuer_;
  lifecycle::Institutions institutions_;
  lifecycle::Services services_;
  lifecycle::Login login_;
  lifecycle::Enrolment enrolment_;
  lifecycle::Holders holders_;
  lifecycle::Company company_;
  lifecycle::Recovery recovery_;
  lifecycle::Contacts contacts_;
  lifecycle::BankDesk bank_desk_;
  lifecycle::Notices notices_;
  lifecycle::Outbox outbox_;
  lifecycle::Status status_;
};

}  // namespace inkan::server
