#pragma once

#include <memory>
#include <string>

#include "base/chance.hpp"
#include "ca/ceremony.hpp"
#include "support/fake_rng.hpp"
#include "support/tool.hpp"

namespace inkan {

/// HeldCeremony is a root with one issuing CA "t-g1" in a folder of its own, opened for issuing.
class HeldCeremony {
 public:
  static constexpr const char* kId = "t-g1";

  explicit HeldCeremony(pki::KeyAlgorithm key = pki::KeyAlgorithm::p256, Instant now = default_now()) : now_(now) {
    const auto made = ca::hold_ceremony(plan(key), *keys_, certificates(), rng_, now_);
    check(made.has_value(), made ? "" : made.error().id + " " + made.error().detail);
    auto opened = ca::open_issuer(*keys_, certificates());
    check(opened.has_value(), opened ? "" : opened.error().id + " " + opened.error().detail);
    issuer_ = std::move(*opened);
    authority_ = issuer_->authorities();
  }

  static Instant default_now() { return std::chrono::sys_days{std::chrono::year{2026} / 11 / 30} + std::chrono::hours{3}; }
  static pki::Name name(const std::string& common_name) {
    return pki::Name::make({{"C", "JP"}, {"O", "試験銀行"}, {"CN", common_name}}).value();
  }
  static ca::CeremonyPlan plan(pki::KeyAlgorithm key) {
    return {.root_subject = name("Test Root"),
            .root_key = pki::family_of(key) == pki::KeyFamily::ml_dsa ? pki::KeyAlgorithm::mldsa87 : pki::KeyAlgorithm::p256,
            .authorities = {{.id = kId,
                             .subject = name("Test CA G1"),
                             .key = key,
                             .crl_url = "http://pki.test/crl/t-g1.crl",
                             .ocsp_url = "http://pki.test/ocsp",
                             .ca_url = "http://pki.test/ca/t-g1.cer",
                             .policy_oid = "1.3.6.1.4.1.99999.1.1"}}};
  }

  /// order is a year's certificate for a key.
  ca::CertificateOrder order(const pki::PublicKey& key) {
    return {kId,  pki::Name::make({{"O", "試験銀行"}, {"OU", "法人"}, {"CN", "k00012345 山田"}}).value(),
            key,  pki::SerialNumber::make(rng_),
            now_, now_ + std::chrono::days{365}};
  }
  /// issue prepares and signs.
  pki::Certificate issue(const pki::PublicKey& key) {
    const auto prepared = issuer_->prepare(order(key));
    check(prepared.has_value(), prepared ? "" : prepared.error().id + " " + prepared.error().detail);
    return pki::Certificate::parse(issuer_->sign(*prepared).value()).value();
  }

  const ca::Issuer& issuer() const { return *issuer_; }
  const ca::Authority& authority() const { return authority_.front(); }
  ca::KeyStore& keys() { return *keys_; }
  const TempFolder& folder() const { return folder_; }
  std::filesystem::path certificates() const { return folder_.path() / "ca"; }
  Rng& rng() { return rng_; }
  Instant now() const { return now_; }

 private:
  TempFolder folder_;
  FakeRng rng_;
  Instant now_;
  std::unique_ptr<ca::KeyStore> keys_ = ca::open_file_key_store(folder_.path() / "keys", Secret("test passphrase"));
  std::unique_ptr<ca::Issuer> issuer_;
  std::vector<ca::Authority> authority_;
};

}  // namespace inkan
