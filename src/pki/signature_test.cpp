#include "pki/signature.hpp"

#include <gtest/gtest.h>

#include "base/base64url.hpp"

namespace inkan::pki {
namespace {

// RFC 7515 A.3: a JWS that others signed with ES256.
constexpr std::string_view kText =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr const char* kSignature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

Bytes joses_key() {
  Bytes spki = parse_hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004").value();
  for (const char* coordinate : {"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}) {
    const Bytes part = parse_base64url(coordinate).value();
    spki.insert(spki.end(), part.begin(), part.end());
  }
  return spki;
}

TEST(RawEcdsa, is_read_as_jose_writes_it) {
  const Bytes raw = parse_base64url(kSignature).value();
  const auto der = from_raw_ecdsa(raw);
  ASSERT_TRUE(der);
  const ByteView algorithm = signature_algorithm(KeyAlgorithm::p256);
  EXPECT_TRUE(verify_signature(joses_key(), algorithm, as_bytes(kText), *der));
  EXPECT_FALSE(verify_signature(joses_key(), algorithm, as_bytes("another text"), *der));
  EXPECT_EQ(to_raw_ecdsa(*der).value(), raw);
}

TEST(RawEcdsa, has_two_halves_of_32_octets_whatever_the_numbers) {
  const PrivateKey key = PrivateKey::make(KeyAlgorithm::p256).value();
  for (int i = 0; i < 300; ++i) {  // one in 128 has a half that begins with zeros
    const Bytes der = key.sign(as_bytes(std::to_string(i))).value();
    const auto raw = to_raw_ecdsa(der);
    ASSERT_TRUE(raw);
    ASSERT_EQ(raw->size(), 64U);
    ASSERT_EQ(from_raw_ecdsa(*raw).value(), der);
  }
}

TEST(RawEcdsa, refuses_what_is_none) {
  const Bytes der = from_raw_ecdsa(parse_base64url(kSignature).value()).value();
  Bytes longer = der;
  longer.push_back(0);
  for (const Bytes& bad : {Bytes(), Bytes(64, 0xff), longer, Bytes(der.begin(), der.end() - 1)})
    EXPECT_EQ(to_raw_ecdsa(bad).error().id, "signature.malformed");
  const PrivateKey p384 = PrivateKey::make(KeyAlgorithm::p384).value();
  EXPECT_EQ(to_raw_ecdsa(p384.sign(as_bytes("x")).value()).error().id, "signature.malformed") << "longer than P-256's";
  EXPECT_EQ(from_raw_ecdsa(Bytes(63)).error().id, "signature.malformed");
}

}  // namespace
}  // namespace inkan::pki
