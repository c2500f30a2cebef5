#include "pki/csr.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/made_keys.hpp"
#include "support/tool.hpp"

namespace inkan::pki {
namespace {

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

const PrivateKey& key() { return made_key(KeyAlgorithm::p256); }
Name name() { return Name::make({{"O", "会社"}, {"CN", "someone"}}).value(); }

TEST(Csr, made_here_is_read_here_and_by_openssl) {
  TempFolder folder;
  for (KeyAlgorithm algorithm : {KeyAlgorithm::rsa2048, KeyAlgorithm::rsa3072, KeyAlgorithm::p256, KeyAlgorithm::p384}) {
    const auto made = Csr::make(made_key(algorithm), name());
    ASSERT_TRUE(made) << id_of(made);
    const auto read = Csr::parse(made->der());
    ASSERT_TRUE(read) << id_of(read);
    EXPECT_EQ(read->key().der(), made_key(algorithm).public_key().der());
    EXPECT_EQ(read->subject_der(), name().der());
    const ToolRun run = run_tool("openssl req -inform DER -verify -noout -in " + folder.write("r.der", made->der()));
    EXPECT_NE(run.output.find("verify OK"), std::string::npos) << run.output;
  }
}

TEST(Csr, of_openssl_is_read_with_every_hash_we_take) {
  TempFolder folder;
  const std::string rsa = (folder.path() / "rsa.pem").string(), ec = (folder.path() / "ec.pem").string();
  run_tool("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out " + rsa);
  run_tool("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out " + ec);
  const auto request = [&](const std::string& options) {
    const std::string out = (folder.path() / "out.der").string();
    const ToolRun run = run_tool("openssl req -new -subj /CN=x -outform DER -out " + out + " " + options);
    EXPECT_EQ(run.status, 0) << run.output;
    return id_of(Csr::parse(as_bytes(run_tool("cat " + out).output)));
  };
  const std::string pss = " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
  for (const char* hash : {" -sha256", " -sha384", " -sha512"}) {
    EXPECT_EQ(request("-key " + rsa + hash), "no error") << hash;
    EXPECT_EQ(request("-key " + rsa + hash + pss), "no error") << hash;
    EXPECT_EQ(request("-key " + ec + hash), "no error") << hash;
  }
  EXPECT_EQ(request("-key " + rsa + " -sha1"), "csr.weak_hash");
  EXPECT_EQ(request("-key " + rsa + " -md5"), "csr.weak_hash");
  EXPECT_EQ(request("-key " + ec + " -sha1"), "csr.weak_hash");
  EXPECT_EQ(request("-key " + rsa + " -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:10"), "csr.bad_signature");
  EXPECT_EQ(request("-key " + rsa + " -sha256 -addext subjectAltName=DNS:x"), "no error");
}

TEST(Csr, E4_proves_possession) {
  const Bytes spki = key().public_key().der();
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, {}, key()))), "no error");
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, {}, made_key(KeyAlgorithm::p384)))), "csr.bad_signature");
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, {}, made_key(KeyAlgorithm::rsa2048)))), "csr.bad_signature");
  const PrivateKey other = PrivateKey::make(KeyAlgorithm::p256).value();
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, {}, other))), "csr.bad_signature");
}

TEST(Csr, T13_over_16_KiB_is_not_even_read) {
  EXPECT_EQ(id_of(Csr::parse(Bytes(kCsrLimit + 1, 0x30))), "csr.too_large");
  EXPECT_EQ(id_of(Csr::parse(Bytes(kCsrLimit, 0x30))), "csr.malformed");
}

TEST(Csr, T14_refuses_what_reads_in_two_ways) {
  const Bytes challenge = parse_hex("301106092a864886f70d01090731040c026162").value();
  Bytes twice = challenge;
  twice.insert(twice.end(), challenge.begin(), challenge.end());
  const Bytes spki = key().public_key().der();
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, challenge, key()))), "no error");
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, twice, key()))), "csr.malformed");
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, parse_hex("300d06092a864886f70d0109073100").value(), key()))), "csr.malformed");
  EXPECT_EQ(id_of(Csr::parse(make_request(spki, parse_hex("0500").value(), key()))), "csr.malformed");
  Bytes trailing = make_request(spki, {}, key());
  trailing.push_back(0);
  EXPECT_EQ(id_of(Csr::parse(trailing)), "csr.malformed");
  EXPECT_EQ(id_of(Csr::parse({})), "csr.malformed");
}

TEST(Csr, the_keys_rules_come_before_its_signature) {
  const auto refusal = [](const Bytes& spki) { return id_of(Csr::parse(make_request(spki, {}, key()))); };
  EXPECT_EQ(refusal(make_rsa_spki(Bytes(128, 0xff), Bytes{1, 0, 1})), "key.too_small");
  EXPECT_EQ(refusal(make_rsa_spki(Bytes(256, 0xff), Bytes{3})), "key.weak_exponent");
  EXPECT_EQ(refusal(make_rsa_spki(Bytes(256, 0xff), Bytes{1, 0, 1})), "key.small_factor");
  EXPECT_EQ(refusal(make_ec_spki(parse_hex("3003020101").value(), Bytes(65, 4))), "key.explicit_curve");
  EXPECT_EQ(refusal(make_ec_spki(parse_hex("06082a8648ce3d030107").value(), Bytes{0})), "key.bad_point");
  EXPECT_EQ(refusal(parse_hex("302a300506032b6570032100" + std::string(64, '1')).value()), "key.unsupported");
  EXPECT_EQ(refusal(parse_hex("3000").value()), "key.malformed");
}

TEST(Csr, no_changed_octet_is_taken) {
  const Bytes sound = make_request(key().public_key().der(), {}, key());
  for (std::size_t i = 0; i < sound.size(); ++i) {
    Bytes changed = sound;
    changed[i] ^= 0x01;
    EXPECT_FALSE(Csr::parse(changed)) << "octet " << i;
  }
  for (std::size_t size = 0; size < sound.size(); ++size) EXPECT_FALSE(Csr::parse(ByteView(sound).first(size)));
}

RC_GTEST_PROP(Csr, survives_any_octets, (const Bytes& bytes)) { RC_ASSERT(!Csr::parse(bytes)); }

}  // namespace
}  // namespace inkan::pki
