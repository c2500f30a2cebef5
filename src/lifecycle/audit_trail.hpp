#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lifecycle/audit_tree.hpp"

namespace inkan::lifecycle {

/// walk_audit gives every record of every node to `visit`, each chain in its order. Errors: `store.*`, and visit's.
Result<void> walk_audit(AuditReader& reader, const std::function<Result<void>(const AuditRecord&)>& visit);

/// AuditHead is where one node's chain stands.
struct AuditHead {
  std::string node;
  long long sequence = 0;
  Digest hash;

  bool operator==(const AuditHead&) const = default;
};

/// AuditFinding is where the records are not what was written, and of which records that is said: `first` to `last`.
///
/// - `audit.gap`: they are missing, others follow
/// - `audit.broken_link`: the record does not stand on the one before it
/// - `audit.changed`: the record is not what was hashed when it was written
/// - `audit.stray`: a record before the first
/// - `audit.truncated`: a head was anchored over them, and they are gone; nothing follows. So does an older copy of the store end
/// - `audit.not_as_signed`: every link holds, yet the last head that still fits is the one before `first`, and that over `last`
///   does not: they were written anew, or the store is an older copy that went on
/// - `audit.subtree`: the stored inside of the tree over them is wrong; the records may be right
struct AuditFinding {
  std::string id;
  std::string node;
  long long first = 0;
  long long last = 0;

  bool operator==(const AuditFinding&) const = default;
};

/// AuditLog is one node's records as they are: where the chain stands, and the root of the Merkle tree over them, which is zeros
/// where a finding leaves none.
struct AuditLog {
  AuditHead chain;
  Digest root;
  long long anchored = 0;  ///< records that the largest fitting head covers
};

struct AuditReport {
  std::vector<AuditLog> logs;
  std::vector<AuditFinding> findings;
};

/// judge_audit reads every record and recomputes chains and trees; `heads` are what was anchored outside the store (their
/// signatures are the caller's to check). Of one node it gives at most 100 findings. Errors: `store.*`.
Result<AuditReport> judge_audit(AuditReader& reader, const std::vector<TreeHead>& heads);

/// verify_audit is judge_audit without heads, whose first finding is an Error, with node and sequence as detail. Gives the heads
/// of the chains, to be kept outside the store.
Result<std::vector<AuditHead>> verify_audit(AuditReader& reader);

}  // namespace inkan::lifecycle
