#include "ca/lint_infrastructure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "pki/oid.hpp"
#include "pki/signature.hpp"
#include "support/certificate_parts.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerWriter;

constexpr Rank kRanks[] = {Rank::root, Rank::issuing, Rank::cross, Rank::responder, Rank::delegate};

std::string text_of(Rank rank) {
  switch (rank) {
    case Rank::root: return "root";
    case Rank::issuing: return "issuing";
    case Rank::cross: return "cross";
    case Rank::responder: return "responder";
    case Rank::delegate: return "delegate";
  }
  return {};
}

/// Two parties, and a sound order of each rank between them.
struct Parties {
  pki::Name signer_name = HeldCeremony::name("Test Root"), subject_name = HeldCeremony::name("Test Member");
  pki::PublicKey signer_key = pki::PrivateKey::make(pki::KeyAlgorithm::p384)->public_key();
  pki::PublicKey subject_key = pki::PrivateKey::make(pki::KeyAlgorithm::p256)->public_key();
  FakeRng rng;
  Instant now = HeldCeremony::default_now();

  InfrastructureOrder order(Rank rank) {
    const Party signer{signer_name, signer_key}, subject{subject_name, subject_key};
    const pki::SerialNumber serial = pki::SerialNumber::make(rng);
    if (rank == Rank::root) return root_order(signer, serial, term_of(now, 20));
    InfrastructureOrder order{.rank = rank,
                              .signer = signer,
                              .signer_term = term_of(now, 20),
                              .subject = subject,
                              .serial = serial,
                              .term = term_of(now, 10)};
    const bool pointed = rank == Rank::issuing || rank == Rank::cross;
    if (rank == Rank::issuing) order.policy_oid = "1.3.6.1.4.1.99999.1.1";
    if (pointed) order.crl_url = "http://pki.test/crl/root.crl";
    if (rank == Rank::cross) order.ca_url = "http://pki.test/ca/root.cer";
    return order;
  }
};

Parties& parties() {
  static Parties made;
  return made;
}

/// Wrong is one thing done to a sound certificate of some ranks, or to its order, and the finding that must be there.
struct Wrong {
  const char* name;
  const char* id;
  std::set<Rank> ranks;
  std::function<void(Parts&, InfrastructureOrder&)> apply;
};

const std::set<Rank> kAll(std::begin(kRanks), std::end(kRanks));
const std::set<Rank> kAuthorities = {Rank::root, Rank::issuing, Rank::cross};
const std::set<Rank> kBelow = {Rank::issuing, Rank::cross, Rank::responder, Rank::delegate};
const std::set<Rank> kEnds = {Rank::responder, Rank::delegate};
const std::set<Rank> kPurposed = {Rank::issuing, Rank::responder, Rank::delegate};

void add(Parts& parts, ByteView id, Flag critical, ByteView value) {
  parts.extensions.push_back(make_extension(id, critical, value));
}

Bytes purposes(std::initializer_list<ByteView> ids) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    for (const ByteView id : ids) out.oid(id);
  });
  return out.take();
}

std::vector<Wrong> wrongs() {
  const auto drops = [](ByteView id) { return [id](Parts& p, auto&) { p.drop(id); }; };
  const auto flips = [](ByteView id, Flag to) { return [id, to](Parts& p, auto&) { flip(p, id, to); }; };
  const auto spoils = [](ByteView id) { return [id](Parts& p, auto&) { spoil(p, id); }; };
  return {
      {"version_2", "cert.version", kAll, [](Parts& p, auto&) { p.version = {0xa0, 3, 2, 1, 1}; }},
      {"other_serial", "cert.serial.order", kAll, [](Parts& p, auto&) { p.serial.back() ^= 1; }},
      {"negative_serial", "cert.serial.form", kAll, [](Parts& p, auto&) { p.serial[2] |= 0x80; }},
      {"foreign_algorithm", "cert.algorithm", kAll,
       [](Parts& p, auto&) { p.algorithm = to_bytes(pki::signature_algorithm(pki::KeyAlgorithm::rsa2048)); }},
      {"other_issuer", "cert.issuer", kAll, [](Parts& p, auto&) { p.issuer.back() ^= 1; }},
      {"other_subject", "cert.subject.order", kAll, [](Parts& p, auto&) { p.subject.back() ^= 1; }},
      {"other_key", "cert.key.order", kAll, [](Parts& p, auto&) { p.spki.back() ^= 1; }},
      {"unique_id", "cert.unique_id", kAll, [](Parts& p, auto&) { p.unique_id = {0x81, 2, 0, 1}; }},
      {"one_second_longer", "cert.validity.order", kAll, [](Parts&, auto& o) { o.term.not_after -= std::chrono::seconds{1}; }},
      {"outlives_its_signer",
       "cert.validity.issuer",
       {Rank::root, Rank::issuing, Rank::responder, Rank::delegate},
       [](Parts&, auto& o) { o.signer_term.not_after = o.term.not_after - std::chrono::seconds{1}; }},
      {"older_than_its_signer",
       "cert.validity.issuer",
       {Rank::root, Rank::issuing, Rank::responder, Rank::delegate},
       [](Parts&, auto& o) { o.signer_term.not_before = o.term.not_before + std::chrono::seconds{1}; }},
      {"bears_its_signers_name", "cert.subject.rank", kBelow, [](Parts& p, auto&) { p.subject = p.issuer; }},
      {"bears_another_name", "cert.subject.rank", {Rank::root}, [](Parts& p, auto&) { p.subject.back() ^= 1; }},
      {"has_its_signers_key", "cert.key.rank", kBelow, [](Parts& p, auto& o) { p.spki = o.signer.key.der(); }},
      {"extension_twice", "cert.extension.duplicate", kAll,
       [](Parts& p, auto&) { p.extensions.push_back(p.extensions.front()); }},
      {"unknown_extension", "cert.extension.unknown", kAll,
       [](Parts& p, auto&) { add(p, Bytes{0x55, 0x1d, 17}, Flag::absent, Bytes{0x30, 0}); }},
      {"end_is_a_ca", "cert.extension.unknown", kEnds,
       [](Parts& p, auto&) { add(p, oid::kBasicConstraints, Flag::yes, Bytes{0x30, 3, 1, 1, 0xff}); }},
      {"no_constraints", "cert.basic_constraints.missing", kAuthorities, drops(oid::kBasicConstraints)},
      {"constraints_not_critical", "cert.basic_constraints.criticality", kAuthorities,
       flips(oid::kBasicConstraints, Flag::absent)},
      {"is_no_ca", "cert.basic_constraints.value", kAuthorities,
       [](Parts& p, auto&) { set(p, oid::kBasicConstraints, Flag::yes, Bytes{0x30, 0}); }},
      {"two_cas_below", "cert.basic_constraints.value", kAuthorities,
       [](Parts& p, auto&) { set(p, oid::kBasicConstraints, Flag::yes, Bytes{0x30, 6, 1, 1, 0xff, 2, 1, 2}); }},
      {"any_depth",
       "cert.basic_constraints.value",
       {Rank::issuing, Rank::cross},
       [](Parts& p, auto&) { set(p, oid::kBasicConstraints, Flag::yes, Bytes{0x30, 3, 1, 1, 0xff}); }},
      {"no_key_usage", "cert.key_usage.missing", kAll, drops(oid::kKeyUsage)},
      {"key_usage_not_critical", "cert.key_usage.criticality", kAll, flips(oid::kKeyUsage, Flag::absent)},
      {"key_usage_of_both", "cert.key_usage.bits", kAll,
       [](Parts& p, auto&) { set(p, oid::kKeyUsage, Flag::yes, Bytes{3, 2, 1, 0x86}); }},
      {"no_purposes", "cert.eku.missing", kPurposed, drops(oid::kExtendedKeyUsage)},
      {"purposes_critical", "cert.eku.criticality", kPurposed, flips(oid::kExtendedKeyUsage, Flag::yes)},
      {"other_purpose", "cert.eku.purpose", kPurposed,
       [](Parts& p, auto&) { set(p, oid::kExtendedKeyUsage, Flag::absent, purposes({oid::kClientAuth})); }},
      {"purposes_of_two_ranks", "cert.eku.purpose", kPurposed,
       [](Parts& p, auto&) { set(p, oid::kExtendedKeyUsage, Flag::absent, purposes({oid::kOcspSigning, oid::kCmcCa})); }},
      {"purposes_where_there_are_none",
       "cert.extension.unknown",
       {Rank::root, Rank::cross},
       [](Parts& p, auto&) { add(p, oid::kExtendedKeyUsage, Flag::absent, purposes({oid::kClientAuth})); }},
      {"no_ski", "cert.ski.missing", kAll, drops(oid::kSubjectKeyIdentifier)},
      {"ski_critical", "cert.ski.criticality", kAll, flips(oid::kSubjectKeyIdentifier, Flag::yes)},
      {"other_ski", "cert.ski.value", kAll, spoils(oid::kSubjectKeyIdentifier)},
      {"no_aki", "cert.aki.missing", kBelow, drops(oid::kAuthorityKeyIdentifier)},
      {"aki_critical", "cert.aki.criticality", kBelow, flips(oid::kAuthorityKeyIdentifier, Flag::yes)},
      {"other_aki", "cert.aki.value", kBelow, spoils(oid::kAuthorityKeyIdentifier)},
      {"no_policy", "cert.policy.missing", {Rank::issuing, Rank::cross}, drops(oid::kCertificatePolicies)},
      {"policy_critical", "cert.policy.criticality", {Rank::issuing, Rank::cross}, flips(oid::kCertificatePolicies, Flag::yes)},
      {"other_policy", "cert.policy.value", {Rank::issuing, Rank::cross}, spoils(oid::kCertificatePolicies)},
      {"policy_not_ordered", "cert.policy.value", {Rank::issuing}, [](Parts&, auto& o) { o.policy_oid = "no oid"; }},
      {"no_crl_dp", "cert.crl_dp.missing", {Rank::issuing, Rank::cross}, drops(oid::kCrlDistributionPoints)},
      {"other_crl_dp", "cert.crl_dp.value", {Rank::issuing, Rank::cross}, spoils(oid::kCrlDistributionPoints)},
      {"crl_dp_not_ordered", "cert.crl_dp.value", {Rank::issuing}, [](Parts&, auto& o) { o.crl_url.clear(); }},
      {"no_aia", "cert.aia.missing", {Rank::cross}, drops(oid::kAuthorityInfoAccess)},
      {"other_aia", "cert.aia.value", {Rank::cross}, spoils(oid::kAuthorityInfoAccess)},
      {"no_nocheck", "cert.ocsp_nocheck.missing", {Rank::responder}, drops(oid::kOcspNoCheck)},
      {"nocheck_critical", "cert.ocsp_nocheck.criticality", {Rank::responder}, flips(oid::kOcspNoCheck, Flag::yes)},
      {"nocheck_with_content",
       "cert.ocsp_nocheck.value",
       {Rank::responder},
       [](Parts& p, auto&) { set(p, oid::kOcspNoCheck, Flag::absent, Bytes{0x30, 0}); }},
  };
}

class InfrastructureWrong : public testing::TestWithParam<Wrong> {};

TEST_P(InfrastructureWrong, is_found_in_every_rank) {
  for (const Rank rank : GetParam().ranks) {
    InfrastructureOrder order = parties().order(rank);
    Parts parts = Parts::of_tbs(infrastructure_tbs(order).value());
    GetParam().apply(parts, order);
    const Findings findings = lint_infrastructure(parts.tbs(), order);
    EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& finding) { return finding.id == GetParam().id; }))
        << text_of(rank) << ": " << ids_of(findings);
    for (const Finding& finding : findings) EXPECT_FALSE(finding.source.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Lint, InfrastructureWrong, testing::ValuesIn(wrongs()),
                         [](const auto& param) { return std::string(param.param.name); });

class InfrastructureLint : public testing::TestWithParam<Rank> {};

TEST_P(InfrastructureLint, finds_nothing_in_what_is_ordered) {
  const InfrastructureOrder order = parties().order(GetParam());
  EXPECT_EQ(ids_of(lint_infrastructure(infrastructure_tbs(order).value(), order)), "");
}

TEST_P(InfrastructureLint, every_single_octet_matters) {
  const InfrastructureOrder order = parties().order(GetParam());
  const Bytes sound = infrastructure_tbs(order).value();
  for (std::size_t place = 0; place < sound.size(); ++place)
    for (const std::uint8_t bit : {0x01, 0x80}) {
      Bytes changed = sound;
      changed[place] ^= bit;
      EXPECT_FALSE(lint_infrastructure(changed, order).empty()) << "octet " << place;
    }
  for (std::size_t size = 0; size < sound.size(); ++size)
    EXPECT_FALSE(lint_infrastructure(ByteView(sound).first(size), order).empty()) << "up to " << size;
}

TEST_P(InfrastructureLint, takes_no_rank_for_another) {
  const InfrastructureOrder order = parties().order(GetParam());
  for (const Rank other : kRanks) {
    InfrastructureOrder changed = parties().order(other);
    changed.serial = order.serial;
    EXPECT_EQ(lint_infrastructure(infrastructure_tbs(changed).value(), order).empty(), other == GetParam()) << text_of(other);
  }
}

INSTANTIATE_TEST_SUITE_P(Lint, InfrastructureLint, testing::ValuesIn(kRanks),
                         [](const auto& param) { return text_of(param.param); });

/// A key that signs something else than it was asked to.
class Faulty final : public SigningKey {
 public:
  explicit Faulty(const pki::PrivateKey& key) : key_(key), public_(key.public_key()) {}
  const pki::PublicKey& public_key() const override { return public_; }
  Result<Bytes> sign(ByteView) const override {
    ++asked;
    return key_.sign(Bytes{1});
  }
  mutable int asked = 0;

 private:
  const pki::PrivateKey& key_;
  pki::PublicKey public_;
};

TEST(SignInfrastructure, signs_nothing_that_is_found_wrong_and_gives_nothing_that_does_not_verify) {
  const pki::PrivateKey key = pki::PrivateKey::make(pki::KeyAlgorithm::p256).value();
  const Faulty faulty(key);
  const pki::Name name = HeldCeremony::name("Test Root");
  InfrastructureOrder order =
      root_order({name, faulty.public_key()}, parties().order(Rank::root).serial, term_of(parties().now, 20));
  EXPECT_EQ(sign_infrastructure(faulty, order).error().id, "signature.bad");
  EXPECT_EQ(faulty.asked, 1);
  order.signer_term.not_after -= std::chrono::seconds{1};
  const auto refused = sign_infrastructure(faulty, order);
  EXPECT_EQ(refused.error().id, "issuer.lint");
  EXPECT_EQ(refused.error().detail, "cert.validity.issuer");
  EXPECT_EQ(faulty.asked, 1);
}

}  // namespace
}  // namespace inkan::ca
