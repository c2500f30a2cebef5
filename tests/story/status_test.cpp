// CRL and OCSP say what is on record (I2, I7, I8).

#include <gtest/gtest.h>

#include "lifecycle/issuance.hpp"
#include "lifecycle/list_check.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "support/installation.hpp"

namespace inkan::lifecycle {
namespace {

pki::Crl crl_of(Installation& bank) {
  const auto published = bank.status.crl("d1-g1");
  check(published.has_value(), "crl");
  return *pki::Crl::parse(published->der);
}

TEST(CrlPublication, numbers_rise_and_entries_stay_until_one_list_past_expiry) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  ASSERT_TRUE(bank.holders.revoke(record.authority, record.serial, pki::RevocationReason::key_compromise, "operator", true));
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_EQ(crl_of(bank).number(), 1u);
  ASSERT_EQ(crl_of(bank).entries().size(), 1u);
  EXPECT_EQ(crl_of(bank).entries().front().serial, record.serial);

  bank.clock.set(record.not_after + std::chrono::hours{1});
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_EQ(crl_of(bank).number(), 2u);
  EXPECT_EQ(crl_of(bank).entries().size(), 1u) << "RFC 5280 3.3: once more after expiry";
  bank.clock.advance(std::chrono::hours{1});
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_TRUE(crl_of(bank).entries().empty());
}

TEST(CrlPublication, O24_is_due_once_an_hour) {
  Installation bank;
  EXPECT_EQ(*bank.status.publish_due(), 2);
  EXPECT_EQ(*bank.status.publish_due(), 0);
  bank.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(*bank.status.publish_due(), 2);
}

TEST(CrlPublication, a_revocation_is_on_the_next_list_within_seconds_and_many_share_one) {
  Installation bank;
  std::vector<CertificateRecord> records;
  for (const char* id : {"keiri01", "keiri02", "keiri03", "keiri04"}) {
    bank.add_holder(id);
    records.push_back(bank.certify(id));
  }
  const auto revoke = [&](std::size_t i) {
    const auto& record = records[i];
    return bank.holders.revoke(record.authority, record.serial, pki::RevocationReason::superseded, "operator", true).has_value();
  };
  ASSERT_EQ(*bank.status.publish_due(), 2);
  ASSERT_TRUE(revoke(0));
  EXPECT_EQ(*bank.status.publish_due(), 0) << "five seconds between two lists";
  bank.clock.advance(std::chrono::seconds{5});
  ASSERT_TRUE(revoke(1));
  ASSERT_TRUE(revoke(2));
  EXPECT_EQ(*bank.status.publish_due(), 1) << "the other bank's list lacks nothing";
  EXPECT_EQ(crl_of(bank).number(), 2u);
  EXPECT_EQ(crl_of(bank).entries().size(), 3u);
  for (int second = 0; second < 20; ++second) {
    bank.clock.advance(std::chrono::seconds{1});
    EXPECT_EQ(*bank.status.publish_due(), 0) << "nothing was revoked since";
  }
  ASSERT_TRUE(revoke(3));
  Status elsewhere(bank.services());
  EXPECT_EQ(*elsewhere.publish_due(), 1) << "another node does as well";
  EXPECT_EQ(*bank.status.publish_due(), 0);
  EXPECT_EQ(crl_of(bank).entries().size(), 4u);
}

TEST(CrlPublication, I8_a_list_that_was_signed_and_never_published_leaves_a_gap) {
  Installation bank;
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  ASSERT_TRUE(bank.store->transact([](Writer& writer) { return writer.set_crl_number("d1-g1", 2); })) << "and here it died";
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_EQ(crl_of(bank).number(), 3u);
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_EQ(crl_of(bank).number(), 4u);
}

/// Lists are what a test publishes beside the records.
struct Lists {
  explicit Lists(Installation& installation) : bank(installation), authority(bank.issuer->authorities().front()) {}
  Bytes make(unsigned long long number, std::vector<pki::RevokedEntry> revoked) {
    const Instant now = bank.clock.now();
    return bank.issuer->make_crl({authority.id, number, now, now + std::chrono::hours{24}, std::move(revoked)}).value();
  }
  StatusReader::PublishedCrl published(unsigned long long number, std::vector<pki::RevokedEntry> revoked) {
    Bytes der = make(number, std::move(revoked));
    return {number, bank.clock.now(), bank.clock.now() + std::chrono::hours{24}, std::move(der)};
  }
  std::string judge(ByteView der, const std::optional<StatusReader::PublishedCrl>& before) {
    const auto checked = check_list(*bank.store, authority, 0, der, before, bank.clock.now());
    return checked ? "published" : checked.error().id + " " + checked.error().detail;
  }
  Installation& bank;
  ca::Authority authority;
};

TEST(CrlPublication, I8_refuses_a_list_that_is_not_the_next_one) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  Lists lists(bank);
  ASSERT_EQ(lists.authority.id, record.authority);
  const pki::RevokedEntry entry{record.serial, bank.clock.now(), pki::RevocationReason::superseded};
  const auto before = lists.published(5, {entry});
  bank.clock.advance(std::chrono::seconds{10});
  const Bytes next = lists.make(6, {entry});
  EXPECT_EQ(lists.judge(next, before), "published");
  EXPECT_EQ(lists.judge(next, std::nullopt), "published");
  EXPECT_EQ(lists.judge(lists.make(5, {entry}), before), "crl.refused number");
  EXPECT_EQ(lists.judge(lists.make(4, {entry}), before), "crl.refused number");
  EXPECT_EQ(lists.judge(lists.make(6, {}), before), "crl.refused left out: " + record.serial.hex());
  Bytes forged = next;
  forged.back() ^= 1;
  EXPECT_EQ(lists.judge(forged, before), "crl.refused signature");
  EXPECT_EQ(lists.judge(to_bytes("no list"), before).substr(0, 11), "crl.refused");
  Bytes other =
      bank.issuer
          ->make_crl(
              {bank.issuer->authorities().back().id, 6, bank.clock.now(), bank.clock.now() + std::chrono::hours{24}, {entry}})
          .value();
  EXPECT_EQ(lists.judge(other, before), "crl.refused issuer");
  const pki::RevokedEntry stranger{pki::SerialNumber::make(bank.rng), bank.clock.now(), pki::RevocationReason::superseded};
  EXPECT_EQ(lists.judge(next, lists.published(5, {entry, stranger})),
            "crl.refused left out, and not on record: " + stranger.serial.hex());
  bank.clock.advance(std::chrono::hours{24});
  EXPECT_EQ(lists.judge(next, before), "crl.refused dates") << "stale";
}

TEST(CrlPublication, I8_an_entry_may_leave_once_a_list_was_made_after_its_expiry) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  Lists lists(bank);
  const pki::RevokedEntry entry{record.serial, bank.clock.now(), pki::RevocationReason::superseded};
  const auto long_ago = lists.published(5, {entry});
  bank.clock.set(record.not_after + std::chrono::seconds{1});
  EXPECT_EQ(lists.judge(lists.make(6, {}), long_ago), "crl.refused left out: " + record.serial.hex())
      << "no list was made after its expiry yet";
  const auto after = lists.published(6, {entry});
  bank.clock.advance(std::chrono::seconds{10});
  EXPECT_EQ(lists.judge(lists.make(7, {}), after), "published");
}

/// question asks about one serial as a client does; `nonce` may be empty.
Bytes question(const ca::Authority& authority, const pki::SerialNumber& serial, ByteView nonce = {}) {
  namespace tag = pki::tag;
  pki::DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.nest(tag::kSequence, [&] {
        out.nest(tag::kSequence, [&] {
          out.nest(tag::kSequence, [&] {
            out.nest(tag::kSequence, [&] { out.oid(pki::oid::kSha1); });
            out.octets(authority.name_sha1);
            out.octets(authority.key_sha1);
            out.primitive(tag::kInteger, serial.bytes());
          });
        });
      });
      if (nonce.empty()) return;
      out.nest(tag::context(2), [&] {
        out.nest(tag::kSequence, [&] {
          out.nest(tag::kSequence, [&] {
            out.oid(pki::oid::kOcspNonce);
            out.nest(tag::kOctetString, [&] { out.octets(nonce); });
          });
        });
      });
    });
  });
  return out.take();
}

TEST(OcspAnswers, are_signed_once_in_a_while_and_right_at_once_on_every_node) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  Status elsewhere(bank.services());
  const ca::Authority authority = bank.issuer->authorities().front();
  const Bytes asked = question(authority, record.serial);
  const auto good = bank.status.answer_ocsp(asked);
  ASSERT_TRUE(good.cacheable);
  const auto good_elsewhere = elsewhere.answer_ocsp(asked);
  bank.clock.advance(std::chrono::minutes{29});
  const auto again = bank.status.answer_ocsp(asked);
  EXPECT_EQ(again.der, good.der) << "signed before";
  EXPECT_EQ(again.this_update, good.this_update);
  EXPECT_EQ(again.next_update, good.next_update);
  ASSERT_TRUE(bank.holders.revoke(record.authority, record.serial, pki::RevocationReason::superseded, "operator", true));
  const auto revoked = bank.status.answer_ocsp(asked);
  EXPECT_NE(revoked.der, good.der) << "on this node";
  EXPECT_NE(elsewhere.answer_ocsp(asked).der, good_elsewhere.der) << "on another, which nobody told";
  EXPECT_EQ(revoked.this_update, bank.clock.now());
  EXPECT_EQ(bank.status.answer_ocsp(asked).der, revoked.der);
  bank.clock.advance(std::chrono::minutes{30});
  EXPECT_NE(bank.status.answer_ocsp(asked).der, revoked.der) << "half its life is over";
}

TEST(OcspAnswers, to_a_nonce_and_about_an_unknown_serial_are_signed_each_time) {
  Installation bank;
  bank.add_holder("keiri01");
  const auto record = bank.certify("keiri01");
  const ca::Authority authority = bank.issuer->authorities().front();
  const Bytes asked = question(authority, record.serial, as_bytes("12345678"));
  const auto first = bank.status.answer_ocsp(asked);
  EXPECT_FALSE(first.cacheable);
  EXPECT_NE(bank.status.answer_ocsp(asked).der, first.der);
  const Bytes unknown = question(authority, pki::SerialNumber::make(bank.rng));
  const auto about_unknown = bank.status.answer_ocsp(unknown);
  EXPECT_NE(bank.status.answer_ocsp(unknown).der, about_unknown.der);
}

TEST(OcspAnswers, the_oldest_leave_a_full_cache) {
  AnswerCache cache;
  const Instant now = *parse_rfc3339("2026-11-22T00:00:00Z");
  const auto facts = [](std::size_t i) {
    return pki::StatusAnswer{
        .cert_id_der = to_bytes(std::to_string(i)), .status = pki::StatusAnswer::Status::good, .revoked_at = {}};
  };
  for (std::size_t i = 0; i < AnswerCache::kLongestKept * 2; ++i)
    cache.keep(std::make_shared<SignedAnswer>(facts(i), Bytes{1}, now, now + std::chrono::hours{1}));
  EXPECT_LE(cache.size(), AnswerCache::kLongestKept);
  EXPECT_FALSE(cache.find(facts(0), now));
  EXPECT_TRUE(cache.find(facts(AnswerCache::kLongestKept * 2 - 1), now));
  EXPECT_FALSE(cache.find(facts(AnswerCache::kLongestKept * 2 - 1), now - std::chrono::seconds{1})) << "not made yet";
  auto revoked = facts(AnswerCache::kLongestKept * 2 - 1);
  revoked.status = pki::StatusAnswer::Status::revoked;
  EXPECT_FALSE(cache.find(revoked, now));
}

TEST(Abandonment, I1_I3_a_reservation_left_behind_is_closed_revoked_and_never_signed) {
  Installation bank;
  bank.add_holder("keiri01");
  struct Died {};
  Enrolment dying(bank.services([](std::string_view point) {
    if (point == "reserve-after-commit") throw Died{};
  }),
                  bank.login);
  const auto request = make_request();
  EXPECT_THROW((void)dying.enrol_approved(bank.institution(), "keiri01", request, "ra test"), Died);
  EXPECT_EQ(bank.enrolment.enrol_approved(bank.institution(), "keiri01", request, "ra test").error().id, "issuance.running");

  bank.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(*close_unfinished(bank.services(), bank.clock.now()), 1);
  EXPECT_EQ(*close_unfinished(bank.services(), bank.clock.now()), 0);
  ASSERT_TRUE(bank.enrolment.enrol_approved(bank.institution(), "keiri01", request, "ra test")) << "the same key, a new serial";
  ASSERT_TRUE(bank.status.publish_crl("d1-g1"));
  EXPECT_EQ(crl_of(bank).entries().size(), 1u) << "the abandoned serial";
  check_invariants(*bank.store, bank.institutions);
}

}  // namespace
}  // namespace inkan::lifecycle
