#include "pki/shared_factors.hpp"

#include <gmp.h>

#include <algorithm>
#include <map>
#include <utility>

#include "pki/spki.hpp"

namespace inkan::pki {
namespace {

/// Natural is a number of GMP's, which multiplies large ones in nearly linear time; libcrypto does not.
class Natural {
 public:
  Natural() { mpz_init(value_); }
  explicit Natural(ByteView bytes) : Natural() { mpz_import(value_, bytes.size(), 1, 1, 1, 0, bytes.data()); }
  Natural(Natural&& other) noexcept : Natural() { mpz_swap(value_, other.value_); }
  Natural& operator=(Natural&& other) noexcept {
    mpz_swap(value_, other.value_);
    return *this;
  }
  ~Natural() { mpz_clear(value_); }

  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }

 private:
  mpz_t value_;
};

using Level = std::vector<Natural>;

/// multiply_up gives the products of pairs, of pairs of pairs, and so on up to the product of all.
std::vector<Level> multiply_up(Level leaves) {
  std::vector<Level> tree;
  tree.push_back(std::move(leaves));
  while (tree.back().size() > 1) {
    const Level& below = tree.back();
    Level level((below.size() + 1) / 2);
    for (std::size_t i = 0; i < level.size(); ++i) {
      if (2 * i + 1 < below.size())
        mpz_mul(level[i].get(), below[2 * i].get(), below[2 * i + 1].get());
      else
        mpz_set(level[i].get(), below[2 * i].get());
    }
    tree.push_back(std::move(level));
  }
  return tree;
}

}  // namespace

std::optional<Bytes> modulus_of(ByteView spki) {
  const auto view = view_spki(spki);
  if (!view || view->kind != SpkiView::Kind::rsa) return {};
  return Bytes(view->modulus.begin(), view->modulus.end());
}

std::vector<std::size_t> find_shared_factors(const std::vector<Bytes>& moduli) {
  std::map<Bytes, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < moduli.size(); ++i) places[moduli[i]].push_back(i);
  Level leaves;
  for (const auto& [modulus, unused] : places) leaves.emplace_back(modulus);
  if (leaves.size() < 2) return {};

  // Down the tree each node becomes the product of all modulo its own square. At a leaf that is N times the product of all others
  // modulo N^2; divided by N, it has with N in common exactly what the others have.
  std::vector<Level> tree = multiply_up(std::move(leaves));
  Level rests;
  rests.push_back(std::move(tree.back().front()));
  Natural square;
  for (std::size_t depth = tree.size() - 1; depth-- > 0;) {
    Level below(tree[depth].size());
    for (std::size_t i = 0; i < below.size(); ++i) {
      mpz_mul(square.get(), tree[depth][i].get(), tree[depth][i].get());
      mpz_mod(below[i].get(), rests[i / 2].get(), square.get());
    }
    rests = std::move(below);
  }
  std::vector<std::size_t> found;
  std::size_t leaf = 0;
  for (const auto& [unused, where] : places) {
    const Natural& modulus = tree.front()[leaf];
    Natural& rest = rests[leaf++];
    mpz_divexact(rest.get(), rest.get(), modulus.get());
    mpz_gcd(rest.get(), rest.get(), modulus.get());
    if (mpz_cmp_ui(rest.get(), 1) != 0) found.insert(found.end(), where.begin(), where.end());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace inkan::pki
