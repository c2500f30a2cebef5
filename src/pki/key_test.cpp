#include "pki/key.hpp"

#include <gtest/gtest.h>

#include "pki/openssl.hpp"
#include "pki/rsa_rules.hpp"
#include "support/made_keys.hpp"
#include "support/tool.hpp"

namespace inkan::pki {
namespace {

std::string id_of(const auto& result) { return result ? "no error" : result.error().id; }

const Bytes kF4 = {1, 0, 1};

Bytes magnitude(const BIGNUM* number) {
  Bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}

Number random_number(int bits, int top) {
  Number out(BN_new());
  BN_rand(out.get(), bits, top, BN_RAND_BOTTOM_ODD);
  return out;
}

/// Arithmetic on fresh numbers, so that the tests read like their formulas.
struct Sums {
  Handle<BN_CTX, BN_CTX_free> context{BN_CTX_new()};
  Number product(const Number& a, const Number& b) const {
    Number out(BN_new());
    BN_mul(out.get(), a.get(), b.get(), context.get());
    return out;
  }
  Number sum(const Number& a, const Number& b) const {
    Number out(BN_new());
    BN_add(out.get(), a.get(), b.get());
    return out;
  }
  Number difference(const Number& a, const Number& b) const {
    Number out(BN_new());
    BN_sub(out.get(), a.get(), b.get());
    return out;
  }
  bool prime(const Number& a) const { return BN_check_prime(a.get(), context.get(), nullptr) == 1; }
};

TEST(PublicKey, reads_what_openssl_makes) {
  for (KeyAlgorithm algorithm : {KeyAlgorithm::rsa2048, KeyAlgorithm::rsa3072, KeyAlgorithm::p256, KeyAlgorithm::p384}) {
    const PublicKey& made = made_key(algorithm).public_key();
    const auto key = PublicKey::parse(made.der());
    ASSERT_TRUE(key) << id_of(key);
    EXPECT_EQ(key->algorithm(), algorithm);
    EXPECT_EQ(key->hash(), sha256(made.der()));
    EXPECT_EQ(key->key_id().size(), 20u);
    EXPECT_EQ(parse_key_algorithm(to_text(algorithm)), algorithm);
  }
  EXPECT_EQ(id_of(parse_key_algorithm("rsa1024")), "key.unknown_algorithm");
}

TEST(PublicKey, is_strict_der) {
  Bytes der = made_key(KeyAlgorithm::p256).public_key().der();
  der.push_back(0);
  EXPECT_EQ(id_of(PublicKey::parse(der)), "key.malformed");
  der.pop_back();
  for (std::size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(PublicKey::parse(ByteView(der).first(size)));
}

TEST(PublicKey, T13_takes_named_curves_and_plain_points_only) {
  const Bytes p256 = parse_hex("06082a8648ce3d030107").value();
  const Bytes point = made_key(KeyAlgorithm::p256).public_key().bits();
  const auto refusal = [](ByteView parameters, ByteView at) { return id_of(PublicKey::parse(make_ec_spki(parameters, at))); };
  EXPECT_EQ(refusal(p256, point), "no error");
  EXPECT_EQ(refusal(parse_hex("3003020101").value(), point), "key.explicit_curve");
  EXPECT_EQ(refusal(parse_hex("0500").value(), point), "key.malformed");  // implicitCurve
  EXPECT_EQ(refusal({}, point), "key.malformed");
  EXPECT_EQ(refusal(parse_hex("06052b8104000a").value(), point), "key.unsupported");  // secp256k1
  EXPECT_EQ(refusal(parse_hex("06052b81040022").value(), point), "key.bad_point");    // P-384 with a P-256 point
  Bytes off = point;
  off.back() ^= 1;
  EXPECT_EQ(refusal(p256, off), "key.bad_point");
  EXPECT_EQ(refusal(p256, Bytes{0}), "key.bad_point");  // infinity
  EXPECT_EQ(refusal(p256, {}), "key.bad_point");
  Bytes compressed(point.begin(), point.begin() + 33);
  compressed[0] = static_cast<std::uint8_t>(2 + (point.back() & 1));
  EXPECT_EQ(refusal(p256, compressed), "key.bad_point");
  Bytes hybrid = point;
  hybrid[0] = static_cast<std::uint8_t>(6 + (point.back() & 1));
  EXPECT_EQ(refusal(p256, hybrid), "key.bad_point");
  Bytes zero(65);
  zero[0] = 4;
  EXPECT_EQ(refusal(p256, zero), "key.bad_point");
  Bytes over(65, 0xff);  // coordinates not below the prime
  over[0] = 4;
  EXPECT_EQ(refusal(p256, over), "key.bad_point");
}

TEST(PublicKey, refuses_other_algorithms) {
  const Bytes ed25519 = parse_hex("302a300506032b6570032100" + std::string(64, '1')).value();
  EXPECT_EQ(id_of(PublicKey::parse(ed25519)), "key.unsupported");
}

TEST(PublicKey, holds_rsa_to_its_sizes) {
  const Bytes two_primes = [] {
    const Number p = random_number(1024, BN_RAND_TOP_TWO);
    return magnitude(p.get());
  }();
  EXPECT_EQ(id_of(PublicKey::parse(make_rsa_spki(two_primes, kF4))), "key.too_small");
  for (auto [bits, id] : {std::pair{512, "key.too_small"},
                          {2047, "key.too_small"},
                          {2049, "key.unsupported"},
                          {2056, "key.unsupported"},
                          {8192, "key.unsupported"},
                          {16384, "key.unsupported"}})
    EXPECT_EQ(id_of(PublicKey::parse(make_rsa_spki(magnitude(random_number(bits, BN_RAND_TOP_ONE).get()), kF4))), id) << bits;
  EXPECT_EQ(id_of(PublicKey::parse(make_rsa_spki({}, kF4))), "key.malformed");
  EXPECT_EQ(id_of(PublicKey::parse(make_rsa_spki(Bytes{0}, kF4))), "key.malformed");
}

TEST(PublicKey, wants_null_parameters_for_rsa) {
  Bytes der = made_key(KeyAlgorithm::rsa2048).public_key().der();
  const Bytes null_parameters = parse_hex("0500").value();
  const auto at = std::search(der.begin(), der.end(), null_parameters.begin(), null_parameters.end());
  ASSERT_NE(at, der.end());
  Bytes other = der;
  other[static_cast<std::size_t>(at - der.begin())] = 0x04;
  EXPECT_EQ(id_of(PublicKey::parse(other)), "key.malformed");
}

/// The modulus of a sound key.
Bytes sound_modulus() {
  const Bytes bits = made_key(KeyAlgorithm::rsa2048).public_key().bits();
  DerReader outer(bits);
  DerReader key = outer.enter(tag::kSequence);
  return to_bytes(key.take(tag::kInteger).content.subspan(1));
}

TEST(RsaRules, hold_the_exponent_to_65537_and_more) {
  const Bytes modulus = sound_modulus();
  EXPECT_TRUE(check_rsa(modulus, kF4));
  EXPECT_TRUE(check_rsa(modulus, Bytes{1, 0, 3}));
  EXPECT_TRUE(check_rsa(modulus, Bytes(32, 0xff)));
  for (const Bytes& bad : {Bytes{1}, Bytes{3}, Bytes{0xff, 0xff}, Bytes{1, 0, 0}, Bytes{1, 0, 2}, Bytes(33, 0xff)})
    EXPECT_EQ(id_of(check_rsa(modulus, bad)), "key.weak_exponent") << to_hex(bad);
}

TEST(RsaRules, refuse_even_and_smooth_moduli) {
  Bytes even = sound_modulus();
  even.back() &= 0xfe;
  EXPECT_EQ(id_of(check_rsa(even, kF4)), "key.even_modulus");
  const Sums sums;
  for (unsigned small : {3u, 5u, 167u, 173u, 743u, 751u}) {
    Number factor(BN_new()), cofactor(BN_new()), n(BN_new());
    BN_set_word(factor.get(), small);
    BN_set_word(n.get(), 1);
    BN_lshift(n.get(), n.get(), 2048);
    BN_div(cofactor.get(), nullptr, n.get(), factor.get(), sums.context.get());
    BN_sub_word(cofactor.get(), 1000);
    BN_set_bit(cofactor.get(), 0);
    EXPECT_EQ(id_of(check_rsa(magnitude(sums.product(cofactor, factor).get()), kF4)), "key.small_factor") << small;
  }
}

/// A prime as the flawed library made them (Nemec et al. 2017): k*M + (65537^a mod M), M the product of the first 71 primes.
Number roca_prime(const Sums& sums) {
  Number m(BN_new()), k_limit(BN_new()), whole(BN_new());
  BN_set_word(m.get(), 2);
  int found = 1;
  for (unsigned n = 3; found < 71; n += 2) {
    bool prime = true;
    for (unsigned d = 3; d * d <= n; d += 2) prime = prime && n % d != 0;
    if (!prime) continue;
    BN_mul_word(m.get(), n);
    ++found;
  }
  BN_set_word(whole.get(), 3);
  BN_lshift(whole.get(), whole.get(), 1022);  // three quarters of 2^1024: two of them make 2048 bits
  BN_div(k_limit.get(), nullptr, whole.get(), m.get(), sums.context.get());
  Number base(BN_new());
  BN_set_word(base.get(), 65537);
  while (true) {
    const Number a = random_number(62, BN_RAND_TOP_ANY);
    const Number extra = random_number(BN_num_bits(k_limit.get()) - 3, BN_RAND_TOP_ANY);
    Number power(BN_new());
    BN_mod_exp(power.get(), base.get(), a.get(), m.get(), sums.context.get());
    const Number k = sums.sum(k_limit, extra);
    Number p = sums.sum(sums.product(k, m), power);
    if (BN_num_bits(p.get()) == 1024 && sums.prime(p)) return p;
  }
}

TEST(RsaRules, T11_refuse_roca) {
  const Sums sums;
  const Number p = roca_prime(sums), q = roca_prime(sums);
  EXPECT_EQ(id_of(check_rsa(magnitude(sums.product(p, q).get()), kF4)), "key.roca");
  // One such prime with an ordinary one has not the structure.
  Number ordinary(BN_new());
  BN_generate_prime_ex2(ordinary.get(), 1024, 0, nullptr, nullptr, nullptr, sums.context.get());
  const Bytes mixed = magnitude(sums.product(p, ordinary).get());
  EXPECT_NE(id_of(check_rsa(mixed, kF4)), "key.roca");
}

/// n = a^2 - b^2 with a = 2m^2 + 1 and b = 2ms: Fermat's method finds it in s^2 or s^2 + 1 rounds. The factors need not be prime.
Bytes close_factors(const Sums& sums, unsigned s) {
  while (true) {
    Number m(BN_new());
    BN_rand(m.get(), 508, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
    BN_set_bit(m.get(), 511);
    BN_set_bit(m.get(), 509);
    Number a = sums.product(m, m);
    BN_mul_word(a.get(), 2);
    BN_add_word(a.get(), 1);
    Number b(BN_dup(m.get()));
    BN_mul_word(b.get(), 2 * s);
    Bytes n = magnitude(sums.product(sums.sum(a, b), sums.difference(a, b)).get());
    if (n.size() == 256 && n[0] >= 0x80 && id_of(check_rsa(n, kF4)) != "key.small_factor") return n;
  }
}

TEST(RsaRules, T11_refuse_close_primes_within_a_hundred_rounds) {
  const Sums sums;
  for (unsigned s : {1u, 2u, 3u, 7u, 9u}) EXPECT_EQ(id_of(check_rsa(close_factors(sums, s), kF4)), "key.close_primes") << s;
  for (unsigned s : {11u, 12u, 20u}) EXPECT_EQ(id_of(check_rsa(close_factors(sums, s), kF4)), "no error") << s;
}

TEST(RsaRules, T11_refuse_neighbouring_primes_and_squares) {
  const Sums sums;
  Number p(BN_new());
  BN_generate_prime_ex2(p.get(), 1024, 0, nullptr, nullptr, nullptr, sums.context.get());
  BN_set_bit(p.get(), 1023);
  BN_set_bit(p.get(), 1022);
  while (!sums.prime(p)) BN_add_word(p.get(), 2);
  Number q(BN_dup(p.get()));
  do BN_add_word(q.get(), 2);
  while (!sums.prime(q));
  EXPECT_EQ(id_of(check_rsa(magnitude(sums.product(p, q).get()), kF4)), "key.close_primes");
  EXPECT_EQ(id_of(check_rsa(magnitude(sums.product(p, p).get()), kF4)), "key.close_primes");
}

TEST(PrivateKey, goes_through_encrypted_pem) {
  const Secret passphrase("秘密の言葉"), wrong("wrong");
  for (KeyAlgorithm algorithm : {KeyAlgorithm::rsa2048, KeyAlgorithm::p256, KeyAlgorithm::p384}) {
    const PrivateKey& key = made_key(algorithm);
    const auto pem = key.to_pem(passphrase);
    ASSERT_TRUE(pem) << id_of(pem);
    EXPECT_TRUE(pem->starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    const auto back = PrivateKey::parse_pem(*pem, passphrase);
    ASSERT_TRUE(back) << id_of(back);
    EXPECT_EQ(back->public_key().der(), key.public_key().der());
    EXPECT_EQ(id_of(PrivateKey::parse_pem(*pem, wrong)), "key.wrong_passphrase");
    EXPECT_EQ(id_of(PrivateKey::parse_pem(*pem, Secret())), "key.wrong_passphrase");
  }
  EXPECT_EQ(id_of(PrivateKey::parse_pem("", passphrase)), "key.malformed");
  EXPECT_EQ(id_of(PrivateKey::parse_pem(std::string(70'000, 'a'), passphrase)), "key.malformed");
}

TEST(PrivateKey, is_never_read_from_plain_pem) {
  const ToolRun plain = run_tool("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
  ASSERT_NE(plain.output.find("BEGIN PRIVATE KEY"), std::string::npos);
  EXPECT_EQ(id_of(PrivateKey::parse_pem(plain.output, Secret("x"))), "key.malformed");
}

TEST(PrivateKey, pem_is_what_openssl_reads) {
  TempFolder folder;
  const std::string file = folder.write("k.pem", made_key(KeyAlgorithm::p256).to_pem(Secret("pw")).value());
  const ToolRun run = run_tool("openssl pkcs8 -in " + file + " -passin pass:pw");
  EXPECT_EQ(run.status, 0) << run.output;
  const ToolRun form = run_tool("openssl asn1parse -i -in " + file);
  for (const char* wanted : {"PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc"})
    EXPECT_NE(form.output.find(wanted), std::string::npos) << wanted;
}

TEST(PrivateKey, signs_so_that_its_public_key_verifies) {
  const Bytes message = to_bytes("発行");
  for (KeyAlgorithm algorithm : {KeyAlgorithm::rsa2048, KeyAlgorithm::rsa3072, KeyAlgorithm::p256, KeyAlgorithm::p384}) {
    const PrivateKey& key = made_key(algorithm);
    Bytes signature = key.sign(message).value();
    const auto verify = [&](const Bytes& text) {
      return id_of(verify_signature(key.public_key().der(), signature_algorithm(algorithm), text, signature));
    };
    EXPECT_EQ(verify(message), "no error");
    EXPECT_EQ(verify(to_bytes("発行 ")), "signature.bad");
    signature.back() ^= 1;
    EXPECT_EQ(verify(message), "signature.bad");
  }
}

TEST(Signature, is_refused_under_an_algorithm_of_another_key_or_a_weak_hash) {
  const PrivateKey& key = made_key(KeyAlgorithm::p256);
  const Bytes message = to_bytes("x");
  const Bytes signature = key.sign(message).value();
  const auto verify = [&](const char* algorithm) {
    return id_of(verify_signature(key.public_key().der(), parse_hex(algorithm).value(), message, signature));
  };
  EXPECT_EQ(verify("300a06082a8648ce3d040302"), "no error");
  EXPECT_EQ(verify("300d06092a864886f70d01010b0500"), "signature.unsupported");
  EXPECT_EQ(verify("300906072a8648ce3d0401"), "signature.weak_hash");
  EXPECT_EQ(verify("300d06092a864886f70d0101050500"), "signature.weak_hash");
  EXPECT_EQ(verify("300d06092a864886f70d0101040500"), "signature.weak_hash");
  EXPECT_EQ(verify("300c06082a8648ce3d0403020500"), "signature.unsupported");  // parameters where none belong
  EXPECT_EQ(verify("3000"), "signature.unsupported");
  EXPECT_EQ(verify(""), "signature.unsupported");
}

}  // namespace
}  // namespace inkan::pki
