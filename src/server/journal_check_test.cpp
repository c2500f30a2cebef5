#include "server/journal_check.hpp"

#include <gtest/gtest.h>

#include "support/installation.hpp"

namespace inkan::server {
namespace {

using Kind = ca::JournalEntry::Kind;

/// Place is an installation with a journal that a test writes by hand.
struct Place {
  Installation bank;
  std::filesystem::path file = bank.folder.path() / "signer.journal";
  std::unique_ptr<ca::Journal> journal =
      *ca::Journal::open(file, std::make_shared<FakeClock>(bank.clock.now()), [](const ca::JournalEntry&) {});

  void note(const lifecycle::CertificateRecord& record) const { note(record, record.tbs_hash); }
  void note(const lifecycle::CertificateRecord& record, const Digest& hash) const {
    ASSERT_TRUE(
        journal->write({.kind = Kind::certificate, .authority = record.authority, .subject = record.serial.hex(), .hash = hash}));
  }
  /// found lists what does not agree.
  std::vector<std::string> found() {
    const auto report = check_journals(*bank.store, bank.institutions, bank.issuer->authorities(), {file});
    EXPECT_TRUE(report) << report.error().id;
    std::vector<std::string> all;
    for (const JournalFinding& each : report->findings) all.push_back(each.id + " " + each.authority + " " + each.subject);
    return all;
  }
  lifecycle::CertificateRecord certify(const std::string& login_id) {
    bank.add_holder(login_id);
    return bank.certify(login_id);
  }
};

TEST(JournalCheck, I1_agrees_where_every_signature_is_on_record_and_every_certificate_journalled) {
  Place place;
  place.note(place.certify("keiri01"));
  place.note(place.certify("keiri02"));
  EXPECT_TRUE(place.found().empty());
}

TEST(JournalCheck, I1_finds_a_signature_that_nobody_reserved) {
  Place place;
  auto record = place.certify("keiri01");
  place.note(record);
  record.serial = pki::SerialNumber::make(place.bank.rng);
  place.note(record);
  EXPECT_EQ(place.found(), (std::vector<std::string>{"journal.unknown_signature d1-g1 " + record.serial.hex()}));
}

TEST(JournalCheck, I1_finds_other_bytes_than_were_reserved) {
  Place place;
  const auto record = place.certify("keiri01");
  place.note(record, sha256(as_bytes("other")));
  EXPECT_EQ(place.found(), (std::vector<std::string>{"journal.other_bytes d1-g1 " + record.serial.hex()}));
}

TEST(JournalCheck, T24_finds_certificates_and_lists_that_the_journal_does_not_have) {
  Place place;
  const auto record = place.certify("keiri01");
  ASSERT_TRUE(place.bank.status.publish_crl("d1-g1"));
  EXPECT_EQ(place.found(), (std::vector<std::string>{"journal.missing_certificate d1-g1 " + record.serial.hex(),
                                                     "journal.missing_list d1-g1 1"}));
  place.note(record);
  ASSERT_TRUE(place.journal->write({.kind = Kind::crl, .authority = "d1-g1", .subject = "1"}));
  EXPECT_TRUE(place.found().empty());
}

TEST(JournalCheck, asks_nothing_about_the_time_before_the_journal_began) {
  Place place;
  const auto record = place.certify("keiri01");
  place.journal.reset();
  std::filesystem::remove(place.file);
  place.journal = *ca::Journal::open(place.file, std::make_shared<FakeClock>(place.bank.clock.now() + std::chrono::seconds{1}),
                                     [](const ca::JournalEntry&) {});
  EXPECT_TRUE(place.found().empty());
}

}  // namespace
}  // namespace inkan::server
