#include "pki/hmac.hpp"

#include <gtest/gtest.h>

namespace inkan::pki {
namespace {

TEST(Hmac, gives_the_values_of_rfc_4231) {
  EXPECT_EQ(hmac_sha256(Secret(std::string(20, '\x0b')), as_bytes("Hi There")).hex(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac_sha256(Secret("Jefe"), as_bytes("what do ya want for nothing?")).hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      hmac_sha256(Secret(std::string(131, '\xaa')), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")).hex(),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace inkan::pki
