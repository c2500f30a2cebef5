#pragma once

#include <string>

#include "lifecycle/store.hpp"

/// The audit records of each node once more as the Merkle log of RFC 9162: entry i of a node's log is the canonical text of its
/// record i + 1. An act pays nothing for it: the tree is made afterwards from the records, and of its inside the store keeps
/// the complete subtrees of every eighth level, one row for 255 records.
namespace inkan::lifecycle {

/// TreeHead is a node's log at one size.
struct TreeHead {
  std::string node;
  long long size = 0;
  Digest root;

  bool operator==(const TreeHead&) const = default;
};

/// audit_leaf is the leaf hash of a record.
Digest audit_leaf(const AuditRecord& record);

/// is_kept_level tells whether subtrees of a level are rows of the store.
bool is_kept_level(int level);

/// audit_subtrees_of computes subtrees of a node's log by reading what is stored, at most 256 rows for each; what is not stored
/// yet from the records. It holds the reader. Errors: `audit.gap` (a record is missing), `store.*`.
SubtreeSource audit_subtrees_of(AuditReader& reader, const std::string& node);

/// root_at is the root over a node's first `size` records. Errors: audit_subtrees_of's.
Result<Digest> root_at(AuditReader& reader, const std::string& node, long long size);

/// grow_tree stores what the records since the last call complete, and gives the log's head: of committed records alone. It
/// reads no record twice but the last 255. Errors: `audit.gap`, `store.*`.
Result<TreeHead> grow_tree(Store& store, const std::string& node);

}  // namespace inkan::lifecycle
