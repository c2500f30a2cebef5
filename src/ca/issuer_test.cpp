#include "ca/issuer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "pki/csr.hpp"
#include "pki/der.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

using pki::KeyAlgorithm;

/// One subject key for all tests: making RSA keys is slow.
const pki::PrivateKey& subject_key() {
  static const pki::PrivateKey key = pki::PrivateKey::make(KeyAlgorithm::p256).value();
  return key;
}

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

/// openssl verify at a given instant, with the root trusted and the issuing CA in between.
ToolRun verify_with_openssl(const HeldCeremony& held, const std::string& certificate, const std::string& purpose) {
  return run_tool(fmt::format("openssl verify -x509_strict -purpose {} -attime {} -CAfile {}/root.pem -untrusted {}/t-g1.pem {}",
                              purpose, to_epoch(held.now()) + 60, held.certificates().string(), held.certificates().string(),
                              certificate));
}

class EveryKind : public testing::TestWithParam<KeyAlgorithm> {};

TEST_P(EveryKind, issues_what_openssl_accepts) {
  HeldCeremony held(GetParam());
  const pki::Certificate certificate = held.issue(subject_key().public_key());
  EXPECT_TRUE(certificate.verify_by(held.authority().certificate));
  const std::string file = held.folder().write("holder.pem", certificate.to_pem());
  const ToolRun strict = verify_with_openssl(held, file, "sslclient");
  EXPECT_EQ(strict.status, 0) << strict.output;
  EXPECT_NE(verify_with_openssl(held, file, "sslserver").status, 0);
  const ToolRun text = run_tool("openssl x509 -noout -text -in " + file);
  for (const char* wanted :
       {"Version: 3 (0x2)", "X509v3 Key Usage: critical\n                Digital Signature\n",
        "X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n", "Policy: 1.3.6.1.4.1.99999.1.1",
        "URI:http://pki.test/crl/t-g1.crl", "OCSP - URI:http://pki.test/ocsp", "CA Issuers - URI:http://pki.test/ca/t-g1.cer",
        "X509v3 Authority Key Identifier", "X509v3 Subject Key Identifier"})
    EXPECT_NE(text.output.find(wanted), std::string::npos) << wanted << "\n" << text.output;
  EXPECT_EQ(text.output.find("Basic Constraints"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Issuer, EveryKind,
                         testing::Values(KeyAlgorithm::rsa2048, KeyAlgorithm::rsa3072, KeyAlgorithm::p256, KeyAlgorithm::p384),
                         [](const auto& param) { return std::string(to_text(param.param)); });

TEST(Issuer, signs_exactly_the_prepared_bytes) {
  HeldCeremony held;
  const auto prepared = held.issuer().prepare(held.order(subject_key().public_key()));
  ASSERT_TRUE(prepared) << id_of(prepared);
  EXPECT_EQ(prepared->tbs_hash, sha256(prepared->tbs));
  const auto signed_once = held.issuer().sign(*prepared);
  ASSERT_TRUE(signed_once);
  // Certificate is a SEQUENCE (four octets of header at this size) that begins with the to-be-signed bytes.
  ASSERT_GT(signed_once->size(), prepared->tbs.size() + 4);
  EXPECT_TRUE(std::equal(prepared->tbs.begin(), prepared->tbs.end(), signed_once->begin() + 4));
}

TEST(Issuer, refuses_bytes_that_differ_from_their_hash) {
  HeldCeremony held;
  auto prepared = held.issuer().prepare(held.order(subject_key().public_key())).value();
  prepared.tbs[20] ^= 1;
  EXPECT_EQ(id_of(held.issuer().sign(prepared)), "issuer.hash_mismatch");
}

TEST(Issuer, refuses_a_ca_certificate_even_with_the_right_hash) {
  HeldCeremony held;
  // The authority's own to-be-signed bytes say CA:TRUE.
  pki::DerReader outer(held.authority().certificate.der());
  pki::DerReader parts = outer.enter(pki::tag::kSequence);
  PreparedCertificate prepared{HeldCeremony::kId, to_bytes(parts.take(pki::tag::kSequence).whole), {}};
  prepared.tbs_hash = sha256(prepared.tbs);
  const auto refused = held.issuer().sign(prepared);
  EXPECT_EQ(id_of(refused), "issuer.refused");
  EXPECT_NE(refused.error().detail.find("cert.basic_constraints"), std::string::npos);
}

TEST(Issuer, refuses_another_authoritys_bytes) {
  HeldCeremony held;
  auto prepared = held.issuer().prepare(held.order(subject_key().public_key())).value();
  const auto at = std::search(prepared.tbs.begin(), prepared.tbs.end(), held.authority().certificate.subject().der().begin(),
                              held.authority().certificate.subject().der().end());
  ASSERT_NE(at, prepared.tbs.end());
  *(at + static_cast<std::ptrdiff_t>(held.authority().certificate.subject().der().size()) - 1) = 'X';
  prepared.tbs_hash = sha256(prepared.tbs);
  EXPECT_EQ(id_of(held.issuer().sign(prepared)), "issuer.refused");
  prepared.authority = "nobody";
  EXPECT_EQ(id_of(held.issuer().sign(prepared)), "issuer.unknown_authority");
}

TEST(Issuer, C3_keeps_within_the_authoritys_own_validity) {
  HeldCeremony held;
  const pki::Certificate& own = held.authority().certificate;
  CertificateOrder order = held.order(subject_key().public_key());
  order.not_after = own.not_after();
  EXPECT_TRUE(held.issuer().prepare(order));
  order.not_after = own.not_after() + std::chrono::seconds{1};
  EXPECT_EQ(id_of(held.issuer().prepare(order)), "issuer.validity");
  order = held.order(subject_key().public_key());
  order.not_before = own.not_before() - std::chrono::seconds{1};
  EXPECT_EQ(id_of(held.issuer().prepare(order)), "issuer.validity");
  order = held.order(subject_key().public_key());
  order.not_after = order.not_before;
  EXPECT_EQ(id_of(held.issuer().prepare(order)), "issuer.validity");
}

TEST(Issuer, C2_dates_change_their_form_at_2050) {
  const Instant last_utc = std::chrono::sys_days{std::chrono::year{2050} / 1 / 1} - std::chrono::seconds{1};
  HeldCeremony held(KeyAlgorithm::p256, last_utc - std::chrono::days{300});
  CertificateOrder order = held.order(subject_key().public_key());
  for (const auto& [not_after, text] :
       {std::pair{last_utc, "491231235959Z"}, {last_utc + std::chrono::seconds{1}, "20500101000000Z"}}) {
    order.not_after = not_after;
    const auto prepared = held.issuer().prepare(order);
    ASSERT_TRUE(prepared) << id_of(prepared);
    EXPECT_NE(as_text(prepared->tbs).find(text), std::string_view::npos);
    EXPECT_EQ(pki::Certificate::parse(held.issuer().sign(*prepared).value())->not_after(), not_after);
  }
}

TEST(Issuer, T14_takes_the_subject_from_the_order_not_from_the_request) {
  HeldCeremony held;
  const auto request = pki::Csr::make(subject_key(), HeldCeremony::name("somebody else"));
  ASSERT_TRUE(request);
  const auto parsed = pki::Csr::parse(request->der());
  ASSERT_TRUE(parsed) << id_of(parsed);
  const pki::Certificate certificate = held.issue(parsed->key());
  EXPECT_EQ(certificate.subject().find("CN"), "k00012345 山田");
  EXPECT_EQ(certificate.spki(), subject_key().public_key().der());
}

TEST(Issuer, lint_refuses_a_serial_that_is_not_of_our_form) {
  HeldCeremony held;
  CertificateOrder order = held.order(subject_key().public_key());
  order.serial = pki::SerialNumber::parse_hex("7f").value();
  const auto refused = held.issuer().prepare(order);
  EXPECT_EQ(id_of(refused), "issuer.lint");
  EXPECT_EQ(refused.error().detail, "cert.serial.form");
}

TEST(Issuer, serves_several_threads_at_once) {
  HeldCeremony held;
  std::vector<CertificateOrder> orders;
  for (int i = 0; i < 64; ++i) orders.push_back(held.order(subject_key().public_key()));
  std::atomic<std::size_t> next = 0, good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < orders.size(); at = next++) {
        const auto prepared = held.issuer().prepare(orders[at]);
        const auto certificate = pki::Certificate::parse(held.issuer().sign(*prepared).value());
        if (certificate && certificate->serial() == orders[at].serial && certificate->verify_by(held.authority().certificate))
          ++good;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, orders.size());
}

TEST(Issuer, tells_its_authorities_and_health) {
  HeldCeremony held;
  EXPECT_TRUE(held.issuer().health());
  ASSERT_EQ(held.issuer().authorities().size(), 1u);
  EXPECT_EQ(held.authority().name_sha1.size(), 20u);
  EXPECT_EQ(held.authority().key_sha1, held.authority().certificate.key_id());
  EXPECT_EQ(held.authority().addresses.ocsp_url, "http://pki.test/ocsp");
}

}  // namespace
}  // namespace inkan::ca
