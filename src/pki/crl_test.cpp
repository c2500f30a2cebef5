#include "pki/crl.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::pki {
namespace {

using Write = std::function<void(DerWriter&)>;

void extension(DerWriter& out, ByteView id, bool critical, const Write& value) {
  out.nest(tag::kSequence, [&] {
    out.oid(id);
    if (critical) out.boolean_true();
    out.nest(tag::kOctetString, [&] { value(out); });
  });
}

/// list_with is a list without entries, numbered 7; its signature is none, for parse does not look at it.
Bytes list_with(const Write& extensions) {
  const Bytes name = Name::make({{"CN", "CA"}}).value().der();
  const Bytes algorithm = to_bytes(signature_algorithm(KeyAlgorithm::p256));
  const Instant made = from_epoch(1'800'000'000);
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.number(1);
      out.raw(algorithm);
      out.raw(name);
      out.time(made);
      out.time(made + std::chrono::hours{24});
      out.nest(tag::context(0), [&] {
        out.nest(tag::kSequence, [&] {
          extension(out, oid::kCrlNumber, false, [](DerWriter& value) { value.number(7); });
          extensions(out);
        });
      });
    });
    out.raw(algorithm);
    out.bits(Bytes{1});
  });
  return out.take();
}

/// uri writes the name of a distribution point.
void uri(DerWriter& out, std::string_view url) {
  out.nest(tag::context(0), [&] { out.nest(tag::context(0), [&] { out.primitive(tag::context_primitive(6), as_bytes(url)); }); });
}

Write point(const Write& fields, bool critical = true) {
  return [=](DerWriter& out) {
    extension(out, oid::kIssuingDistributionPoint, critical,
              [&](DerWriter& value) { value.nest(tag::kSequence, [&] { fields(value); }); });
  };
}

TEST(CrlScope, is_the_address_of_the_issuing_distribution_point) {
  const Write here = [](DerWriter& out) { uri(out, "http://pki.test/crl/d1-g1/3.crl"); };
  const auto shard = Crl::parse(list_with(point(here)));
  ASSERT_TRUE(shard) << shard.error().detail;
  EXPECT_EQ(shard->distribution_point(), "http://pki.test/crl/d1-g1/3.crl");
  EXPECT_EQ(shard->number(), 7U);
  const auto whole = Crl::parse(list_with([](DerWriter&) {}));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->distribution_point(), "");
}

TEST(CrlScope, nothing_else_that_narrows_a_list_is_overlooked) {
  const Write here = [](DerWriter& out) { uri(out, "http://pki.test/3.crl"); };
  const auto refused = [](const Write& extensions) {
    const auto parsed = Crl::parse(list_with(extensions));
    return parsed ? std::string("taken") : parsed.error().id;
  };
  EXPECT_EQ(refused(point(here, false)), "crl.malformed") << "not critical";
  EXPECT_EQ(refused(point([](DerWriter&) {})), "crl.malformed") << "no name";
  EXPECT_EQ(refused(point([](DerWriter& out) { uri(out, ""); })), "crl.malformed") << "an empty name";
  EXPECT_EQ(refused(point([&](DerWriter& out) {
              here(out);
              out.primitive(tag::context_primitive(4), Bytes{0xff});
            })),
            "crl.malformed")
      << "an indirect CRL";
  EXPECT_EQ(refused(point([](DerWriter& out) { out.primitive(tag::context_primitive(1), Bytes{0xff}); })), "crl.malformed")
      << "holders' certificates alone";
  EXPECT_EQ(refused([&](DerWriter& out) {
              point(here)(out);
              point(here)(out);
            }),
            "crl.malformed")
      << "twice";
  EXPECT_EQ(refused([](DerWriter& out) { extension(out, Bytes{0x55, 0x1d, 27}, true, [](DerWriter& v) { v.number(1); }); }),
            "crl.malformed")
      << "a delta CRL";
}

}  // namespace
}  // namespace inkan::pki
