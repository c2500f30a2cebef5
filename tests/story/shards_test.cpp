// An issuing CA whose list is divided: each shard is a list with a life of its own (docs/decisions/0025-crl-shards.md).

#include <gtest/gtest.h>

#include <fstream>

#include "lifecycle/list_check.hpp"
#include "lifecycle/restore.hpp"
#include "support/installation.hpp"

namespace inkan::lifecycle {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr unsigned kShards = 4;

/// Divided is a bank whose d1-g1 has four shards: its file of addresses says so.
struct Divided {
  Divided() : issuer(divide(bank)), services(with_issuer(bank, *issuer)), status(services) {
    for (int i = 0; i < 8; ++i) {
      const std::string id = "keiri0" + std::to_string(i);
      bank.add_holder(id);
      records.push_back(bank.certify(id));
    }
  }
  static std::unique_ptr<ca::Issuer> divide(Installation& bank) {
    const auto file = bank.folder.path() / "ca" / "d1-g1.json";
    std::string json;
    {
      std::ifstream in(file);
      json.assign(std::istreambuf_iterator<char>(in), {});
    }
    json.replace(json.rfind("\n}"), 2, ",\n  \"crl_shards\": \"" + std::to_string(kShards) + "\"\n}");
    std::ofstream(file) << json;
    return ca::open_issuer(*bank.keys, bank.folder.path() / "ca").value();
  }
  static Services with_issuer(Installation& bank, ca::Issuer& issuer) {
    return {.store = *bank.store,
            .issuer = issuer,
            .institutions = bank.institutions,
            .clock = bank.clock,
            .rng = bank.rng,
            .step = {}};
  }
  bool revoke(const CertificateRecord& record) {
    return bank.holders.revoke(record.authority, record.serial, pki::RevocationReason::superseded, "operator", true).has_value();
  }
  unsigned shard_of(const CertificateRecord& record) const { return ca::shard_of(authority(), record.serial); }
  pki::Crl list(unsigned shard) {
    const auto published = status.crl(ca::list_id("d1-g1", shard));
    check(published.has_value(), "no list");
    return pki::Crl::parse(published->der).value();
  }
  std::vector<unsigned long long> numbers() {
    std::vector<unsigned long long> all;
    for (unsigned shard = 0; shard <= kShards; ++shard) all.push_back(list(shard).number());
    return all;
  }
  const ca::Authority& authority() const { return authorities.front(); }

  Installation bank;
  std::unique_ptr<ca::Issuer> issuer;
  std::vector<ca::Authority> authorities = issuer->authorities();
  Services services;
  Status status;
  std::vector<CertificateRecord> records;
};

TEST(Shards, each_has_its_own_entries_numbers_and_distribution_point_beside_the_whole_list) {
  Divided bank;
  EXPECT_EQ(bank.status.shards_head(bank.authority()).error().id, "crl.none");
  for (const auto& record : bank.records) ASSERT_TRUE(bank.revoke(record));
  ASSERT_EQ(*bank.status.publish_due(), 2 + 4) << "d1's and d2's whole lists, and d1's shards";
  EXPECT_EQ(bank.list(0).entries().size(), bank.records.size());
  EXPECT_EQ(bank.list(0).distribution_point(), "");
  std::size_t entries = 0;
  for (unsigned shard = 1; shard <= kShards; ++shard) {
    const pki::Crl list = bank.list(shard);
    EXPECT_EQ(list.distribution_point(), "http://localhost/crl/d1-g1/" + std::to_string(shard) + ".crl");
    for (const pki::RevokedEntry& entry : list.entries()) EXPECT_EQ(ca::shard_of(bank.authority(), entry.serial), shard);
    entries += list.entries().size();
  }
  EXPECT_EQ(entries, bank.records.size()) << "each is on one shard";
  EXPECT_TRUE(*bank.status.shards_head(bank.authority()));
  EXPECT_FALSE(*bank.status.shards_head(bank.authorities.back())) << "d2 has none";
}

TEST(Shards, I8_a_revocation_makes_its_own_shards_next_list_alone) {
  Divided bank;
  ASSERT_EQ(*bank.status.publish_due(), 6);
  ASSERT_EQ(bank.numbers(), (std::vector<unsigned long long>{1, 1, 1, 1, 1}));
  bank.bank.clock.advance(seconds{6});
  const CertificateRecord& record = bank.records.front();
  ASSERT_TRUE(bank.revoke(record));
  EXPECT_EQ(*bank.status.publish_due(), 2);
  std::vector<unsigned long long> expected{2, 1, 1, 1, 1};
  expected[bank.shard_of(record)] = 2;
  EXPECT_EQ(bank.numbers(), expected);
  EXPECT_EQ(bank.list(bank.shard_of(record)).entries().front().serial, record.serial);
  bank.bank.clock.advance(seconds{6});
  EXPECT_EQ(*bank.status.publish_due(), 0);
}

TEST(Shards, another_node_makes_the_shards_that_one_left_behind) {
  Divided bank;
  ASSERT_EQ(*bank.status.publish_due(), 6);
  bank.bank.clock.advance(seconds{6});
  const CertificateRecord& record = bank.records.front();
  ASSERT_TRUE(bank.revoke(record));
  ASSERT_TRUE(bank.bank.status.publish_crl("d1-g1")) << "a node that died after the whole list: it knows of no shards";
  Status elsewhere(bank.services);
  EXPECT_EQ(*elsewhere.publish_due(), 0) << "the node that made it may still be at its shards";
  EXPECT_EQ(*bank.status.publish_due(), 0);
  bank.bank.clock.advance(seconds{6});
  EXPECT_EQ(*elsewhere.publish_due(), 1);
  EXPECT_EQ(bank.list(bank.shard_of(record)).entries().size(), 1U);
  EXPECT_EQ(*bank.status.publish_due(), 0);
}

TEST(Shards, are_an_hour_old_at_most_and_not_all_in_one_second) {
  Divided bank;
  ASSERT_EQ(*bank.status.publish_due(), 6);
  std::vector<int> published;
  for (int minute = 1; minute <= 60; ++minute) {
    bank.bank.clock.advance(minutes{1});
    const int count = *bank.status.publish_due();
    if (count > 0) published.push_back(count);
    for (unsigned shard = 1; shard <= kShards; ++shard)
      ASSERT_GE(bank.list(shard).this_update(), bank.bank.clock.now() - hours{1}) << shard;
  }
  EXPECT_GE(published.size(), kShards) << "at four moments, or five with the whole list's";
}

TEST(Shards, I8_an_entry_stays_until_one_list_of_its_shard_past_expiry) {
  Divided bank;
  const CertificateRecord& record = bank.records.front();
  const unsigned shard = bank.shard_of(record);
  ASSERT_TRUE(bank.revoke(record));
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  bank.bank.clock.set(record.not_after + hours{1});
  ASSERT_TRUE(bank.bank.status.publish_crl("d1-g1")) << "the whole list alone: it was on one past expiry";
  bank.bank.clock.advance(hours{1});
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_TRUE(bank.list(0).entries().empty());
  EXPECT_EQ(bank.list(shard).entries().size(), 1U) << "its shard had none past expiry before this";
  bank.bank.clock.advance(hours{1});
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_TRUE(bank.list(shard).entries().empty());
}

TEST(Shards, I8_a_list_of_another_scope_is_refused_before_it_is_published) {
  Divided bank;
  const CertificateRecord& record = bank.records.front();
  const unsigned own = bank.shard_of(record), other = own % kShards + 1;
  const Instant now = bank.bank.clock.now();
  const pki::RevokedEntry entry{record.serial, now, pki::RevocationReason::superseded};
  const auto make = [&](unsigned shard, std::vector<pki::RevokedEntry> revoked) {
    return bank.issuer->make_crl({"d1-g1", 1, now, now + hours{24}, std::move(revoked), shard}).value();
  };
  const auto judge = [&](const ca::Authority& authority, unsigned shard, ByteView der) {
    const auto checked = check_list(*bank.bank.store, authority, shard, der, std::nullopt, now);
    return checked ? "published" : checked.error().detail;
  };
  EXPECT_EQ(judge(bank.authority(), own, make(own, {entry})), "published");
  EXPECT_EQ(judge(bank.authority(), 0, make(0, {entry})), "published");
  EXPECT_EQ(judge(bank.authority(), own, make(0, {entry})), "distribution point") << "the whole list in a shard's place";
  EXPECT_EQ(judge(bank.authority(), 0, make(own, {entry})), "distribution point") << "a shard in the whole list's place";
  EXPECT_EQ(judge(bank.authority(), other, make(own, {entry})), "distribution point");
  ca::Authority otherwise = bank.authority();  // the same address, but the serial belongs elsewhere
  for (unsigned shards = kShards; ca::shard_of(otherwise, record.serial) == own; ++shards)
    otherwise.addresses.crl_shards = shards;
  EXPECT_EQ(judge(otherwise, own, make(own, {entry})), "of another shard: " + record.serial.hex());
}

TEST(Shards, a_restore_takes_each_list_into_its_own_series) {
  Divided bank;
  const CertificateRecord& record = bank.records.front();
  const unsigned shard = bank.shard_of(record);
  const Instant now = bank.bank.clock.now();
  const auto published = [&](unsigned of, unsigned long long number) {
    return bank.issuer
        ->make_crl({"d1-g1", number, now, now + hours{24}, {{record.serial, now, pki::RevocationReason::superseded}}, of})
        .value();
  };
  const auto from_shard = take_list(bank.services, published(shard, 9));
  ASSERT_TRUE(from_shard) << from_shard.error().detail;
  EXPECT_EQ(from_shard->list, ca::list_id("d1-g1", shard));
  EXPECT_EQ(from_shard->revoked, 1) << "a shard's list revokes too";
  const auto from_whole = take_list(bank.services, published(0, 5));
  ASSERT_TRUE(from_whole);
  EXPECT_EQ(from_whole->list, "d1-g1");
  EXPECT_EQ(from_whole->revoked, 0);
  EXPECT_EQ(take_list(bank.bank.services(), published(shard, 10)).error().id, "restore.foreign_list") << "of no shard known here";
  ASSERT_TRUE(take_signatures(bank.services, {}, {{"d1-g1/" + std::to_string(shard), 12}})) << "signed, and never published";
  bank.bank.clock.advance(hours{1});
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_EQ(bank.list(0).number(), 6U);
  EXPECT_EQ(bank.list(shard).number(), 13U);
  EXPECT_EQ(bank.list(shard % kShards + 1).number(), 1U);
}

}  // namespace
}  // namespace inkan::lifecycle
