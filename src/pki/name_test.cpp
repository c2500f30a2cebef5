#include "pki/name.hpp"

#include <gtest/gtest.h>

namespace inkan::pki {
namespace {

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

TEST(Name, writes_utf8_and_a_printable_country) {
  const Name name = Name::make({{"C", "JP"}, {"O", "銀"}, {"CN", "a"}}).value();
  EXPECT_EQ(to_hex(name.der()),
            "3027310b3009060355040613024a50"  // PrintableString "JP"
            "310c300a060355040a0c03e98a80"    // UTF8String
            "310a30080603550403"
            "0c0161");
  EXPECT_EQ(name.to_text(), "C=JP, O=銀, CN=a");
  EXPECT_EQ(name.find("O"), "銀");
  EXPECT_EQ(name.find("OU"), "");
}

TEST(Name, comes_back) {
  const Name name = Name::make({{"O", "株式会社 山田商店"}, {"OU", "経理部"}, {"OU", "二"}, {"CN", "k00012345"}}).value();
  const Name back = Name::parse(name.der()).value();
  EXPECT_EQ(back.parts(), name.parts());
  EXPECT_EQ(back.der(), name.der());
}

TEST(Name, T14_refuses_values_that_are_not_plain_or_too_long) {
  const auto refusal = [](std::string type, std::string value) {
    return id_of(Name::make({{std::move(type), std::move(value)}}));
  };
  EXPECT_EQ(refusal("CN", ""), "name.value");
  EXPECT_EQ(refusal("CN", std::string("a\0b", 3)), "name.value");
  EXPECT_EQ(refusal("CN", "a\nb"), "name.value");
  EXPECT_EQ(refusal("CN",
                    "\xe2\x80\xae"
                    "abc"),
            "name.value");  // right-to-left override
  EXPECT_EQ(refusal("CN", "\xff"), "name.value");
  EXPECT_EQ(refusal("C", "JPN"), "name.value");
  EXPECT_EQ(refusal("C", "jp"), "name.value");
  EXPECT_EQ(refusal("SN", "x"), "name.type");
  EXPECT_EQ(refusal("2.5.4.4", "x"), "name.type");
  EXPECT_EQ(id_of(Name::make({})), "name.value");
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "銀";  // 64 characters, 192 octets
  EXPECT_EQ(refusal("CN", longest), "no error");
  EXPECT_EQ(refusal("CN", longest + "x"), "name.value");
}

TEST(Name, shows_what_others_wrote_without_being_fooled) {
  const auto text = [](const char* hex) {
    const auto name = Name::parse(parse_hex(hex).value());
    return name ? name->to_text() : name.error().id;
  };
  EXPECT_EQ(text("3000"), "");
  EXPECT_EQ(text("300c310a30080603550403130161"), "CN=a");
  EXPECT_EQ(text("300d310b300906035504031e020041"), "CN=A");      // BMPString
  EXPECT_EQ(text("300c310a300806035504031401e9"), "CN=é");        // TeletexString
  EXPECT_EQ(text("300c310a30080603550404130161"), "2.5.4.4=a");   // surname
  EXPECT_EQ(text("300c310a30080603550403130100"), "CN=#130100");  // a NUL inside
  EXPECT_EQ(text("3010310e300c06035504030c05e280ae6162"), "CN=#0c05e280ae6162");
  EXPECT_EQ(text("3014311230070603550403130061300706035504031300"
                 "62"),
            "name.malformed");
  EXPECT_EQ(text("30023100"), "name.malformed");
  EXPECT_EQ(text("0500"), "name.malformed");
  EXPECT_EQ(text("300030"), "name.malformed");
}

}  // namespace
}  // namespace inkan::pki
