#include "lifecycle/audit_trail.hpp"

#include <fmt/format.h>

namespace inkan::lifecycle {

Result<void> walk_audit(AuditReader& reader, const std::function<Result<void>(const AuditRecord&)>& visit) {
  constexpr int kPage = 1000;
  const auto nodes = reader.audit_nodes();
  if (!nodes) return fail(nodes);
  for (const std::string& node : *nodes) {
    long long after = 0;
    while (true) {
      const auto records = reader.audit_records(node, after, kPage);
      if (!records) return fail(records);
      if (records->empty()) break;
      for (const AuditRecord& record : *records)
        if (auto visited = visit(record); !visited) return visited;
      after = records->back().sequence;
    }
  }
  return {};
}

Result<std::vector<AuditHead>> verify_audit(AuditReader& reader) {
  std::vector<AuditHead> heads;
  auto walked = walk_audit(reader, [&](const AuditRecord& record) -> Result<void> {
    if (heads.empty() || heads.back().node != record.node) heads.push_back({.node = record.node, .sequence = 0, .hash = {}});
    AuditHead& head = heads.back();
    const std::string at = fmt::format("{} {}", record.node, record.sequence);
    if (record.sequence != head.sequence + 1) return fail(Code::corrupt, "audit.gap", at);
    if (record.previous != head.hash) return fail(Code::corrupt, "audit.broken_link", at);
    if (chain(record.previous, to_canonical(record.node, record.sequence, record.entry)) != record.hash)
      return fail(Code::corrupt, "audit.changed", at);
    head.sequence = record.sequence;
    head.hash = record.hash;
    return {};
  });
  if (!walked) return fail(walked);
  return heads;
}

}  // namespace inkan::lifecycle
