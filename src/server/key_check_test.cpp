#include "server/key_check.hpp"

#include <gtest/gtest.h>

#include "support/installation.hpp"
#include "support/shared_prime_keys.hpp"

namespace inkan::server {
namespace {

class KeyCheck : public testing::Test {
 protected:
  KeyCheck() { const_cast<lifecycle::Institution&>(bank.institution()).holder_keys.push_back(pki::KeyAlgorithm::rsa2048); }

  /// certify_key gives an ID a certificate for a key that it brings along.
  lifecycle::CertificateRecord certify_key(const std::string& login_id, const pki::PrivateKey& key) {
    bank.add_holder(login_id);
    const auto code = bank.holders.release_code(bank.institution(), login_id, "test");
    check(code.has_value(), "code");
    const auto request = pki::Csr::make(key, *pki::Name::make({{"CN", "request"}}));
    const auto issued = bank.enrolment.acquire(bank.institution(), login_id, Secret("password-1"), Secret(*code), *request);
    check(issued.has_value(), issued ? "" : issued.error().id);
    return *issued;
  }
  KeyReport look() { return check_keys(*bank.store, bank.institutions, bank.clock.now()).value(); }

  Installation bank;
};

TEST_F(KeyCheck, T11_two_customers_whose_keys_share_a_prime_are_found_though_one_is_revoked) {
  certify_key("keiri01", *pki::PrivateKey::make(pki::KeyAlgorithm::rsa2048));
  certify_key("keiri02", *pki::PrivateKey::make(pki::KeyAlgorithm::p256));
  const auto one = certify_key("keiri03", *pki::PrivateKey::parse_open_pem(Secret(kSharedPrimeOne)));
  EXPECT_EQ(look().keys, 3);
  EXPECT_TRUE(look().findings.empty()) << "alone it passes every rule";

  ASSERT_TRUE(bank.holders.revoke(one.authority, one.serial, pki::RevocationReason::unspecified, "test", true));
  const auto two = certify_key("keiri04", *pki::PrivateKey::parse_open_pem(Secret(kSharedPrimeTwo)));
  const KeyReport report = look();
  EXPECT_EQ(report.keys, 4);
  ASSERT_EQ(report.findings.size(), 1u) << "the revoked one can do nothing any more";
  EXPECT_EQ(report.findings[0].record.serial, two.serial);
  EXPECT_EQ(report.findings[0].finding, "key.shared_factor");

  ASSERT_TRUE(bank.holders.revoke(two.authority, two.serial, pki::RevocationReason::key_compromise, "test", true));
  EXPECT_TRUE(look().findings.empty()) << "what was found has been dealt with";
}

}  // namespace
}  // namespace inkan::server
