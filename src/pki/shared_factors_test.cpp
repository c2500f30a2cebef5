#include "pki/shared_factors.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include "pki/key.hpp"
#include "pki/openssl.hpp"

namespace inkan::pki {
namespace {

Number prime(int bits) {
  Number made(BN_new());
  check(BN_generate_prime_ex(made.get(), bits, 0, nullptr, nullptr, nullptr) == 1, "BN_generate_prime_ex");
  return made;
}

Bytes product(const Number& p, const Number& q) {
  const Handle<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const Number n(BN_new());
  check(BN_mul(n.get(), p.get(), q.get(), context.get()) == 1, "BN_mul");
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(n.get())));
  BN_bn2bin(n.get(), bytes.data());
  return bytes;
}

using Places = std::vector<std::size_t>;

TEST(SharedFactors, T11_two_moduli_with_a_prime_in_common_are_found_among_many) {
  std::vector<Number> primes;
  for (int i = 0; i < 80; ++i) primes.push_back(prime(256));
  std::vector<Bytes> moduli;
  for (std::size_t i = 0; i + 1 < primes.size(); i += 2) moduli.push_back(product(primes[i], primes[i + 1]));
  EXPECT_EQ(find_shared_factors(moduli), Places{});
  moduli.push_back(product(primes[13], prime(256)));  // as a generator makes it that was not seeded well
  EXPECT_EQ(find_shared_factors(moduli), (Places{6, 40}));
  moduli.push_back(product(primes[12], primes[20]));  // and one all of whose primes are another's
  EXPECT_EQ(find_shared_factors(moduli), (Places{6, 10, 40, 41}));
}

TEST(SharedFactors, T11_the_same_key_twice_is_no_finding_but_shares_what_it_shares) {
  const Number p = prime(256), q = prime(256), r = prime(256);
  const Bytes one = product(p, q);
  EXPECT_EQ(find_shared_factors({}), Places{});
  EXPECT_EQ(find_shared_factors({one}), Places{});
  EXPECT_EQ(find_shared_factors({one, one}), Places{});
  EXPECT_EQ(find_shared_factors({one, product(p, r), one}), (Places{0, 1, 2}));
}

TEST(SharedFactors, T11_moduli_of_all_sizes_stand_in_one_list) {
  const Number p = prime(512);
  EXPECT_EQ(find_shared_factors({product(p, prime(512)), product(prime(256), prime(256)), product(prime(1024), p)}),
            (Places{0, 2}));
}

TEST(SharedFactors, a_modulus_is_read_out_of_a_key_of_ours) {
  const auto rsa = PrivateKey::make(KeyAlgorithm::rsa2048);
  const auto modulus = modulus_of(rsa->public_key().der());
  ASSERT_TRUE(modulus);
  EXPECT_EQ(modulus->size(), 256u);
  EXPECT_FALSE(modulus_of(PrivateKey::make(KeyAlgorithm::p256)->public_key().der()));
  EXPECT_FALSE(modulus_of(Bytes{1, 2, 3}));
}

}  // namespace
}  // namespace inkan::pki
