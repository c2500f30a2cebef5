#pragma once

#include "lifecycle/audit.hpp"
#include "store/statements.hpp"

namespace inkan::store {

/// ChainHead is the last record of a node's audit chain, on which the next one stands. Before the first: sequence 0, hash of
/// zeros.
struct ChainHead {
  long long sequence = 0;
  Digest hash;
};

/// load_head reads a node's head and recomputes it from its record. Error: `store.corrupt` when the record is not what was
/// written.
Result<ChainHead> load_head(Statements& statements, const std::string& node);

/// append gives an entry its place after `head`, writes it, and moves `head` on.
Result<void> append(Statements& statements, const std::string& node, const lifecycle::AuditEntry& entry, ChainHead& head);

}  // namespace inkan::store
