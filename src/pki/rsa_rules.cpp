#include "pki/rsa_rules.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "pki/openssl.hpp"

namespace inkan::pki {
namespace {

constexpr std::uint32_t kLargestSmallPrime = 751;  // BR 6.1.6: no factors smaller than 752
constexpr std::uint32_t kLargestRocaPrime = 167;   // the primes that divide M for every key size of the flawed library
constexpr int kFermatRounds = 100;

std::vector<std::uint32_t> primes_up_to(std::uint32_t last) {
  std::vector<std::uint32_t> primes;
  for (std::uint32_t n = 3; n <= last; n += 2) {
    bool prime = true;
    for (std::uint32_t p : primes) prime = prime && n % p != 0;
    if (prime) primes.push_back(n);
  }
  return primes;
}

/// Some primes and their product: the modulus is divided by the product once, the small remainder by each prime.
struct PrimeGroup {
  std::uint32_t product = 1;
  std::vector<std::uint32_t> primes;
};

const std::vector<PrimeGroup>& prime_groups() {
  static const std::vector<PrimeGroup> groups = [] {
    std::vector<PrimeGroup> made;
    for (std::uint32_t p : primes_up_to(kLargestSmallPrime)) {
      if (made.empty() || std::uint64_t{made.back().product} * p > 0xffffffffu) made.emplace_back();
      made.back().product *= p;
      made.back().primes.push_back(p);
    }
    return made;
  }();
  return groups;
}

/// powers_of_65537()[p][r] tells whether r is a power of 65537 modulo p. The flawed library made every prime as
/// k*M + (65537^a mod M), so that each modulus is such a power modulo every prime that divides M (Nemec et al., CCS 2017, 2.2).
const std::vector<std::vector<bool>>& powers_of_65537() {
  static const std::vector<std::vector<bool>> tables = [] {
    std::vector<std::vector<bool>> made(kLargestRocaPrime + 1);
    for (std::uint32_t p : primes_up_to(kLargestRocaPrime)) {
      made[p].resize(p);
      for (std::uint32_t power = 1; !made[p][power]; power = power * (65537 % p) % p) made[p][power] = true;
    }
    return made;
  }();
  return tables;
}

std::uint32_t remainder(ByteView magnitude, std::uint32_t divisor) {
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < magnitude.size(); i += 4) {  // moduli of the sizes we take are whole words
    const std::uint64_t word = std::uint64_t{magnitude[i]} << 24 | std::uint64_t{magnitude[i + 1]} << 16 |
                               std::uint64_t{magnitude[i + 2]} << 8 | magnitude[i + 3];
    rest = (rest << 32 | word) % divisor;
  }
  return static_cast<std::uint32_t>(rest);
}

Result<void> check_factors(ByteView modulus) {
  bool roca = true;
  for (const PrimeGroup& group : prime_groups()) {
    const std::uint32_t rest = remainder(modulus, group.product);
    for (std::uint32_t p : group.primes) {
      if (rest % p == 0) return fail(Code::refused, "key.small_factor", fmt::format("divisible by {}", p));
      if (p <= kLargestRocaPrime && !powers_of_65537()[p][rest % p]) roca = false;
    }
  }
  if (roca) return fail(Code::refused, "key.roca", "the modulus has the structure of CVE-2017-15361");
  return {};
}

/// The square root of n, rounded down, by Newton's method from above.
Number square_root(const BIGNUM* n, BN_CTX* context) {
  Number root(BN_new()), next(BN_new());
  const int bits = BN_num_bits(n);
  // Thirty leading bits from the machine's own square root, rounded up, leave six rounds instead of eleven.
  const int shift = (bits - 62) & ~1;
  check(BN_rshift(next.get(), n, shift) == 1, "BN_rshift");
  const double top = std::sqrt(static_cast<double>(BN_get_word(next.get()))) + 1;
  check(BN_set_word(root.get(), static_cast<BN_ULONG>(top * (1 + 1e-12)) + 1) == 1 &&
            BN_lshift(root.get(), root.get(), shift / 2) == 1,
        "BN_lshift");
  while (true) {  // the sequence falls strictly until it reaches the root
    check(BN_div(next.get(), nullptr, n, root.get(), context) == 1 && BN_add(next.get(), next.get(), root.get()) == 1 &&
              BN_rshift1(next.get(), next.get()) == 1,
          "BN_div");
    if (BN_cmp(next.get(), root.get()) >= 0) return root;
    root.swap(next);
  }
}

bool is_square(const BIGNUM* n, BN_CTX* context) {
  if (BN_is_zero(n)) return true;
  if (BN_num_bits(n) < 64) {
    const std::uint64_t word = BN_get_word(n);
    auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(word)));
    while (root > 0 && root > word / root) --root;
    while ((root + 1) <= word / (root + 1)) ++root;
    return root * root == word;
  }
  const Number root = square_root(n, context);
  const Number square(BN_new());
  check(BN_sqr(square.get(), root.get(), context) == 1, "BN_sqr");
  return BN_cmp(square.get(), n) == 0;
}

/// Squares modulo small numbers: all but one in some thousands of non-squares are seen by remainders alone.
struct SquareSieve {
  static constexpr std::uint32_t kModuli[] = {64, 63, 65, 11, 17, 19, 23, 29, 31};
  std::vector<std::vector<bool>> squares;
  std::uint64_t common = 1;

  SquareSieve() {
    for (std::uint32_t m : kModuli) {
      std::vector<bool>& table = squares.emplace_back(m);
      for (std::uint32_t r = 0; r < m; ++r) table[r * r % m] = true;
      common = std::lcm(common, std::uint64_t{m});
    }
  }
  bool may_be_square(std::uint64_t rest) const {
    for (std::size_t i = 0; i < std::size(kModuli); ++i)
      if (!squares[i][rest % kModuli[i]]) return false;
    return true;
  }
};

std::uint64_t remainder(const BIGNUM* n, std::uint64_t divisor) {
  // BN_mod_word is exact for divisors below 2^32; the common modulus is larger, so take it in one division.
  Number rest(BN_new()), by(BN_new());
  const Handle<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  check(BN_set_word(by.get(), divisor) == 1 && BN_mod(rest.get(), n, by.get(), context.get()) == 1, "BN_mod");
  return BN_get_word(rest.get());
}

/// Fermat's method: n = a^2 - b^2 for the first hundred a above the root. Between rounds only remainders are carried along:
/// b^2 grows by 2a + 1.
Result<void> check_distance(ByteView modulus) {
  static const SquareSieve sieve;
  const Handle<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const Number n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  check(context && n, "BN_CTX_new");
  Number a = square_root(n.get(), context.get());
  Number b2(BN_new());
  const auto take_b2 = [&](const BIGNUM* from) {
    check(BN_sqr(b2.get(), from, context.get()) == 1 && BN_sub(b2.get(), b2.get(), n.get()) == 1, "BN_sqr");
  };
  take_b2(a.get());
  if (BN_is_zero(b2.get())) return fail(Code::refused, "key.close_primes", "the modulus is a square");
  check(BN_add_word(a.get(), 1) == 1, "BN_add_word");
  take_b2(a.get());
  std::uint64_t a_rest = remainder(a.get(), sieve.common);
  std::uint64_t b2_rest = remainder(b2.get(), sieve.common);
  for (int round = 0; round < kFermatRounds; ++round) {
    if (sieve.may_be_square(b2_rest)) {
      const Number at(BN_dup(a.get()));
      check(BN_add_word(at.get(), static_cast<BN_ULONG>(round)) == 1, "BN_add_word");
      take_b2(at.get());
      if (is_square(b2.get(), context.get()))
        return fail(Code::refused, "key.close_primes", fmt::format("factored in round {}", round + 1));
    }
    b2_rest = (b2_rest + 2 * a_rest + 1) % sieve.common;
    a_rest = (a_rest + 1) % sieve.common;
  }
  return {};
}

}  // namespace

Result<KeyAlgorithm> check_rsa(ByteView modulus, ByteView exponent) {
  const std::size_t bits = modulus.size() * 8 - static_cast<std::size_t>(std::countl_zero(modulus[0]));
  if (bits < 2048) return fail(Code::refused, "key.too_small", fmt::format("{} bits", bits));
  if (bits != 2048 && bits != 3072 && bits != 4096) return fail(Code::refused, "key.unsupported", fmt::format("{} bits", bits));
  const bool below_65537 =
      exponent.size() < 3 || (exponent.size() == 3 && exponent[0] == 1 && exponent[1] == 0 && exponent[2] == 0);
  if (below_65537 || exponent.size() > 32 || (exponent.back() & 1) == 0)
    return fail(Code::refused, "key.weak_exponent", "e is even, below 65537 or over 256 bits");
  if ((modulus.back() & 1) == 0) return fail(Code::refused, "key.even_modulus");
  if (const Result<void> factors = check_factors(modulus); !factors) return fail(factors);
  if (const Result<void> distance = check_distance(modulus); !distance) return fail(distance);
  return bits == 2048 ? KeyAlgorithm::rsa2048 : bits == 3072 ? KeyAlgorithm::rsa3072 : KeyAlgorithm::rsa4096;
}

}  // namespace inkan::pki
