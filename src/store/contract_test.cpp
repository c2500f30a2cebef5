// The contract of lifecycle/store.hpp for certificates, on every engine. The other ports: people_test.cpp and records_test.cpp;
// how works share a commit: committer_test.cpp; what happens when something breaks: failure_test.cpp.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::Reader;
using lifecycle::Stage;
using lifecycle::Writer;
using samples::kNow;

class Contract : public StoreContract {
 protected:
  std::vector<std::string> due(const lifecycle::CertificateReader::DueQuery& query) {
    std::vector<std::string> serials;
    for (const auto& row : ask<std::vector<lifecycle::DueCertificate>>([&](Reader& reader) { return reader.due(query); }))
      serials.push_back(row.serial.hex());
    return serials;
  }
};

void expect_equal(const lifecycle::CertificateRecord& a, const lifecycle::CertificateRecord& b) {
  EXPECT_EQ(a.holder, b.holder);
  EXPECT_EQ(a.authority, b.authority);
  EXPECT_EQ(a.serial, b.serial);
  EXPECT_EQ(a.stage, b.stage);
  EXPECT_EQ(a.ticket, b.ticket);
  EXPECT_EQ(a.tbs_hash, b.tbs_hash);
  EXPECT_EQ(a.key_hash, b.key_hash);
  EXPECT_EQ(a.not_before, b.not_before);
  EXPECT_EQ(a.not_after, b.not_after);
  EXPECT_EQ(a.expiry_day, b.expiry_day);
  EXPECT_EQ(a.reserved_at, b.reserved_at);
  EXPECT_EQ(a.der, b.der);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  EXPECT_EQ(a.issued_at, b.issued_at);
  EXPECT_EQ(a.confirmed_at, b.confirmed_at);
  EXPECT_EQ(a.revoked_at, b.revoked_at);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.replaced_by, b.replaced_by);
  EXPECT_EQ(a.held_at, b.held_at);
  EXPECT_EQ(a.held_by, b.held_by);
}

using MaybeRecord = std::optional<lifecycle::CertificateRecord>;
using Records = std::vector<lifecycle::CertificateRecord>;

TEST_P(Contract, a_certificate_is_kept_whole_at_every_stage) {
  put_holders(1);
  auto record = samples::reservation(1, samples::holder_id(1));
  const auto by_serial = [&] {
    return ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_serial("d1-g1", record.serial); });
  };
  write([&](Writer& writer) { return writer.add_certificate(record); });
  expect_equal(by_serial().value(), record);

  record = samples::issued(record);
  write([&](Writer& writer) { return writer.set_certificate(record); });
  expect_equal(by_serial().value(), record);
  expect_equal(ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_fingerprint(*record.fingerprint); }).value(), record);
  expect_equal(ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_key(record.key_hash); }).value(), record);

  record.held_at = kNow + std::chrono::seconds{2};
  record.held_by = "holder:d1/keiri1001";
  write([&](Writer& writer) { return writer.set_certificate(record); });
  expect_equal(by_serial().value(), record);
  record.held_at.reset();
  record.held_by.clear();

  record.confirmed_at = kNow + std::chrono::seconds{2};
  record.revoked_at = kNow + std::chrono::seconds{3};
  record.reason = pki::RevocationReason::superseded;
  record.replaced_by = samples::serial(2);
  write([&](Writer& writer) { return writer.set_certificate(record); });
  expect_equal(by_serial().value(), record);

  EXPECT_FALSE(ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_serial("d1-g2", record.serial); }));
  EXPECT_FALSE(ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_fingerprint(samples::digest("other")); }));
  EXPECT_FALSE(ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_key(samples::digest("other")); }));
}

TEST_P(Contract, a_serial_or_a_key_is_reserved_once) {
  put_holders(2);
  const auto first = samples::reservation(1, samples::holder_id(1));
  auto same_serial = samples::reservation(2, samples::holder_id(2));
  same_serial.serial = first.serial;
  auto same_key = samples::reservation(3, samples::holder_id(2));
  same_key.key_hash = first.key_hash;
  auto other_authority = samples::reservation(4, samples::holder_id(2));
  other_authority.serial = first.serial;
  other_authority.authority = "d1-g2";
  write([&](Writer& writer) { return writer.add_certificate(first); });
  EXPECT_EQ(refusal([&](Writer& writer) { return writer.add_certificate(same_serial); }), "store.conflict");
  EXPECT_EQ(refusal([&](Writer& writer) { return writer.add_certificate(same_key); }), "store.conflict");
  write([&](Writer& writer) { return writer.add_certificate(other_authority); });
  // A work may take the conflict as an answer and go on.
  write([&](Writer& writer) -> Result<void> {
    EXPECT_FALSE(writer.add_certificate(same_key));
    return writer.add_certificate(samples::reservation(5, samples::holder_id(2)));
  });
}

TEST_P(Contract, the_key_of_an_abandoned_reservation_is_free_again) {
  put_holders(1);
  auto record = samples::reservation(1, samples::holder_id(1));
  write([&](Writer& writer) { return writer.add_certificate(record); });
  record.stage = Stage::abandoned;
  record.revoked_at = kNow;
  record.reason = pki::RevocationReason::unspecified;
  write([&](Writer& writer) { return writer.set_certificate(record); });
  EXPECT_FALSE(ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_key(record.key_hash); }));
  auto again = samples::reservation(2, samples::holder_id(1));
  again.key_hash = record.key_hash;
  write([&](Writer& writer) { return writer.add_certificate(again); });
  EXPECT_EQ(ask<MaybeRecord>([&](Reader& reader) { return reader.find_by_key(record.key_hash); })->serial, again.serial);
}

TEST_P(Contract, what_is_not_on_record_cannot_be_set) {
  put_holders(1);
  EXPECT_EQ(refusal([&](Writer& writer) {
              return writer.set_certificate(samples::issued(samples::reservation(1, samples::holder_id(1))));
            }),
            "store.constraint");
  EXPECT_EQ(refusal([&](Writer& writer) { return writer.add_certificate(samples::reservation(1, {"d1", "nobody"})); }),
            "store.constraint");
}

TEST_P(Contract, live_and_all_certificates_come_newest_first) {
  put_holders(2);
  const auto older = put_issued(1, 1);
  const auto newer = put_issued(2, 1, 60);
  auto revoked = put_issued(3, 1, 30);
  put_issued(4, 2);
  write([&](Writer& writer) { return writer.add_certificate(samples::reservation(5, samples::holder_id(1))); });
  revoked.revoked_at = kNow;
  revoked.reason = pki::RevocationReason::key_compromise;
  write([&](Writer& writer) { return writer.set_certificate(revoked); });
  const auto serials = [](const Records& records) {
    std::vector<pki::SerialNumber> out;
    for (const auto& record : records) out.push_back(record.serial);
    return out;
  };
  const auto id = samples::holder_id(1);
  EXPECT_THAT(serials(ask<Records>([&](Reader& reader) { return reader.live_certificates(id); })),
              testing::ElementsAre(newer.serial, older.serial));
  EXPECT_THAT(serials(ask<Records>([&](Reader& reader) { return reader.certificates_of(id); })),
              testing::ElementsAre(newer.serial, revoked.serial, older.serial));
}

TEST_P(Contract, unfinished_are_the_reserved_of_before) {
  put_holders(1);
  put_issued(1, 1);
  write([&](Writer& writer) { return writer.add_certificate(samples::reservation(2, samples::holder_id(1))); });
  EXPECT_TRUE(ask<Records>([](Reader& reader) { return reader.unfinished(kNow); }).empty());
  const auto found = ask<Records>([](Reader& reader) { return reader.unfinished(kNow + std::chrono::seconds{1}); });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].serial, samples::serial(2));
}

TEST_P(Contract, a_crl_lists_revoked_and_abandoned_until_past_expiry) {
  put_holders(1);
  auto revoked = put_issued(1, 1);
  put_issued(2, 1);
  auto abandoned = samples::reservation(3, samples::holder_id(1));
  write([&](Writer& writer) { return writer.add_certificate(abandoned); });
  revoked.revoked_at = kNow + std::chrono::seconds{7};
  revoked.reason = pki::RevocationReason::cessation_of_operation;
  abandoned.stage = Stage::abandoned;
  abandoned.revoked_at = kNow;
  abandoned.reason = pki::RevocationReason::unspecified;
  write([&](Writer& writer) -> Result<void> {
    if (auto set = writer.set_certificate(revoked); !set) return set;
    return writer.set_certificate(abandoned);
  });
  using Entries = std::vector<lifecycle::CertificateReader::Revoked>;
  const auto listed = [&](const std::string& authority, Instant since) {
    auto entries = ask<Entries>([&](Reader& reader) { return reader.revoked_for_crl(authority, since); });
    std::ranges::sort(entries, {}, [](const auto& each) { return each.entry.serial; });
    return entries;
  };
  const auto entries = listed("d1-g1", revoked.not_after);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].entry.serial, revoked.serial);
  EXPECT_EQ(entries[0].not_after, revoked.not_after);
  EXPECT_EQ(entries[0].entry.revoked_at, *revoked.revoked_at);
  EXPECT_EQ(entries[0].entry.reason, pki::RevocationReason::cessation_of_operation);
  EXPECT_EQ(entries[1].entry.serial, abandoned.serial);
  EXPECT_EQ(entries[1].entry.reason, pki::RevocationReason::unspecified);
  EXPECT_TRUE(listed("d1-g1", revoked.not_after + std::chrono::seconds{1}).empty());
  EXPECT_TRUE(listed("d1-g2", kNow).empty());

  using Serials = std::vector<pki::SerialNumber>;
  const auto since = [&](Instant revoked_at, Instant listed_since) {
    return ask<Serials>([&](Reader& reader) { return reader.revoked_since("d1-g1", revoked_at, listed_since); });
  };
  EXPECT_THAT(since(kNow, kNow), testing::UnorderedElementsAre(revoked.serial, abandoned.serial));
  EXPECT_THAT(since(kNow + std::chrono::seconds{1}, kNow), testing::ElementsAre(revoked.serial));
  EXPECT_TRUE(since(kNow + std::chrono::seconds{8}, kNow).empty());
  EXPECT_TRUE(since(kNow, revoked.not_after + std::chrono::seconds{1}).empty());
  EXPECT_TRUE(ask<Serials>([](Reader& reader) { return reader.revoked_since("d1-g2", kNow, kNow); }).empty());
}

TEST_P(Contract, what_is_live_under_an_authority_comes_by_serial_and_page_by_page) {
  put_holders(4);
  for (const int number : {3, 1, 2}) put_issued(number, number);
  auto revoked = put_issued(4, 4);
  revoked.revoked_at = kNow;
  write([&](Writer& writer) { return writer.set_certificate(revoked); });
  write([&](Writer& writer) { return writer.add_certificate(samples::reservation(5, samples::holder_id(1))); });
  using Live = std::vector<lifecycle::CertificateRecord>;
  const auto live = [&](const std::string& authority, const std::optional<pki::SerialNumber>& after, int limit) {
    std::vector<pki::SerialNumber> serials;
    for (const auto& each : ask<Live>([&](Reader& reader) { return reader.live_under(authority, after, limit); }))
      serials.push_back(each.serial);
    return serials;
  };
  std::vector<pki::SerialNumber> all{samples::serial(1), samples::serial(2), samples::serial(3)};
  std::ranges::sort(all);
  EXPECT_EQ(live("d1-g1", {}, 10), all);
  EXPECT_EQ(live("d1-g1", {}, 2), (std::vector{all[0], all[1]}));
  EXPECT_EQ(live("d1-g1", all[1], 10), (std::vector{all[2]}));
  EXPECT_TRUE(live("d1-g2", {}, 10).empty());
}

TEST_P(Contract, due_is_the_newest_live_certificate_of_a_held_id_without_such_a_notice) {
  put_holders(7);
  const auto on = [](int days) {
    return [days](lifecycle::CertificateRecord& record) { record.expiry_day = samples::kExpiry + std::chrono::days{days}; };
  };
  put_issued(1, 1, 0, on(0));
  put_issued(2, 2, 0, on(-1));
  put_issued(3, 3, 0, on(1));  // outside
  put_issued(4, 4, 0, on(0));  // has a newer one
  put_issued(5, 4, 60, on(365));
  put_issued(6, 5, 0, on(0));  // noticed
  auto revoked = put_issued(7, 6, 0, on(0));
  revoked.revoked_at = kNow;
  put_issued(8, 7, 0, on(0));  // its holder has left
  write([&](Writer& writer) -> Result<void> {
    if (auto set = writer.set_certificate(revoked); !set) return set;
    auto left = samples::holder(7);
    left.entitlement = lifecycle::Entitlement::terminated;
    if (auto put = writer.put_holder(left); !put) return put;
    const auto added = writer.add_notice(samples::notice(6, samples::holder_id(5)));
    if (!added) return fail(added);
    return {};
  });
  lifecycle::CertificateReader::DueQuery query{.institution = "d1",
                                               .kind = "before-30",
                                               .first = samples::kExpiry - std::chrono::days{1},
                                               .last = samples::kExpiry,
                                               .after = {},
                                               .limit = 500};
  EXPECT_THAT(due(query), testing::ElementsAre(samples::serial(2).hex(), samples::serial(1).hex()));
  query.limit = 1;
  EXPECT_THAT(due(query), testing::ElementsAre(samples::serial(2).hex()));
  query.after = std::pair(samples::kExpiry - std::chrono::days{1}, samples::serial(2));
  EXPECT_THAT(due(query), testing::ElementsAre(samples::serial(1).hex()));
  query.after = std::pair(samples::kExpiry, samples::serial(1));
  EXPECT_THAT(due(query), testing::IsEmpty());
  query.after = std::pair(samples::kExpiry - std::chrono::days{9}, samples::serial(9));
  query.kind = "before-10";
  query.limit = 500;
  EXPECT_THAT(due(query), testing::ElementsAre(samples::serial(2).hex(), samples::serial(1).hex(), samples::serial(6).hex()));
  query.institution = "d2";
  EXPECT_THAT(due(query), testing::IsEmpty());
  query.institution = "d1";
  const auto rows = ask<std::vector<lifecycle::DueCertificate>>([&](Reader& reader) { return reader.due(query); });
  EXPECT_EQ(rows[0].holder, samples::holder_id(2));
  EXPECT_EQ(rows[0].authority, "d1-g1");
  EXPECT_EQ(rows[0].expiry_day, samples::kExpiry - std::chrono::days{1});
  EXPECT_EQ(rows[0].role, lifecycle::Role::administrator);
  EXPECT_EQ(rows[0].company, samples::holder(2).company);
  EXPECT_EQ(rows[0].mail, samples::holder(2).mail);
}

INSTANTIATE_TEST_SUITE_P(Store, Contract, testing::ValuesIn(store_engines()), [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inkan::store
