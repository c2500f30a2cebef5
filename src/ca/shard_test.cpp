// An issuing CA whose list is divided: where its certificates point, and what its shards' lists may hold.

#include <gtest/gtest.h>

#include "ca/addresses.hpp"
#include "ca/lint.hpp"
#include "ca/profile.hpp"
#include "ca/tbs.hpp"
#include "support/held_ceremony.hpp"

namespace inkan::ca {
namespace {

using pki::KeyAlgorithm;

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

/// An issuing CA made with shards.
struct Divided {
  explicit Divided(unsigned shards) {
    CeremonyPlan plan = HeldCeremony::plan(KeyAlgorithm::p256);
    plan.authorities[0].crl_shards = shards;
    const auto held = hold_ceremony(plan, *keys, ca, rng, now);
    check(held.has_value(), held ? "" : held.error().detail);
    issuer = open_issuer(*keys, ca).value();
  }
  TempFolder folder;
  FakeRng rng;
  std::filesystem::path ca = folder.path() / "ca";
  std::unique_ptr<KeyStore> keys = open_file_key_store(folder.path() / "keys", Secret("passphrase"));
  Instant now = HeldCeremony::default_now();
  std::unique_ptr<Issuer> issuer;
};

TEST(Shards, are_said_where_there_are_some) {
  Addresses addresses{"http://a/t-g1.crl", "http://a/ocsp", "http://a/ca", "1.2.3"};
  EXPECT_EQ(to_json(addresses).find("crl_shards"), std::string::npos) << "as files of before";
  addresses.crl_shards = 16;
  const auto back = parse_addresses(to_json(addresses));
  ASSERT_TRUE(back) << id_of(back);
  EXPECT_EQ(*back, addresses);
  for (const unsigned bad : {1U, kMostShards + 1}) {
    addresses.crl_shards = bad;
    EXPECT_EQ(id_of(parse_addresses(to_json(addresses))), "addresses.malformed") << bad;
  }
  addresses = {"http://a/list", "http://a/ocsp", "http://a/ca", "1.2.3", 2};
  EXPECT_EQ(id_of(check_addresses(addresses)), "ceremony.plan") << "a shard's address would not be beside the list's";
  for (const char* bad : {"", "0", "x", "2x", "-2"}) {
    std::string json = to_json({"http://a/t-g1.crl", "http://a/ocsp", "http://a/ca", "1.2.3", 16});
    json.replace(json.find("\"16\""), 4, std::string("\"") + bad + "\"");
    EXPECT_EQ(id_of(parse_addresses(json)), "addresses.malformed") << bad;
  }
}

TEST(Shards, the_one_of_a_certificate_is_its_serial_modulo_the_shards_plus_one) {
  const Addresses addresses{"http://a/crl/t-g1.crl", "http://a/ocsp", "http://a/ca", "1.2.3", 16};
  const auto serial = [](const char* hex) { return pki::SerialNumber::parse_hex(hex).value().bytes(); };
  EXPECT_EQ(shard_of(serial("4000000000000000000000000000000000000000"), 16), 1U);
  EXPECT_EQ(shard_of(serial("400000000000000000000000000000000000000f"), 16), 16U);
  EXPECT_EQ(shard_of(serial("0100"), 100), 57U) << "256 modulo 100, plus one";
  EXPECT_EQ(shard_of(serial("0100"), 0), 0U);
  EXPECT_EQ(list_url(addresses, 0), "http://a/crl/t-g1.crl");
  EXPECT_EQ(list_url(addresses, 16), "http://a/crl/t-g1/16.crl");
  EXPECT_EQ(find_shard(addresses, ""), 0U);
  EXPECT_EQ(find_shard(addresses, "http://a/crl/t-g1/16.crl"), 16U);
  EXPECT_EQ(find_shard(addresses, "http://a/crl/t-g1/17.crl"), std::nullopt);
  EXPECT_EQ(list_id("t-g1", 0), "t-g1");
  EXPECT_EQ(list_id("t-g1", 3), "t-g1/3");
}

TEST(Shards, certificates_point_at_their_shard_and_openssl_holds_them_against_it_alone) {
  Divided desk(2);
  const auto& issuer = desk.issuer;
  const Authority authority = issuer->authorities().front();
  ASSERT_EQ(authority.addresses.crl_shards, 2U);
  const auto key = pki::PrivateKey::make(KeyAlgorithm::p256).value();
  const CertificateOrder order{.authority = authority.id,
                               .subject = pki::Name::make({{"CN", "k1"}}).value(),
                               .key = key.public_key(),
                               .serial = pki::SerialNumber::make(desk.rng),
                               .not_before = desk.now,
                               .not_after = desk.now + std::chrono::days{365}};
  const auto prepared = issuer->prepare(order);
  ASSERT_TRUE(prepared) << id_of(prepared) << prepared.error().detail;
  const auto certificate = pki::Certificate::parse(issuer->sign(*prepared).value()).value();
  const unsigned own = shard_of(authority, order.serial), other = 3 - own;
  const std::string holder = desk.folder.write("holder.pem", certificate.to_pem());
  EXPECT_NE(run_tool("openssl x509 -noout -ext crlDistributionPoints -in " + holder)
                .output.find(list_url(authority.addresses, own) + "\n"),
            std::string::npos);
  const auto verify = [&](unsigned shard, std::vector<pki::RevokedEntry> revoked) {
    const auto der = issuer->make_crl({.authority = authority.id,
                                       .number = 1,
                                       .this_update = desk.now,
                                       .next_update = desk.now + std::chrono::hours{24},
                                       .revoked = std::move(revoked),
                                       .shard = shard});
    if (!der) return der.error().id + " " + der.error().detail;
    const std::string crl = desk.folder.write("t.crl", *der);
    const std::string ca = desk.ca.string();
    return run_tool("openssl verify -crl_check -attime " + std::to_string(to_epoch(desk.now) + 1) + " -CRLfile " + crl +
                    " -CAfile " + ca + "/root.pem -untrusted " + ca + "/t-g1.pem " + holder)
        .output;
  };
  const pki::RevokedEntry entry{order.serial, desk.now, pki::RevocationReason::superseded};
  EXPECT_NE(verify(own, {}).find(": OK"), std::string::npos);
  EXPECT_NE(verify(own, {entry}).find("certificate revoked"), std::string::npos);
  EXPECT_NE(verify(0, {}).find(": OK"), std::string::npos) << "the whole list speaks of every certificate";
  EXPECT_NE(verify(0, {entry}).find("certificate revoked"), std::string::npos);
  EXPECT_NE(verify(other, {}).find("ifferent CRL scope"), std::string::npos) << verify(other, {});
  EXPECT_EQ(verify(other, {entry}), "issuer.refused crl.entry.shard");
  EXPECT_EQ(verify(3, {}), "issuer.refused crl.shard");
}

TEST(Shards, a_certificate_that_points_at_another_one_is_not_signed) {
  HeldCeremony held;
  const auto key = pki::PrivateKey::make(KeyAlgorithm::p256).value();
  CertificateOrder order = held.order(key.public_key());
  Authority authority = held.authority();
  authority.addresses.crl_shards = 16;
  const auto findings_of = [&](const Addresses& addresses) {
    const auto profile =
        HolderProfile::make(authority.certificate, *pki::PublicKey::parse(authority.certificate.spki()), addresses);
    const Bytes tbs = profile->tbs(order);
    std::string ids;
    for (const Finding& finding : lint(assemble(tbs, authority.algorithm, Bytes{1}), order, authority)) ids += finding.id + " ";
    return ids;
  };
  EXPECT_EQ(findings_of(authority.addresses), "");
  Addresses whole = authority.addresses;
  whole.crl_shards = 0;
  EXPECT_EQ(findings_of(whole), "cert.crl_dp.value ");
  const Addresses other{whole.crl_url, whole.ocsp_url, whole.ca_url, whole.policy_oid, 17};
  while (shard_of(order.serial.bytes(), 16) == shard_of(order.serial.bytes(), 17))
    order.serial = pki::SerialNumber::make(held.rng());
  EXPECT_EQ(findings_of(other), "cert.crl_dp.value ");
}

}  // namespace
}  // namespace inkan::ca
