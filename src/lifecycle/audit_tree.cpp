#include "lifecycle/audit_tree.hpp"

#include <fmt/format.h>

#include "lifecycle/read_from.hpp"

namespace inkan::lifecycle {
namespace {

constexpr int kStep = 8;                        // levels from one that is stored to the next
constexpr long long kFirst = 1LL << kStep;      // records below a subtree of the first stored level
constexpr long long kMostInOneGo = 256 * 1024;  // records read on one view of the store, so that none stands open for long

std::unexpected<Error> missing(const std::string& node, long long sequence) {
  return fail(Code::corrupt, "audit.gap", fmt::format("{} {}", node, sequence));
}

/// Inside is what a node's tree is made of, as the store has it.
class Inside {
 public:
  Inside(AuditReader& reader, std::string node) : reader_(reader), node_(std::move(node)) {}

  Result<Digest> subtree(int level, long long index) const { return over(level - level % kStep, level, index); }

 private:
  /// over makes a subtree of a level from those of a lower one.
  Result<Digest> over(int lower, int level, long long index) const {
    MerkleFrontier frontier;
    const long long first = index << (level - lower), count = 1LL << (level - lower);
    const auto filled = lower == 0 ? add_leaves(frontier, first, count) : add_parts(frontier, lower, first, count);
    if (!filled) return fail(filled);
    return frontier.root();
  }

  Result<void> add_leaves(MerkleFrontier& frontier, long long first, long long count) const {
    const auto records = reader_.audit_records(node_, first, static_cast<int>(count));
    if (!records) return fail(records);
    for (const AuditRecord& record : *records) {
      if (record.sequence != ++first) return missing(node_, first);
      frontier.add(audit_leaf(record));
    }
    return frontier.size() == count ? Result<void>() : missing(node_, first + 1);
  }

  Result<void> add_parts(MerkleFrontier& frontier, int level, long long first, long long count) const {
    const auto parts = reader_.audit_subtrees(node_, level, first, static_cast<int>(count));
    if (!parts) return fail(parts);
    auto part = parts->begin();
    for (long long index = first; index < first + count; ++index) {
      const bool is_stored = part != parts->end() && part->index == index;
      const Result<Digest> hash = is_stored ? (part++)->hash : over(level - kStep, level, index);
      if (!hash) return fail(hash);
      frontier.add(*hash);
    }
    return {};
  }

  AuditReader& reader_;
  std::string node_;
};

/// Growth is one go: the subtrees that were completed, and whether the end of the log was reached.
struct Growth {
  TreeHead head;
  std::vector<Subtree> completed;
  bool at_end = false;
};

Result<Growth> grow_once(AuditReader& reader, const std::string& node) {
  const auto last = reader.last_audit_subtree(node, kStep);
  if (!last) return fail(last);
  const long long known = *last ? ((*last)->index + 1) * kFirst : 0;
  auto frontier = load_frontier(known, audit_subtrees_of(reader, node));
  if (!frontier) return fail(frontier);
  Growth growth{.head = {.node = node, .size = 0, .root = {}}, .completed = {}};
  const auto keep = [&](const Subtree& subtree) {
    if (is_kept_level(subtree.level)) growth.completed.push_back(subtree);
  };
  while (!growth.at_end && frontier->size() - known < kMostInOneGo) {
    constexpr int kPage = 1000;
    const auto records = reader.audit_records(node, frontier->size(), kPage);
    if (!records) return fail(records);
    for (const AuditRecord& record : *records) {
      if (record.sequence != frontier->size() + 1) return missing(node, frontier->size() + 1);
      frontier->add(audit_leaf(record), keep);
    }
    growth.at_end = records->size() < kPage;
  }
  growth.head.size = frontier->size();
  growth.head.root = frontier->root();
  return growth;
}

}  // namespace

bool is_kept_level(int level) { return level > 0 && level % kStep == 0; }

Digest audit_leaf(const AuditRecord& record) {
  return leaf_hash(as_bytes(to_canonical(record.node, record.sequence, record.entry)));
}

SubtreeSource audit_subtrees_of(AuditReader& reader, const std::string& node) {
  return [inside = Inside(reader, node)](int level, long long index) { return inside.subtree(level, index); };
}

Result<Digest> root_at(AuditReader& reader, const std::string& node, long long size) {
  const auto frontier = load_frontier(size, audit_subtrees_of(reader, node));
  if (!frontier) return fail(frontier);
  return frontier->root();
}

Result<TreeHead> grow_tree(Store& store, const std::string& node) {
  while (true) {
    auto growth = read_from(store, [&](Reader& reader) { return grow_once(reader, node); });
    if (!growth) return fail(growth);
    if (!growth->completed.empty()) {
      const auto kept = store.transact([&](Writer& writer) { return writer.add_audit_subtrees(node, growth->completed); });
      if (!kept) return fail(kept);
    }
    if (growth->at_end) return std::move(growth->head);
  }
}

}  // namespace inkan::lifecycle
