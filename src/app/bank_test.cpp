#include "app/bank.hpp"

#include <gtest/gtest.h>

#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::app {
namespace {

const std::string kWhole =
    R"({"institution":"d1","name":"サンプル銀行","portal":"https://d1.localhost:8443","est":"https://localhost:8444/.well-known/est/d1",)"
    R"("self_test":"https://localhost:8444/api/v1/institutions/d1/self-test","ca":"http://localhost:8445/ca/d1-ca.pem",)"
    R"("zone":"Asia/Tokyo","now":"2026-11-10T10:00:00+09:00","window_days":30,"asks_password":false})";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kWhole;
  return text.replace(text.find(from), from.size(), to);
}

TEST(Discovery, is_read_whole_and_counts_days_by_the_banks_time) {
  const auto bank = parse_discovery(kWhole);
  ASSERT_TRUE(bank) << bank.error().id;
  EXPECT_EQ(bank->est, "https://localhost:8444/.well-known/est/d1");
  EXPECT_EQ(bank->window_days, 30);
  EXPECT_EQ(to_iso(bank->today()), "2026-11-10");
}

TEST(Discovery, O19_a_bank_that_makes_up_for_a_maintenance_says_so) {
  EXPECT_EQ(parse_discovery(kWhole)->late_days, 0);
  EXPECT_EQ(parse_discovery(with("\"window_days\":30", "\"window_days\":30,\"late_days\":2"))->late_days, 2);
  EXPECT_EQ(parse_discovery(with("\"window_days\":30", "\"window_days\":30,\"late_days\":-2"))->late_days, 0);
}

TEST(Discovery, refuses_what_is_missing_or_of_another_kind) {
  for (const std::string& text : {std::string(), std::string("[]"), std::string("{}"), with("\"zone\":\"Asia/Tokyo\",", ""),
                                  with("Asia/Tokyo", "Mars/Base"), with(":30", ":\"30\""), with(":30", ":-1"),
                                  with(":30", ":100000"), with(":false", ":0"), with("2026-11-10T", "2026-13-10T"), kWhole + "x"})
    EXPECT_EQ(parse_discovery(text).error().id, "bank.malformed") << text;
}

TEST(Discovery, refuses_doors_that_are_not_https) {
  EXPECT_EQ(parse_discovery(with("https://localhost:8444/.well", "http://localhost:8444/.well")).error().id, "bank.not_https");
  EXPECT_EQ(open_bank("http://d1.localhost:8443", "").error().id, "bank.not_https");
  EXPECT_EQ(open_bank("d1.localhost", "").error().id, "url.malformed");
}

TEST(CsrAttributes, tell_the_kind_of_key) {
  const auto attributes = [](ByteView type, auto&& value) {
    pki::DerWriter out;
    out.nest(pki::tag::kSequence, [&] {
      out.oid(pki::oid::kSha256WithRsa);
      out.nest(pki::tag::kSequence, [&] {
        out.oid(type);
        out.nest(pki::tag::kSet, [&] { value(out); });
      });
    });
    return out.take();
  };
  EXPECT_EQ(*parse_csr_attributes(attributes(pki::oid::kEcPublicKey, [](auto& out) { out.oid(pki::oid::kSecp384r1); })),
            pki::KeyAlgorithm::p384);
  EXPECT_EQ(*parse_csr_attributes(attributes(pki::oid::kRsaEncryption, [](auto& out) { out.number(3072); })),
            pki::KeyAlgorithm::rsa3072);
  EXPECT_FALSE(parse_csr_attributes(attributes(pki::oid::kRsaEncryption, [](auto& out) { out.number(512); })));
  EXPECT_FALSE(parse_csr_attributes(Bytes{0x30}));
}

TEST(Refusal, keeps_the_banks_own_code) {
  const Error locked = parse_refusal(429, R"({"code":"login.locked","status":429})");
  EXPECT_EQ(locked.id, "login.locked");
  EXPECT_EQ(locked.code, Code::too_many);
  EXPECT_EQ(parse_refusal(403, R"({"code":"certificate.revoked"})").code, Code::refused);
  EXPECT_EQ(parse_refusal(500, R"({"code":"wire.failed","reference":"a1b2"})").detail, "reference a1b2");
  EXPECT_EQ(parse_refusal(401, R"({"code":"login.password","left":4})").detail, "4");
  EXPECT_EQ(parse_refusal(401, R"({"code":"login.password","left":-1})").detail, "");
  EXPECT_EQ(parse_refusal(401, R"({"code":"login.password","left":"many"})").detail, "");
  const Error proxy = parse_refusal(502, "<html>Bad gateway</html>");
  EXPECT_EQ(proxy.id, "bank.refused");
  EXPECT_EQ(proxy.code, Code::unavailable);
}

}  // namespace
}  // namespace inkan::app
