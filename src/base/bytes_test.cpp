#include "base/bytes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inkan {
namespace {

std::string text_of(const Result<Bytes>& bytes) { return bytes ? std::string(as_text(*bytes)) : "refused"; }

TEST(Hex, is_written_small_and_read_in_either_case) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0x0f, 0xa5, 0xff}), "000fa5ff");
  EXPECT_EQ(parse_hex("000FA5ff").value(), (Bytes{0x00, 0x0f, 0xa5, 0xff}));
  EXPECT_EQ(parse_hex("").value(), Bytes{});
}

TEST(Hex, refuses_everything_else) {
  for (const char* text : {"0", "0g", "00 11", "0x00", "00:11", " 00", "００"}) {
    const auto parsed = parse_hex(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().id, "hex.malformed");
  }
}

// The examples of RFC 4648 section 10.
TEST(Base64, agrees_with_rfc_4648) {
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : rows) {
    EXPECT_EQ(to_base64(as_bytes(plain)), coded);
    EXPECT_EQ(text_of(parse_base64(coded)), plain);
  }
}

TEST(Base64, skips_line_breaks_and_spaces) {
  EXPECT_EQ(text_of(parse_base64("Zm9v\r\nYmFy\n")), "foobar");
  EXPECT_EQ(text_of(parse_base64(" Zm9v \t YmFy ")), "foobar");
}

TEST(Base64, refuses_what_is_malformed) {
  const std::string_view rows[] = {"Z", "Zg", "Zg=", "Zg===", "Zm9v!", "Zm9v-_", "Zh==", "====", std::string_view("Zm9v\0", 5)};
  for (const std::string_view text : rows) {
    const auto parsed = parse_base64(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().id, "base64.malformed");
  }
}

// FIPS 180-2 appendix B.1.
TEST(Digest, is_sha_256) {
  EXPECT_EQ(sha256(as_bytes("abc")).hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256({}).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, takes_32_bytes_and_no_other_number) {
  const Digest digest = sha256(as_bytes("abc"));
  EXPECT_EQ(Digest::from(digest.view()).value(), digest);
  EXPECT_EQ(Digest::from(Bytes(31)).error().id, "digest.size");
  EXPECT_EQ(Digest::from(Bytes(33)).error().id, "digest.size");
  EXPECT_EQ(Digest::parse_hex(digest.hex()).value(), digest);
  EXPECT_EQ(Digest::parse_hex(digest.hex() + "00").error().id, "digest.size");
  EXPECT_EQ(Digest::parse_hex(std::string(64, 'g')).error().id, "hex.malformed");
}

RC_GTEST_PROP(BytesProperty, survive_hex_and_base64, (const Bytes& bytes)) {
  RC_ASSERT(parse_hex(to_hex(bytes)).value() == bytes);
  RC_ASSERT(parse_base64(to_base64(bytes)).value() == bytes);
}

RC_GTEST_PROP(BytesProperty, no_text_makes_the_readers_stumble, (const std::string& text)) {
  const auto hex = parse_hex(text);
  if (hex) RC_ASSERT(hex->size() * 2 == text.size());
  const auto base64 = parse_base64(text);
  if (base64) RC_ASSERT(base64->size() <= text.size());
}

}  // namespace
}  // namespace inkan
