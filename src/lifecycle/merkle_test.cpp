// The tree of RFC 9162: the values that Certificate Transparency's implementations share, and what must hold of every tree.

#include "lifecycle/merkle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

namespace inkan::lifecycle {
namespace {

Digest digest(const char* hex) { return *Digest::parse_hex(hex); }

/// Tree is the definition itself, over leaves in memory.
struct Tree {
  std::vector<Digest> leaves;

  Digest subtree(int level, long long index) const {
    if (level == 0) return leaves.at(static_cast<std::size_t>(index));
    return node_hash(subtree(level - 1, index * 2), subtree(level - 1, index * 2 + 1));
  }
  Digest root(std::size_t begin, std::size_t end) const {
    if (end - begin == 1) return leaves[begin];
    const std::size_t middle = begin + std::bit_floor(end - begin - 1);
    return node_hash(root(begin, middle), root(middle, end));
  }
  Digest root(long long size) const { return root(0, static_cast<std::size_t>(size)); }
  SubtreeSource source() const {
    return [this](int level, long long index) -> Result<Digest> { return subtree(level, index); };
  }
};

/// kEntries and kRoots are the eight entries and the roots of the trees of the first one, two … eight, that every implementation
/// of RFC 6962 and RFC 9162 is held against.
constexpr const char* kEntries[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kRoots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

Tree known_tree() {
  Tree tree;
  for (const char* entry : kEntries) tree.leaves.push_back(leaf_hash(*parse_hex(entry)));
  return tree;
}

TEST(Merkle, RFC9162_2_1_1_the_known_roots) {
  MerkleFrontier frontier;
  EXPECT_EQ(frontier.root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const Tree tree = known_tree();
  for (std::size_t i = 0; i < tree.leaves.size(); ++i) {
    frontier.add(tree.leaves[i]);
    EXPECT_EQ(frontier.root().hex(), kRoots[i]);
    EXPECT_EQ(tree.root(frontier.size()).hex(), kRoots[i]);
  }
}

TEST(Merkle, RFC9162_2_1_3_the_known_inclusion_paths) {
  const Tree tree = known_tree();
  const auto path = [&](long long index, long long size) { return inclusion_path(index, size, tree.source()).value(); };
  EXPECT_THAT(path(0, 1), testing::IsEmpty());
  EXPECT_THAT(path(0, 8), testing::ElementsAre(digest("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
                                               digest("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                                               digest("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")));
  EXPECT_THAT(path(5, 8), testing::ElementsAre(digest("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
                                               digest("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                                               digest("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")));
}

TEST(Merkle, RFC9162_2_1_4_the_known_consistency_paths) {
  const Tree tree = known_tree();
  const auto path = [&](long long earlier, long long size) { return consistency_path(earlier, size, tree.source()).value(); };
  EXPECT_THAT(path(1, 1), testing::IsEmpty());
  EXPECT_THAT(path(6, 8), testing::ElementsAre(digest("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
                                               digest("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                                               digest("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")));
  EXPECT_THAT(path(2, 5), testing::ElementsAre(digest("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                                               digest("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")));
}

TEST(Merkle, refuses_leaves_and_sizes_that_are_not_there) {
  const Tree tree = known_tree();
  for (const auto& [index, size] : {std::pair{8LL, 8LL}, {-1LL, 8LL}, {0LL, 0LL}})
    EXPECT_EQ(inclusion_path(index, size, tree.source()).error().id, "merkle.range");
  for (const auto& [earlier, size] : {std::pair{9LL, 8LL}, {0LL, 8LL}, {-1LL, 8LL}})
    EXPECT_EQ(consistency_path(earlier, size, tree.source()).error().id, "merkle.range");
  EXPECT_FALSE(is_included(tree.leaves[0], 0, 0, {}, tree.leaves[0]));
  EXPECT_FALSE(is_consistent(0, 8, tree.root(1), tree.root(8), {}));
}

void flip(Digest& digest, int bit) {
  digest.bytes[static_cast<std::size_t>(bit / 8)] ^= static_cast<std::uint8_t>(1 << (bit % 8));
}

Tree random_tree(long long size) {
  Tree tree;
  for (long long i = 0; i < size; ++i) tree.leaves.push_back(leaf_hash(*rc::gen::arbitrary<Bytes>()));
  return tree;
}

RC_GTEST_PROP(Merkle, every_inclusion_path_verifies_and_no_changed_bit_does, ()) {
  const auto size = *rc::gen::inRange<long long>(1, 70);
  const auto index = *rc::gen::inRange<long long>(0, size);
  const Tree tree = random_tree(size);
  const Digest leaf = tree.leaves[static_cast<std::size_t>(index)], root = tree.root(size);
  const auto path = inclusion_path(index, size, tree.source()).value();
  RC_ASSERT(is_included(leaf, index, size, path, root));
  for (int bit = 0; bit < 256; ++bit) {
    Digest other = leaf;
    flip(other, bit);
    RC_ASSERT(!is_included(other, index, size, path, root));
    other = root;
    flip(other, bit);
    RC_ASSERT(!is_included(leaf, index, size, path, other));
    for (std::size_t i = 0; i < path.size(); ++i) {
      auto changed = path;
      flip(changed[i], bit);
      RC_ASSERT(!is_included(leaf, index, size, changed, root));
    }
  }
  auto longer = path;
  longer.push_back(root);
  RC_ASSERT(!is_included(leaf, index, size, longer, root));
  if (!path.empty()) RC_ASSERT(!is_included(leaf, index, size, {path.begin(), path.end() - 1}, root));
  for (long long other = 0; other < size; ++other)
    if (other != index && tree.leaves[static_cast<std::size_t>(other)] != leaf)
      RC_ASSERT(!is_included(leaf, other, size, path, root));
}

RC_GTEST_PROP(Merkle, every_consistency_path_verifies_and_no_changed_bit_does, ()) {
  const auto size = *rc::gen::inRange<long long>(1, 70);
  const auto earlier = *rc::gen::inRange<long long>(1, size + 1);
  const Tree tree = random_tree(size);
  const Digest before = tree.root(earlier), root = tree.root(size);
  const auto path = consistency_path(earlier, size, tree.source()).value();
  RC_ASSERT(is_consistent(earlier, size, before, root, path));
  for (int bit = 0; bit < 256; ++bit) {
    Digest other = before;
    flip(other, bit);
    RC_ASSERT(!is_consistent(earlier, size, other, root, path));
    other = root;
    flip(other, bit);
    RC_ASSERT(!is_consistent(earlier, size, before, other, path));
    for (std::size_t i = 0; i < path.size(); ++i) {
      auto changed = path;
      flip(changed[i], bit);
      RC_ASSERT(!is_consistent(earlier, size, before, root, changed));
    }
  }
  auto longer = path;
  longer.push_back(root);
  RC_ASSERT(!is_consistent(earlier, size, before, root, longer));
  if (!path.empty()) RC_ASSERT(!is_consistent(earlier, size, before, root, {path.begin(), path.end() - 1}));
}

RC_GTEST_PROP(Merkle, a_frontier_that_was_put_down_goes_on_where_it_was, ()) {
  const auto size = *rc::gen::inRange<long long>(0, 70);
  const auto more = *rc::gen::inRange<long long>(0, 70);
  const Tree tree = random_tree(size + more);
  auto frontier = load_frontier(size, tree.source()).value();
  std::vector<Subtree> completed;
  for (long long i = size; i < size + more; ++i)
    frontier.add(tree.leaves[static_cast<std::size_t>(i)], [&](const Subtree& subtree) { completed.push_back(subtree); });
  if (size + more > 0) RC_ASSERT(frontier.root() == tree.root(size + more));
  for (const Subtree& subtree : completed) RC_ASSERT(subtree.hash == tree.subtree(subtree.level, subtree.index));
}

}  // namespace
}  // namespace inkan::lifecycle
