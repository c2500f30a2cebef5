#pragma once

#include <functional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// The Merkle tree of RFC 9162 section 2.1 over a log of entries: whoever knows its root can be shown, by a handful of hashes,
/// that an entry stands in the log and that a later log still begins with the earlier one.
namespace inkan::lifecycle {

/// leaf_hash is SHA-256(0x00 ‖ entry) (RFC 9162 2.1.1).
Digest leaf_hash(ByteView entry);
/// node_hash is SHA-256(0x01 ‖ left ‖ right) (RFC 9162 2.1.1).
Digest node_hash(const Digest& left, const Digest& right);

/// Subtree is the root of a complete part of a tree: of the leaves from index·2^level on, 2^level of them. A leaf's own level is
/// 0.
struct Subtree {
  int level = 0;
  long long index = 0;
  Digest hash;

  bool operator==(const Subtree&) const = default;
};

/// SubtreeSource gives the hash of a complete subtree, by level and index.
using SubtreeSource = std::function<Result<Digest>(int level, long long index)>;

/// MerkleFrontier is all that must be kept of a tree to go on with it: the roots of its largest complete parts, one for each bit
/// of its size.
class MerkleFrontier {
 public:
  using Visit = std::function<void(const Subtree&)>;

  /// add appends a leaf (its leaf_hash) and shows `visit` every subtree that it completes, its own first.
  void add(const Digest& leaf, const Visit& visit = {});
  long long size() const { return size_; }
  /// root is the tree's head; of an empty tree SHA-256 of nothing.
  Digest root() const;

 private:
  friend Result<MerkleFrontier> load_frontier(long long size, const SubtreeSource& subtrees);
  struct Part {
    int level = 0;
    Digest hash;
  };
  std::vector<Part> parts_;  // the largest first
  long long size_ = 0;
};

/// load_frontier is the frontier of the first `size` leaves. Errors: the source's.
Result<MerkleFrontier> load_frontier(long long size, const SubtreeSource& subtrees);

/// inclusion_path shows that leaf `index` (from 0) stands in the tree of the first `size` leaves (RFC 9162 2.1.3.1). Errors:
/// `merkle.range`, the source's.
Result<std::vector<Digest>> inclusion_path(long long index, long long size, const SubtreeSource& subtrees);

/// consistency_path shows that the tree of `size` leaves begins with that of the first `earlier` (RFC 9162 2.1.4.1); empty where
/// both are the same. Errors: `merkle.range` (earlier is below 1 or above size), the source's.
Result<std::vector<Digest>> consistency_path(long long earlier, long long size, const SubtreeSource& subtrees);

/// is_included judges an inclusion path (RFC 9162 2.1.3.2).
bool is_included(const Digest& leaf, long long index, long long size, const std::vector<Digest>& path, const Digest& root);

/// is_consistent judges a consistency path (RFC 9162 2.1.4.2).
bool is_consistent(long long earlier, long long size, const Digest& earlier_root, const Digest& root,
                   const std::vector<Digest>& path);

}  // namespace inkan::lifecycle
