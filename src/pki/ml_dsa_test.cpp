#include <gtest/gtest.h>

#include "pki/csr.hpp"
#include "pki/der.hpp"
#include "pki/key.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"
#include "support/made_keys.hpp"
#include "support/tool.hpp"

/// ML-DSA by FIPS 204 and RFC 9881: all of it where OpenSSL is 3.5 or newer (MlDsaKnown), a clear refusal elsewhere
/// (MlDsaUnknown).
namespace inkan::pki {
namespace {

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

Bytes spki(ByteView oid, std::size_t size, bool parameters = false) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.oid(oid);
      if (parameters) out.null();
    });
    out.bits(Bytes(size, 0x55));
  });
  return out.take();
}

struct Kind {
  KeyAlgorithm algorithm;
  ByteView oid;
  std::size_t key_size;
  std::size_t signature_size;
};

const std::vector<Kind> kKinds = {{KeyAlgorithm::mldsa44, oid::kMlDsa44, 1312, 2420},
                                  {KeyAlgorithm::mldsa65, oid::kMlDsa65, 1952, 3309},
                                  {KeyAlgorithm::mldsa87, oid::kMlDsa87, 2592, 4627}};

/// of_this_machine are the kinds that its OpenSSL knows, or those that it does not.
std::vector<Kind> of_this_machine(bool known) {
  std::vector<Kind> kinds;
  for (const Kind& kind : kKinds)
    if (is_available(kind.algorithm) == known) kinds.push_back(kind);
  return kinds;
}

std::string name_of(const testing::TestParamInfo<Kind>& kind) { return std::string(to_text(kind.param.algorithm)); }

class MlDsa : public testing::TestWithParam<Kind> {};
class MlDsaKnown : public MlDsa {};
class MlDsaUnknown : public MlDsa {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MlDsaKnown);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MlDsaUnknown);

TEST_P(MlDsa, a_key_of_another_form_is_none) {
  const auto& [algorithm, oid, size, unused] = GetParam();
  EXPECT_EQ(id_of(PublicKey::parse(spki(oid, size - 1))), "key.malformed");
  EXPECT_EQ(id_of(PublicKey::parse(spki(oid, size + 1))), "key.malformed");
  EXPECT_EQ(id_of(PublicKey::parse(spki(oid, size, true))), "key.malformed");
}

TEST_P(MlDsaUnknown, an_older_openssl_says_that_it_cannot) {
  const auto& [algorithm, oid, size, unused] = GetParam();
  EXPECT_EQ(id_of(PrivateKey::make(algorithm)), "key.unavailable");
  const Bytes key = spki(oid, size);
  EXPECT_EQ(id_of(PublicKey::parse(key)), "key.unavailable");
  EXPECT_EQ(id_of(verify_signature(key, signature_algorithm(algorithm), to_bytes("x"), Bytes(100))), "key.unavailable");
}

TEST_P(MlDsaKnown, signs_so_that_its_public_key_verifies) {
  const auto& [algorithm, oid, size, signature_size] = GetParam();
  const auto key = PrivateKey::make(algorithm);
  ASSERT_TRUE(key) << id_of(key);
  EXPECT_EQ(key->public_key().algorithm(), algorithm);
  EXPECT_EQ(key->public_key().bits().size(), size);
  const auto again = PublicKey::parse(key->public_key().der());
  ASSERT_TRUE(again) << id_of(again);
  EXPECT_EQ(again->hash(), key->public_key().hash());

  const Bytes message = to_bytes("発行");
  Bytes signature = key->sign(message).value();
  EXPECT_EQ(signature.size(), signature_size);
  const auto verify = [&](KeyAlgorithm under, const Bytes& text) {
    return id_of(verify_signature(key->public_key().der(), signature_algorithm(under), text, signature));
  };
  EXPECT_EQ(verify(algorithm, message), "no error");
  EXPECT_EQ(verify(algorithm, to_bytes("発行 ")), "signature.bad");
  EXPECT_EQ(verify(KeyAlgorithm::p256, message), "signature.unsupported");
  EXPECT_EQ(verify(algorithm == KeyAlgorithm::mldsa44 ? KeyAlgorithm::mldsa65 : KeyAlgorithm::mldsa44, message),
            "signature.unsupported");
  signature.back() ^= 1;
  EXPECT_EQ(verify(algorithm, message), "signature.bad");
}

TEST_P(MlDsaKnown, a_key_is_kept_and_a_request_made_as_for_every_other) {
  const auto& [algorithm, oid, size, unused] = GetParam();
  const PrivateKey key = PrivateKey::make(algorithm).value();
  const auto kept = PrivateKey::parse_pem(key.to_pem(Secret("pw")).value(), Secret("pw"));
  ASSERT_TRUE(kept) << id_of(kept);
  EXPECT_EQ(kept->public_key().hash(), key.public_key().hash());
  const auto made = Csr::make(*kept, Name::make({{"CN", "keiri01"}}).value());
  ASSERT_TRUE(made) << id_of(made);
  const auto read = Csr::parse(made->der());
  ASSERT_TRUE(read) << id_of(read);
  EXPECT_EQ(read->key().algorithm(), algorithm);
}

INSTANTIATE_TEST_SUITE_P(Form, MlDsa, testing::ValuesIn(kKinds), name_of);
INSTANTIATE_TEST_SUITE_P(Here, MlDsaKnown, testing::ValuesIn(of_this_machine(true)), name_of);
INSTANTIATE_TEST_SUITE_P(Here, MlDsaUnknown, testing::ValuesIn(of_this_machine(false)), name_of);

}  // namespace
}  // namespace inkan::pki
