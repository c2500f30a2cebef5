// CRL and OCSP say what is on record (I2, I7, I8).

#include <gtest/gtest.h>

#include "lifecycle/issuance.hpp"
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
