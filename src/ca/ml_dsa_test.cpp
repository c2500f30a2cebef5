#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ca/issuer.hpp"
#include "pki/ocsp.hpp"
#include "support/held_ceremony.hpp"

/// A CA whose keys are ML-DSA (RFC 9881), root, issuing CA and responder: openssl takes all that it makes. It needs OpenSSL 3.5,
/// the library as the program; what an older one says is in pki/ml_dsa_test.
namespace inkan::ca {
namespace {

using pki::KeyAlgorithm;

/// Its parameter is the kind of the issuing CA's key; there is none where OpenSSL knows none.
class MlDsaAuthority : public testing::TestWithParam<KeyAlgorithm> {
 protected:
  std::string text_of(const std::string& file) const { return run_tool("openssl x509 -noout -text -in " + file).output; }
  ToolRun verify(const std::string& holder, const std::string& crl) const {
    return run_tool(
        fmt::format("openssl verify -x509_strict -crl_check -attime {} -CRLfile {} -CAfile {}/root.pem -untrusted "
                    "{}/t-g1.pem {}",
                    to_epoch(held.now()) + 1, crl, ca, ca, holder));
  }
  CrlOrder list(unsigned long long number) const {
    return {HeldCeremony::kId, number, held.now(), held.now() + std::chrono::hours{24}, {}};
  }
  std::string signed_by() const { return "Signature Algorithm: " + std::string(to_words(GetParam())); }

  HeldCeremony held{GetParam()};
  std::string ca = held.certificates().string();
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MlDsaAuthority);

std::vector<KeyAlgorithm> kinds_of_this_machine() {
  std::vector<KeyAlgorithm> kinds{KeyAlgorithm::mldsa44, KeyAlgorithm::mldsa65, KeyAlgorithm::mldsa87};
  std::erase_if(kinds, [](KeyAlgorithm kind) { return !pki::is_available(kind); });
  return kinds;
}

INSTANTIATE_TEST_SUITE_P(Here, MlDsaAuthority, testing::ValuesIn(kinds_of_this_machine()),
                         [](const auto& kind) { return std::string(to_text(kind.param)); });

TEST_P(MlDsaAuthority, signs_with_the_algorithm_of_its_key_from_the_root_to_the_responder) {
  EXPECT_NE(text_of(ca + "/root.pem").find("Signature Algorithm: ML-DSA-87"), std::string::npos);
  EXPECT_NE(text_of(ca + "/t-g1.pem").find("Public Key Algorithm: " + std::string(to_words(GetParam()))), std::string::npos);
  EXPECT_NE(text_of(ca + "/t-g1-ocsp.pem").find("Public Key Algorithm: " + std::string(to_words(GetParam()))), std::string::npos);
}

TEST_P(MlDsaAuthority, issues_and_revokes_for_keys_of_both_kinds) {
  for (const KeyAlgorithm kind : {KeyAlgorithm::p256, KeyAlgorithm::mldsa44}) {
    const pki::Certificate certificate = held.issue(pki::PrivateKey::make(kind).value().public_key());
    const std::string holder = held.folder().write("holder.pem", certificate.to_pem());
    EXPECT_NE(text_of(holder).find(signed_by()), std::string::npos);

    CrlOrder order = list(1);
    const std::string empty = held.folder().write("empty.crl", held.issuer().make_crl(order).value());
    const ToolRun good = verify(holder, empty);
    EXPECT_EQ(good.status, 0) << good.output;
    order.number = 2;
    order.revoked.push_back({certificate.serial(), held.now(), pki::RevocationReason::key_compromise});
    const std::string naming = held.folder().write("naming.crl", held.issuer().make_crl(order).value());
    EXPECT_NE(verify(holder, naming).output.find("certificate revoked"), std::string::npos);
  }
}

TEST_P(MlDsaAuthority, answers_by_ocsp) {
  const pki::Certificate certificate = held.issue(pki::PrivateKey::make(KeyAlgorithm::p256).value().public_key());
  const std::string folder = held.folder().path().string();
  const std::string holder = held.folder().write("holder.pem", certificate.to_pem());
  const ToolRun asked =
      run_tool(fmt::format("openssl ocsp -issuer {}/t-g1.pem -cert {} -reqout {}/request.der", ca, holder, folder));
  ASSERT_EQ(asked.status, 0) << asked.output;
  const auto request = pki::OcspRequest::parse(as_bytes(run_tool("cat " + folder + "/request.der").output));
  ASSERT_TRUE(request);
  const auto answer = held.issuer().make_ocsp({HeldCeremony::kId,
                                               {{request->ids().front().der, pki::StatusAnswer::Status::good, {}, {}}},
                                               held.now(),
                                               held.now(),
                                               held.now() + std::chrono::hours{12},
                                               request->nonce()});
  ASSERT_TRUE(answer) << answer.error().detail;
  const std::string file = held.folder().write("response.der", *answer);
  const ToolRun read = run_tool(
      fmt::format("openssl ocsp -reqin {}/request.der -respin {} -CAfile {}/root.pem -verify_other {}/t-g1.pem -attime {} -text",
                  folder, file, ca, ca, to_epoch(held.now()) + 60));
  EXPECT_NE(read.output.find("Response verify OK"), std::string::npos) << read.output;
  EXPECT_NE(read.output.find("Cert Status: good"), std::string::npos) << read.output;
}

}  // namespace
}  // namespace inkan::ca
