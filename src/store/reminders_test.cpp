// The contract of lifecycle/store.hpp for reminders, on every engine: who is due, who is not reached, who never used what was
// issued, mutes and digests (O1, O15, O16, O18).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/store_contract.hpp"

namespace inkan::store {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::DueCertificate;
using lifecycle::Reader;
using lifecycle::Writer;
using samples::kNow;
using std::chrono::days;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

using Place = std::optional<std::pair<Instant, pki::SerialNumber>>;

class Reminders : public StoreContract {
 protected:
  void put_mail(int number, const std::string& mail, bool undeliverable = false) {
    write([&](Writer& writer) -> Result<void> {
      auto holder = samples::holder(number);
      holder.mail = mail;
      if (auto put = writer.put_holder(holder); !put || mail.empty()) return put;
      auto contact = samples::contact(holder.id, mail);
      if (!undeliverable) contact.undeliverable_since.reset();
      return writer.put_contact(contact);
    });
  }
  std::vector<std::string> unreached(const std::string& kind = {}, const std::string& after = {}, int limit = 10,
                                     Day first = samples::kExpiry, Day last = samples::kExpiry) {
    std::vector<std::string> ids;
    for (const auto& due : ask<std::vector<DueCertificate>>([&](Reader& reader) {
           return reader.unreached(
               {.institution = "d1", .kind = kind, .first = first, .last = last, .after = after, .limit = limit});
         })) {
      EXPECT_FALSE(due.main_works);
      ids.push_back(due.holder.login_id);
    }
    return ids;
  }
  std::vector<DueCertificate> due(bool spare_muted) {
    return ask<std::vector<DueCertificate>>([&](Reader& reader) {
      return reader.due({.institution = "d1",
                         .kind = "before-20",
                         .first = samples::kExpiry,
                         .last = samples::kExpiry,
                         .after = {},
                         .limit = 10,
                         .spare_muted = spare_muted});
    });
  }
  std::vector<pki::SerialNumber> unconfirmed(int until, const Place& after = {}, int limit = 10, Day today = samples::kExpiry) {
    std::vector<pki::SerialNumber> serials;
    for (const auto& record : ask<std::vector<CertificateRecord>>(
             [&](Reader& reader) { return reader.unconfirmed("d1", kNow + seconds{until}, today, after, limit); }))
      serials.push_back(record.serial);
    return serials;
  }
};

TEST_P(Reminders, O15_O16_unreached_are_those_without_a_working_main_address) {
  put_mail(1, "");
  put_mail(2, "works@example.test");
  put_mail(3, "gone@example.test", true);
  put_mail(4, "");  // without a certificate
  for (const int holder : {1, 2, 3}) put_issued(holder, holder);
  EXPECT_THAT(unreached(), ElementsAre("keiri1001", "keiri1003"));
  EXPECT_THAT(unreached("", "", 1), ElementsAre("keiri1001"));
  EXPECT_THAT(unreached("", "keiri1001"), ElementsAre("keiri1003"));
  EXPECT_THAT(unreached("", "", 10, samples::kExpiry + days{1}, samples::kExpiry + days{9}), IsEmpty());
  std::vector<bool> works;
  for (const DueCertificate& one : due(false)) {
    works.push_back(one.main_works);
    EXPECT_EQ(one.contract, "4711-001");
  }
  EXPECT_THAT(works, ElementsAre(false, true, false));
  write([&](Writer& writer) -> Result<void> {
    const auto added = writer.add_notice(samples::notice(1, samples::holder_id(1), "post"));
    return added ? Result<void>() : fail(added);
  });
  EXPECT_THAT(unreached("post"), ElementsAre("keiri1003"));
}

TEST_P(Reminders, O15_a_second_address_that_fails_leaves_the_main_one_alone) {
  put_mail(1, "works@example.test");
  write([&](Writer& writer) { return writer.put_contact(samples::contact(samples::holder_id(1), "second@example.test")); });
  put_issued(1, 1);
  EXPECT_THAT(unreached(), IsEmpty());
  EXPECT_TRUE(due(false).front().main_works);
}

TEST_P(Reminders, O16_an_address_may_be_shared) {
  for (const int holder : {1, 2}) put_mail(holder, "keiri@example.test");
  const auto sharers = [&](const std::string& institution, int limit) {
    return ask<std::vector<std::string>>(
        [&](Reader& reader) { return reader.sharers_of(institution, "keiri@example.test", limit); });
  };
  EXPECT_THAT(sharers("d1", 10), ElementsAre("keiri1001", "keiri1002"));
  EXPECT_THAT(sharers("d1", 1), ElementsAre("keiri1001"));
  EXPECT_THAT(sharers("d2", 10), IsEmpty());
}

TEST_P(Reminders, O18_a_mute_spares_its_certificate_until_it_ends) {
  put_holders(1);
  const auto record = put_issued(1, 1);
  const auto since = [&] {
    return ask<std::optional<Instant>>([&](Reader& reader) { return reader.muted_since(record.authority, record.serial); });
  };
  EXPECT_FALSE(since());
  EXPECT_EQ(due(true).size(), 1U);
  write([&](Writer& writer) { return writer.set_mute(record.authority, record.serial, kNow); });
  EXPECT_EQ(since(), kNow);
  EXPECT_THAT(due(true), IsEmpty());
  EXPECT_EQ(due(false).size(), 1U) << "the promised ones go on";
  write([&](Writer& writer) { return writer.set_mute(record.authority, record.serial, {}); });
  EXPECT_FALSE(since());
  EXPECT_EQ(due(true).size(), 1U);
}

TEST_P(Reminders, O1_unconfirmed_are_live_certificates_that_nobody_used) {
  put_holders(6);
  const auto first = put_issued(1, 1, 10);
  const auto second = put_issued(2, 2, 10);
  put_issued(3, 3, 10, [](CertificateRecord& record) { record.confirmed_at = kNow + seconds{20}; });
  put_issued(4, 4, 10, [](CertificateRecord& record) { record.revoked_at = kNow + seconds{20}; });
  put_issued(5, 5, 10, [](CertificateRecord& record) { record.held_at = kNow + seconds{20}; });
  const auto later = put_issued(6, 6, 60);
  const int until = static_cast<int>((*first.issued_at - kNow).count());
  EXPECT_THAT(unconfirmed(until), ElementsAre(first.serial, second.serial));
  EXPECT_THAT(unconfirmed(until - 1), IsEmpty());
  EXPECT_THAT(unconfirmed(1000), ElementsAre(first.serial, second.serial, later.serial));
  EXPECT_THAT(unconfirmed(1000, {}, 1), ElementsAre(first.serial));
  EXPECT_THAT(unconfirmed(1000, Place({*first.issued_at, first.serial})), ElementsAre(second.serial, later.serial));
  EXPECT_THAT(unconfirmed(1000, {}, 10, samples::kExpiry + days{1}), IsEmpty()) << "expired";
  write([&](Writer& writer) -> Result<void> {
    const auto added = writer.add_notice(samples::notice(1, samples::holder_id(1), "unconfirmed"));
    return added ? Result<void>() : fail(added);
  });
  EXPECT_THAT(unconfirmed(until), ElementsAre(second.serial));
}

TEST_P(Reminders, O16_lines_of_a_digest_wait_by_contract_until_they_are_taken) {
  put_holders(2);
  const auto contracts = [&] {
    return ask<std::vector<std::string>>([](Reader& reader) { return reader.digest_contracts("d1", 10); });
  };
  const auto lines = [&](const std::string& contract) {
    return ask<std::vector<lifecycle::DigestLine>>([&](Reader& reader) { return reader.digest_lines("d1", contract); });
  };
  write([&](Writer& writer) -> Result<void> {
    auto other = samples::digest_line(samples::holder_id(2), "after-1");
    other.contract = "4712-001";
    other.reached = false;
    for (const auto& line : {samples::digest_line(samples::holder_id(2)), samples::digest_line(samples::holder_id(1)),
                             samples::digest_line(samples::holder_id(1)), other})
      if (auto put = writer.put_digest_line(line); !put) return put;
    return {};
  });
  EXPECT_THAT(contracts(), ElementsAre("4711-001", "4712-001"));
  ASSERT_EQ(lines("4711-001").size(), 2U);
  EXPECT_EQ(lines("4711-001")[0].holder, samples::holder_id(1));
  EXPECT_EQ(lines("4711-001")[0].kind, "before-30");
  EXPECT_EQ(lines("4711-001")[0].expiry_day, samples::kExpiry);
  EXPECT_TRUE(lines("4711-001")[0].reached);
  EXPECT_FALSE(lines("4712-001")[0].reached);
  write([](Writer& writer) { return writer.remove_digest("d1", "4711-001"); });
  EXPECT_THAT(contracts(), ElementsAre("4712-001"));
}

INSTANTIATE_TEST_SUITE_P(Store, Reminders, testing::ValuesIn(store_engines()), [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inkan::store
