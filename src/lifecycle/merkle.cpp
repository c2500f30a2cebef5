#include "lifecycle/merkle.hpp"

#include <bit>

namespace inkan::lifecycle {
namespace {

constexpr std::uint8_t kLeaf = 0x00;
constexpr std::uint8_t kNode = 0x01;

/// split_of is the largest power of two below n: where RFC 9162 2.1.1 cuts n leaves in two.
long long split_of(long long n) { return static_cast<long long>(std::bit_floor(static_cast<unsigned long long>(n - 1))); }

bool is_power_of_two(long long n) { return std::has_single_bit(static_cast<unsigned long long>(n)); }

int level_of(long long power) { return std::countr_zero(static_cast<unsigned long long>(power)); }

/// root_of is MTH(D[begin:end]). `begin` is always a multiple of the power of two at or above the count, as RFC 9162's cuts give.
Result<Digest> root_of(long long begin, long long end, const SubtreeSource& subtrees) {
  const auto frontier =
      load_frontier(end - begin, [&](int level, long long index) { return subtrees(level, (begin >> level) + index); });
  return frontier ? Result<Digest>(frontier->root()) : fail(frontier);
}

/// Path collects a proof's hashes while it walks down, and so has them in reverse.
class Path {
 public:
  explicit Path(const SubtreeSource& subtrees) : subtrees_(subtrees) {}

  Result<void> add(long long begin, long long end) {
    const auto root = root_of(begin, end, subtrees_);
    if (!root) return fail(root);
    hashes_.push_back(*root);
    return {};
  }
  std::vector<Digest> upwards() { return {hashes_.rbegin(), hashes_.rend()}; }

 private:
  const SubtreeSource& subtrees_;
  std::vector<Digest> hashes_;
};

std::unexpected<Error> out_of_range() { return fail(Code::invalid, "merkle.range", "no such leaf or size"); }

}  // namespace

Digest leaf_hash(ByteView entry) {
  Bytes whole{kLeaf};
  whole.insert(whole.end(), entry.begin(), entry.end());
  return sha256(whole);
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 65> whole{kNode};
  std::copy(left.bytes.begin(), left.bytes.end(), whole.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), whole.begin() + 33);
  return sha256(whole);
}

void MerkleFrontier::add(const Digest& leaf, const Visit& visit) {
  Subtree subtree{.level = 0, .index = size_, .hash = leaf};
  if (visit) visit(subtree);
  while (!parts_.empty() && parts_.back().level == subtree.level) {
    subtree = {.level = subtree.level + 1, .index = subtree.index / 2, .hash = node_hash(parts_.back().hash, subtree.hash)};
    parts_.pop_back();
    if (visit) visit(subtree);
  }
  parts_.push_back({subtree.level, subtree.hash});
  ++size_;
}

Digest MerkleFrontier::root() const {
  if (parts_.empty()) return sha256({});
  Digest hash = parts_.back().hash;
  for (auto part = parts_.rbegin() + 1; part != parts_.rend(); ++part) hash = node_hash(part->hash, hash);
  return hash;
}

Result<MerkleFrontier> load_frontier(long long size, const SubtreeSource& subtrees) {
  if (size < 0) return out_of_range();
  MerkleFrontier frontier;
  while (frontier.size_ < size) {
    const auto left = static_cast<long long>(std::bit_floor(static_cast<unsigned long long>(size - frontier.size_)));
    const auto hash = subtrees(level_of(left), frontier.size_ / left);
    if (!hash) return fail(hash);
    frontier.parts_.push_back({level_of(left), *hash});
    frontier.size_ += left;
  }
  return frontier;
}

Result<std::vector<Digest>> inclusion_path(long long index, long long size, const SubtreeSource& subtrees) {
  if (index < 0 || index >= size) return out_of_range();
  Path path(subtrees);
  for (long long begin = 0, end = size; end - begin > 1;) {
    const long long middle = begin + split_of(end - begin);
    const bool is_left = index < middle;
    if (auto added = is_left ? path.add(middle, end) : path.add(begin, middle); !added) return fail(added);
    (is_left ? end : begin) = middle;
  }
  return path.upwards();
}

Result<std::vector<Digest>> consistency_path(long long earlier, long long size, const SubtreeSource& subtrees) {
  if (earlier < 1 || earlier > size) return out_of_range();
  Path path(subtrees);
  long long begin = 0, end = size;
  while (earlier != end) {
    const long long middle = begin + split_of(end - begin);
    const bool is_left = earlier <= middle;
    if (auto added = is_left ? path.add(middle, end) : path.add(begin, middle); !added) return fail(added);
    (is_left ? end : begin) = middle;
  }
  if (begin > 0)  // else the part that is left is the earlier tree itself, whose root the asker has
    if (auto added = path.add(begin, end); !added) return fail(added);
  return path.upwards();
}

bool is_included(const Digest& leaf, long long index, long long size, const std::vector<Digest>& path, const Digest& root) {
  if (index < 0 || index >= size) return false;
  Digest hash = leaf;
  auto place = static_cast<unsigned long long>(index), last = static_cast<unsigned long long>(size - 1);
  for (const Digest& sibling : path) {
    if (last == 0) return false;
    if (place % 2 == 1 || place == last) {
      hash = node_hash(sibling, hash);
      const int levels = place == 0 ? 0 : std::countr_zero(place);  // no sibling on these
      place >>= levels;
      last >>= levels;
    } else {
      hash = node_hash(hash, sibling);
    }
    place >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool is_consistent(long long earlier, long long size, const Digest& earlier_root, const Digest& root,
                   const std::vector<Digest>& path) {
  if (earlier < 1 || earlier > size) return false;
  if (earlier == size) return path.empty() && earlier_root == root;
  const bool is_whole = is_power_of_two(earlier);  // then the earlier root is itself the first hash (RFC 9162 2.1.4.2, step 2)
  if (!is_whole && path.empty()) return false;
  auto place = static_cast<unsigned long long>(earlier - 1), last = static_cast<unsigned long long>(size - 1);
  const int levels = std::countr_one(place);
  place >>= levels;
  last >>= levels;
  Digest before = is_whole ? earlier_root : path.front(), now = before;
  for (auto sibling = path.begin() + (is_whole ? 0 : 1); sibling != path.end(); ++sibling) {
    if (last == 0) return false;
    if (place % 2 == 1 || place == last) {
      before = node_hash(*sibling, before);
      now = node_hash(*sibling, now);
      const int skipped = place == 0 ? 0 : std::countr_zero(place);
      place >>= skipped;
      last >>= skipped;
    } else {
      now = node_hash(now, *sibling);
    }
    place >>= 1;
    last >>= 1;
  }
  return last == 0 && before == earlier_root && now == root;
}

}  // namespace inkan::lifecycle
