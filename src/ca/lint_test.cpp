#include "ca/lint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "ca/rules.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"
#include "support/certificate_parts.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerWriter;

struct Mutation {
  const char* name;
  const char* id;  ///< the finding that must be there
  std::function<void(Parts&, CertificateOrder&)> apply;
};

const HeldCeremony& ceremony() {
  static HeldCeremony held;
  return held;
}

std::vector<Mutation> mutations() {
  const auto dates = [](const CertificateOrder& order, const std::function<void(DerWriter&)>& second) {
    return validity_of([start = order.not_before](DerWriter& out) { out.time(start); }, second);
  };
  return {
      {"trailing_octet", "cert.der", [](Parts& p, auto&) { p.trailer = {0}; }},
      {"unused_signature_bits", "cert.structure", [](Parts& p, auto&) { p.signature = wrapped(tag::kBitString, Bytes{1, 0}); }},
      {"version_2", "cert.version", [](Parts& p, auto&) { p.version = {0xa0, 3, 2, 1, 1}; }},
      {"version_absent", "cert.version", [](Parts& p, auto&) { p.version.clear(); }},
      {"other_serial", "cert.serial.order", [](Parts& p, auto&) { p.serial.back() ^= 1; }},
      {"short_serial", "cert.serial.form",
       [](Parts& p, auto& o) {
         p.serial = {2, 1, 5};
         o.serial = pki::SerialNumber::parse_hex("05").value();
       }},
      {"negative_serial", "cert.serial.form", [](Parts& p, auto&) { p.serial[2] |= 0x80; }},
      {"algorithms_differ", "cert.algorithm.differs",
       [](Parts& p, auto&) { p.outer_algorithm = to_bytes(pki::signature_algorithm(pki::KeyAlgorithm::p384)); }},
      {"foreign_algorithm", "cert.algorithm",
       [](Parts& p, auto&) { p.algorithm = p.outer_algorithm = to_bytes(pki::signature_algorithm(pki::KeyAlgorithm::rsa2048)); }},
      {"other_issuer", "cert.issuer", [](Parts& p, auto&) { p.issuer.back() ^= 1; }},
      {"other_subject", "cert.subject.order", [](Parts& p, auto&) { p.subject.back() ^= 1; }},
      {"empty_subject", "cert.subject.empty", [](Parts& p, auto&) { p.subject = {0x30, 0}; }},
      {"other_key", "cert.key.order", [](Parts& p, auto&) { p.spki.back() ^= 1; }},
      {"issuer_unique_id", "cert.unique_id", [](Parts& p, auto&) { p.unique_id = {0x81, 2, 0, 1}; }},
      {"one_second_longer", "cert.validity.order",
       [dates](Parts& p, auto& o) {
         p.validity = dates(o, [end = o.not_after](DerWriter& out) { out.time(end + std::chrono::seconds{1}); });
       }},
      {"generalized_before_2050", "cert.validity.form",
       [dates](Parts& p, auto& o) { p.validity = dates(o, [end = o.not_after](DerWriter& out) { out.generalized_time(end); }); }},
      {"time_without_seconds", "cert.validity.form",
       [dates](Parts& p, auto& o) {
         p.validity = dates(o, [](DerWriter& out) { out.primitive(tag::kUtcTime, as_bytes("2711300300Z")); });
       }},
      {"time_with_zone", "cert.validity.form",
       [dates](Parts& p, auto& o) {
         p.validity = dates(o, [](DerWriter& out) { out.primitive(tag::kUtcTime, as_bytes("271130030000+0900")); });
       }},
      {"ends_before_it_begins", "cert.validity.reversed",
       [dates](Parts& p, auto& o) {
         o.not_after = o.not_before - std::chrono::seconds{1};
         p.validity = dates(o, [end = o.not_after](DerWriter& out) { out.time(end); });
       }},
      {"outlives_the_authority", "cert.validity.issuer",
       [dates](Parts& p, auto& o) {
         o.not_after = ceremony().authority().certificate.not_after() + std::chrono::seconds{1};
         p.validity = dates(o, [end = o.not_after](DerWriter& out) { out.time(end); });
       }},
      {"extension_twice", "cert.extension.duplicate", [](Parts& p, auto&) { p.extensions.push_back(p.extensions.front()); }},
      {"unknown_extension", "cert.extension.unknown",
       [](Parts& p, auto&) { p.extensions.push_back(make_extension(Bytes{0x55, 0x1d, 17}, Flag::absent, Bytes{0x30, 0})); }},
      {"critical_false_written", "cert.extension.default",
       [](Parts& p, auto&) { flip(p, oid::kSubjectKeyIdentifier, Flag::written_no); }},
      {"extension_not_der", "cert.extension.structure",
       [](Parts& p, auto&) { set(p, oid::kExtendedKeyUsage, Flag::absent, Bytes{0x30, 0x80, 0, 0}); }},
      {"is_a_ca", "cert.basic_constraints",
       [](Parts& p, auto&) {
         p.extensions.push_back(make_extension(oid::kBasicConstraints, Flag::yes, Bytes{0x30, 3, 1, 1, 0xff}));
       }},
      {"says_it_is_no_ca", "cert.basic_constraints",
       [](Parts& p, auto&) { p.extensions.push_back(make_extension(oid::kBasicConstraints, Flag::yes, Bytes{0x30, 0})); }},
      {"no_key_usage", "cert.key_usage.missing", [](Parts& p, auto&) { p.drop(oid::kKeyUsage); }},
      {"key_usage_not_critical", "cert.key_usage.criticality", [](Parts& p, auto&) { flip(p, oid::kKeyUsage, Flag::absent); }},
      {"key_usage_key_cert_sign", "cert.key_usage.bits",
       [](Parts& p, auto&) { set(p, oid::kKeyUsage, Flag::yes, Bytes{3, 2, 2, 0x84}); }},
      {"no_eku", "cert.eku.missing", [](Parts& p, auto&) { p.drop(oid::kExtendedKeyUsage); }},
      {"eku_critical", "cert.eku.criticality", [](Parts& p, auto&) { flip(p, oid::kExtendedKeyUsage, Flag::yes); }},
      {"eku_server", "cert.eku.purpose", [](Parts& p, auto&) { spoil(p, oid::kExtendedKeyUsage); }},
      {"eku_two", "cert.eku.purpose",
       [](Parts& p, auto&) {
         DerWriter out;
         out.nest(tag::kSequence, [&] {
           out.oid(oid::kClientAuth);
           out.oid(oid::kOcspSigning);
         });
         set(p, oid::kExtendedKeyUsage, Flag::absent, out.bytes());
       }},
      {"no_ski", "cert.ski.missing", [](Parts& p, auto&) { p.drop(oid::kSubjectKeyIdentifier); }},
      {"ski_critical", "cert.ski.criticality", [](Parts& p, auto&) { flip(p, oid::kSubjectKeyIdentifier, Flag::yes); }},
      {"other_ski", "cert.ski.value", [](Parts& p, auto&) { spoil(p, oid::kSubjectKeyIdentifier); }},
      {"no_aki", "cert.aki.missing", [](Parts& p, auto&) { p.drop(oid::kAuthorityKeyIdentifier); }},
      {"aki_critical", "cert.aki.criticality", [](Parts& p, auto&) { flip(p, oid::kAuthorityKeyIdentifier, Flag::yes); }},
      {"other_aki", "cert.aki.value", [](Parts& p, auto&) { spoil(p, oid::kAuthorityKeyIdentifier); }},
      {"no_policy", "cert.policy.missing", [](Parts& p, auto&) { p.drop(oid::kCertificatePolicies); }},
      {"policy_critical", "cert.policy.criticality", [](Parts& p, auto&) { flip(p, oid::kCertificatePolicies, Flag::yes); }},
      {"other_policy", "cert.policy.value", [](Parts& p, auto&) { spoil(p, oid::kCertificatePolicies); }},
      {"no_crl_dp", "cert.crl_dp.missing", [](Parts& p, auto&) { p.drop(oid::kCrlDistributionPoints); }},
      {"crl_dp_critical", "cert.crl_dp.criticality", [](Parts& p, auto&) { flip(p, oid::kCrlDistributionPoints, Flag::yes); }},
      {"other_crl_dp", "cert.crl_dp.value", [](Parts& p, auto&) { spoil(p, oid::kCrlDistributionPoints); }},
      {"no_aia", "cert.aia.missing", [](Parts& p, auto&) { p.drop(oid::kAuthorityInfoAccess); }},
      {"aia_critical", "cert.aia.criticality", [](Parts& p, auto&) { flip(p, oid::kAuthorityInfoAccess, Flag::yes); }},
      {"other_aia", "cert.aia.value", [](Parts& p, auto&) { spoil(p, oid::kAuthorityInfoAccess); }},
  };
}

class Mutated : public testing::TestWithParam<Mutation> {};

/// The certificate every mutation starts from, and its order.
struct Sound {
  CertificateOrder order;
  Bytes der;
};

/// rules are those that the sound certificate keeps.
HolderRules rules() {
  return {.authority = HeldCeremony::kId,
          .subject = {{"O", "試験銀行"}, {"OU", "{company}"}, {"CN", "{login_id} {name}"}},
          .keys = {pki::KeyAlgorithm::p256},
          .zone = Zone::find("Asia/Tokyo").value()};
}

const Sound& sound() {
  static const Sound made = [] {
    const pki::PrivateKey key = pki::PrivateKey::make(pki::KeyAlgorithm::p256).value();
    auto& held = const_cast<HeldCeremony&>(ceremony());
    CertificateOrder order = held.order(key.public_key());
    const HolderRules own = rules();
    order.not_after = own.zone.end_of(one_year_after(own.zone.day_of(order.not_before + kBackdate)));
    Bytes der = held.issuer().sign(held.issuer().prepare(order).value()).value();
    return Sound{std::move(order), std::move(der)};
  }();
  return made;
}

TEST_P(Mutated, is_found) {
  CertificateOrder order = sound().order;
  Parts parts = Parts::of_certificate(sound().der);
  GetParam().apply(parts, order);
  const Findings findings = lint(parts.der(), order, ceremony().authority());
  EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& f) { return f.id == GetParam().id; })) << GetParam().id;
  for (const Finding& finding : findings) {
    EXPECT_FALSE(finding.source.empty());
    EXPECT_EQ(finding.severity, Severity::error);
  }
}

/// What no rule can know is the order: any serial, any customer of the bank, is as good as another.
TEST_P(Mutated, is_found_by_the_rules_too) {
  CertificateOrder order = sound().order;
  Parts parts = Parts::of_certificate(sound().der);
  GetParam().apply(parts, order);
  const Bytes tbs = parts.tbs();
  const std::set<std::string> only_ordered = {"cert.serial.order", "cert.subject.order"};
  const bool allowed = tbs == Parts::of_certificate(sound().der).tbs() || only_ordered.contains(GetParam().id);
  EXPECT_EQ(lint_by_rules(tbs, ceremony().authority(), rules(), sound().order.not_before + kBackdate).empty(), allowed);
}

INSTANTIATE_TEST_SUITE_P(Lint, Mutated, testing::ValuesIn(mutations()), [](const auto& param) { return param.param.name; });

TEST(Lint, finds_nothing_in_a_sound_certificate) {
  EXPECT_TRUE(lint(sound().der, sound().order, ceremony().authority()).empty());
  EXPECT_EQ(Parts::of_certificate(sound().der).der(), sound().der);
  EXPECT_TRUE(lint_tbs(Parts::of_certificate(sound().der).tbs(), ceremony().authority()).empty());
}

TEST(Lint, every_single_octet_of_the_signed_part_matters) {
  const Bytes tbs = Parts::of_certificate(sound().der).tbs();
  const std::ptrdiff_t start = 4;  // Certificate's own header
  for (std::size_t i = 0; i < tbs.size(); ++i) {
    Bytes changed = sound().der;
    changed[static_cast<std::size_t>(start) + i] ^= 0x01;
    EXPECT_FALSE(lint(changed, sound().order, ceremony().authority()).empty()) << "octet " << i;
  }
}

TEST(Lint, survives_every_truncation) {
  for (std::size_t size = 0; size < sound().der.size(); ++size)
    EXPECT_FALSE(lint(ByteView(sound().der).first(size), sound().order, ceremony().authority()).empty());
}

TEST(LintTbs, sees_what_a_holder_must_not_be) {
  for (const char* id :
       {"cert.basic_constraints", "cert.issuer", "cert.key_usage.bits", "cert.eku.purpose", "cert.eku.missing"}) {
    for (const Mutation& mutation : mutations()) {
      if (std::string(mutation.id) != id) continue;
      CertificateOrder order = sound().order;
      Parts parts = Parts::of_certificate(sound().der);
      mutation.apply(parts, order);
      EXPECT_FALSE(lint_tbs(parts.tbs(), ceremony().authority()).empty()) << mutation.name;
    }
  }
}

}  // namespace
}  // namespace inkan::ca
