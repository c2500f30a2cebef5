#include "pki/der.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inkan::pki {
namespace {

Bytes hex(std::string_view text) { return parse_hex(text).value(); }

TEST(DerReader, takes_only_minimal_definite_lengths) {
  for (const char* good : {"0400", "040100", "3000", "a0020500"}) EXPECT_TRUE(is_der(hex(good))) << good;
  EXPECT_TRUE(is_der(hex("048180" + std::string(256, '0'))));
  for (const char* bad : {"", "04", "0401", "040000", "04810100", "0480", "30800000", "04820001ff", "1f8100", "0485000000000100"})
    EXPECT_FALSE(is_der(hex(bad))) << bad;
}

TEST(DerReader, holds_primitives_to_der) {
  for (const char* good : {"0101ff", "010100", "020100", "02020080", "0201ff", "0500", "06032a0304", "0302070f80"})
    EXPECT_EQ(is_der(hex(good)), std::string_view(good) != "0302070f80") << good;
  for (const char* bad : {"010101", "0100", "0200", "02020001", "0202ff80", "050100", "0600", "060180", "0602802a", "0300",
                          "030108", "03020180ff", "030201ff", "2403040100", "3f00", "1000", "1100", "0000"})
    EXPECT_FALSE(is_der(hex(bad))) << bad;
}

TEST(DerReader, bounds_depth) {
  const auto nested = [](int depth) {
    Bytes bytes = hex("0500");
    for (int i = 0; i < depth; ++i) {
      DerWriter out;
      out.primitive(tag::kSequence, bytes);
      bytes = out.take();
    }
    return bytes;
  };
  EXPECT_TRUE(is_der(nested(kDerDepth)));
  EXPECT_FALSE(is_der(nested(kDerDepth + 1)));
  EXPECT_FALSE(is_der(nested(5000)));
}

TEST(DerReader, a_failure_sticks) {
  const Bytes bytes = hex("020101020102");
  DerReader reader(bytes);
  EXPECT_EQ(reader.take(tag::kBoolean).content.size(), 0u);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.take(tag::kInteger).whole.size(), 0u);
  EXPECT_FALSE(reader.done());
  EXPECT_TRUE(reader.empty());
}

TEST(DerTime, reads_the_forms_of_RFC_5280_alone) {
  const auto read = [](std::uint8_t tag, std::string_view text) { return read_time({tag, as_bytes(text), {}}); };
  EXPECT_EQ(to_rfc3339(*read(tag::kUtcTime, "491231235959Z")), "2049-12-31T23:59:59Z");
  EXPECT_EQ(to_rfc3339(*read(tag::kUtcTime, "500101000000Z")), "1950-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(*read(tag::kGeneralizedTime, "20500101000000Z")), "2050-01-01T00:00:00Z");
  EXPECT_TRUE(read(tag::kUtcTime, "280229000000Z"));
  for (const char* bad : {"", "4912312359Z", "491231235959", "491231235959+0900", "491331235959Z", "270229000000Z",
                          "490100000000Z", "491231240000Z", "491231236000Z", "491231235960Z", "4912312359.9Z", " 91231235959Z"})
    EXPECT_FALSE(read(tag::kUtcTime, bad)) << bad;
  EXPECT_FALSE(read(tag::kGeneralizedTime, "20500101000000.5Z"));
  EXPECT_FALSE(read(tag::kInteger, "491231235959Z"));
}

RC_GTEST_PROP(DerTime, C2_written_times_come_back, (unsigned int seconds)) {
  const Instant instant = from_epoch(static_cast<long long>(seconds));  // 1970 to 2106
  DerWriter out;
  out.time(instant);
  DerReader reader(out.bytes());
  const DerElement element = reader.take_any();
  RC_ASSERT(read_time(element) == instant);
  const bool from_2050 = instant >= Instant{std::chrono::sys_days{std::chrono::year{2050} / 1 / 1}};
  RC_ASSERT(element.tag == (from_2050 ? tag::kGeneralizedTime : tag::kUtcTime));
}

RC_GTEST_PROP(DerNumber, comes_back, (unsigned long long value)) {
  value >>= 1;
  DerWriter out;
  out.number(value);
  RC_ASSERT(is_der(out.bytes()));
  DerReader reader(out.bytes());
  RC_ASSERT(read_number(reader.take(tag::kInteger)) == value);
}

RC_GTEST_PROP(DerWriter, nests_and_comes_back, (const std::vector<Bytes>& parts, unsigned short filler)) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.octets(Bytes(filler));
    out.nest(tag::context(1), [&] {
      for (const Bytes& part : parts) out.octets(part);
    });
  });
  RC_ASSERT(is_der(out.bytes()));
  DerReader outer(out.bytes());
  DerReader list = outer.enter(tag::kSequence);
  RC_ASSERT(list.take(tag::kOctetString).content.size() == filler);
  DerReader inner = list.enter(tag::context(1));
  for (const Bytes& part : parts) RC_ASSERT(same(inner.take(tag::kOctetString).content, part));
  RC_ASSERT(inner.done() && list.done() && outer.done());
}

RC_GTEST_PROP(DerReader, never_reads_outside, (const Bytes& bytes)) {
  DerReader reader(bytes);
  std::size_t read = 0;
  while (!reader.empty()) read += reader.take_any().whole.size();
  RC_ASSERT(read <= bytes.size());
  RC_ASSERT(reader.failed() || read == bytes.size());
}

TEST(EncodeOid, writes_base_128) {
  EXPECT_EQ(to_hex(encode_oid("2.5.29.37").value()), "551d25");
  EXPECT_EQ(to_hex(encode_oid("1.2.840.113549.1.1.11").value()), "2a864886f70d01010b");
  EXPECT_EQ(to_hex(encode_oid("2.999.0").value()), "883700");
  for (const char* bad : {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "1.2.03", "1.2.a", "1.2.99999999999999999999", "1.2 "})
    EXPECT_FALSE(encode_oid(bad)) << bad;
}

TEST(PemBlock, is_taken_one_after_another) {
  const Bytes one{1, 2, 3}, two(100, 7);
  const std::string both = "words\n" + to_pem_block("X", one) + to_pem_block("OTHER", one) + to_pem_block("X", two) + "more";
  std::string_view rest = both;
  EXPECT_EQ(take_pem_block(rest, "X").value(), one);
  EXPECT_EQ(take_pem_block(rest, "X").value(), two);
  EXPECT_EQ(rest, "\nmore");
  EXPECT_EQ(take_pem_block(rest, "X").value(), std::nullopt);
  for (std::string_view bad : {"-----BEGIN X-----\nAQID\n", "-----BEGIN X-----\n!!\n-----END X-----"})
    EXPECT_EQ(take_pem_block(bad, "X").error().id, "pem.malformed");
}

}  // namespace
}  // namespace inkan::pki
