#include "base/base64url.hpp"

#include <gtest/gtest.h>

namespace inkan {
namespace {

TEST(Base64url, has_no_padding_and_takes_nothing_else) {
  const Bytes bytes = {0xfb, 0xff, 0xfe, 0x01};
  EXPECT_EQ(to_base64url(bytes), "-__-AQ");
  EXPECT_EQ(parse_base64url("-__-AQ").value(), bytes);
  EXPECT_EQ(parse_base64url("").value(), Bytes());
  for (const char* text : {"-__-AQ==", "+//+AQ", "-__-A", "-__ -AQ", "-__-AR"})
    EXPECT_EQ(parse_base64url(text).error().id, "base64.malformed") << text;
}

}  // namespace
}  // namespace inkan
