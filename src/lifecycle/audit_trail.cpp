#include "lifecycle/audit_trail.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

namespace inkan::lifecycle {
namespace {

constexpr std::size_t kMostFindings = 100;

Result<void> walk_node(AuditReader& reader, const std::string& node,
                       const std::function<Result<void>(const AuditRecord&)>& visit) {
  constexpr int kPage = 1000;
  long long after = std::numeric_limits<long long>::min();
  while (true) {
    const auto records = reader.audit_records(node, after, kPage);
    if (!records) return fail(records);
    if (records->empty()) return {};
    for (const AuditRecord& record : *records)
      if (auto visited = visit(record); !visited) return visited;
    after = records->back().sequence;
  }
}

/// Judgement is one node's log on its way through the records.
class Judgement {
 public:
  /// `heads` are the node's, the smallest first.
  Judgement(AuditReader& reader, std::string node, std::vector<TreeHead> heads)
      : reader_(reader), node_(std::move(node)), heads_(std::move(heads)), next_(heads_.begin()) {}

  Result<void> walk() {
    if (auto walked = walk_node(reader_, node_, [this](const AuditRecord& record) { return add(record); }); !walked)
      return walked;
    if (!heads_.empty() && heads_.back().size > sequence_) note("audit.truncated", sequence_ + 1, heads_.back().size);
    return judge_kept_levels();
  }

  AuditLog log() const {
    return {.chain = {.node = node_, .sequence = sequence_, .hash = hash_},
            .root = is_whole_ ? tree_.root() : Digest{},
            .anchored = anchored_};
  }
  const std::vector<AuditFinding>& findings() const { return findings_; }

 private:
  void note(const char* id, long long first, long long last) {
    if (findings_.size() < kMostFindings) findings_.push_back({.id = id, .node = node_, .first = first, .last = last});
  }

  Result<void> add(const AuditRecord& record) {
    if (record.sequence < 1) {
      note("audit.stray", record.sequence, record.sequence);
      return {};
    }
    const std::size_t before = findings_.size();
    if (record.sequence > sequence_ + 1)
      note("audit.gap", sequence_ + 1, record.sequence - 1);
    else if (record.previous != hash_)
      note("audit.broken_link", record.sequence, record.sequence);
    const std::string text = to_canonical(record.node, record.sequence, record.entry);
    if (chain(record.previous, text) != record.hash) note("audit.changed", record.sequence, record.sequence);
    is_whole_ = is_whole_ && findings_.size() == before && findings_.size() < kMostFindings;
    sequence_ = record.sequence;
    hash_ = record.hash;
    return is_whole_ ? grow(leaf_hash(as_bytes(text))) : Result<void>();
  }

  /// grow adds to the tree and holds it against the anchored heads of this size. After the first that does not fit none will.
  Result<void> grow(const Digest& leaf) {
    tree_.add(leaf, [this](const Subtree& subtree) {
      if (is_kept_level(subtree.level)) completed_.push_back(subtree);
    });
    if (completed_.size() >= kMostCompleted)
      if (auto judged = judge_kept_levels(); !judged) return judged;
    for (; next_ != heads_.end() && next_->size <= sequence_; ++next_) {
      if (next_->size < sequence_ || !is_as_signed_) continue;
      is_as_signed_ = next_->root == tree_.root();
      if (is_as_signed_)
        anchored_ = next_->size;
      else
        note("audit.not_as_signed", anchored_ + 1, next_->size);
    }
    return {};
  }

  /// judge_kept_levels holds what the store keeps of the tree against what the records make.
  Result<void> judge_kept_levels() {
    for (const Subtree& each : completed_) {
      const auto kept = reader_.audit_subtrees(node_, each.level, each.index, 1);
      if (!kept) return fail(kept);
      const bool is_there = !kept->empty() && kept->front().index == each.index;  // else the next head's job makes it
      if (is_there && kept->front().hash != each.hash)
        note("audit.subtree", (each.index << each.level) + 1, (each.index + 1) << each.level);
    }
    completed_.clear();
    return {};
  }

  static constexpr std::size_t kMostCompleted = 1000;

  AuditReader& reader_;
  std::string node_;
  std::vector<TreeHead> heads_;
  std::vector<TreeHead>::const_iterator next_;
  long long sequence_ = 0;
  Digest hash_;
  MerkleFrontier tree_;
  bool is_whole_ = true;  // no finding so far that leaves no tree
  bool is_as_signed_ = true;
  long long anchored_ = 0;
  std::vector<Subtree> completed_;
  std::vector<AuditFinding> findings_;
};

}  // namespace

Result<void> walk_audit(AuditReader& reader, const std::function<Result<void>(const AuditRecord&)>& visit) {
  const auto nodes = reader.audit_nodes();
  if (!nodes) return fail(nodes);
  for (const std::string& node : *nodes)
    if (auto walked = walk_node(reader, node, visit); !walked) return walked;
  return {};
}

Result<AuditReport> judge_audit(AuditReader& reader, const std::vector<TreeHead>& heads) {
  const auto known = reader.audit_nodes();
  if (!known) return fail(known);
  std::set<std::string> nodes(known->begin(), known->end());
  std::map<std::string, std::vector<TreeHead>> by_node;
  for (const TreeHead& head : heads) {
    nodes.insert(head.node);
    by_node[head.node].push_back(head);
  }
  AuditReport report;
  for (const std::string& node : nodes) {
    std::vector<TreeHead>& its = by_node[node];
    std::ranges::stable_sort(its, {}, &TreeHead::size);
    Judgement judgement(reader, node, std::move(its));
    if (auto walked = judgement.walk(); !walked) return fail(walked);
    report.logs.push_back(judgement.log());
    report.findings.insert(report.findings.end(), judgement.findings().begin(), judgement.findings().end());
  }
  return report;
}

Result<std::vector<AuditHead>> verify_audit(AuditReader& reader) {
  const auto report = judge_audit(reader, {});
  if (!report) return fail(report);
  if (!report->findings.empty()) {
    const AuditFinding& first = report->findings.front();
    return fail(Code::corrupt, first.id, fmt::format("{} {}", first.node, first.first));
  }
  std::vector<AuditHead> heads;
  for (const AuditLog& log : report->logs)
    if (log.chain.sequence > 0) heads.push_back(log.chain);
  return heads;
}

}  // namespace inkan::lifecycle
