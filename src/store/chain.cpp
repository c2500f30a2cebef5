#include "store/chain.hpp"

#include <fmt/format.h>

#include "store/rows.hpp"

namespace inkan::store {
namespace {

const std::string kLastRecord =
    fmt::format("SELECT {} FROM audit_records WHERE node = $1 ORDER BY sequence DESC LIMIT 1", kAuditColumns);
constexpr std::string_view kAddNode = "INSERT INTO audit_nodes (node) VALUES ($1) ON CONFLICT DO NOTHING";
constexpr std::string_view kAddRecord =
    "INSERT INTO audit_records (node, sequence, at, actor, action, institution, subject, detail, previous, hash) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

}  // namespace

Result<ChainHead> load_head(Statements& statements, const std::string& node) {
  const auto last = statements.find(kLastRecord, {node}, to_audit_record);
  if (!last) return fail(last);
  if (!*last) return ChainHead{};
  const lifecycle::AuditRecord& record = **last;
  if (lifecycle::chain(record.previous, to_canonical(node, record.sequence, record.entry)) != record.hash)
    return fail(Code::corrupt, "store.corrupt", fmt::format("audit record {} {}", node, record.sequence));
  return ChainHead{.sequence = record.sequence, .hash = record.hash};
}

Result<void> append(Statements& statements, const std::string& node, const lifecycle::AuditEntry& entry, ChainHead& head) {
  const long long sequence = head.sequence + 1;
  const Digest hash = lifecycle::chain(head.hash, to_canonical(node, sequence, entry));
  if (sequence == 1)
    if (auto added = statements.run(kAddNode, {node}); !added) return fail(added);
  const std::string detail = pack(entry.detail);
  const auto added = statements.run(kAddRecord, {node, sequence, to_epoch(entry.at), entry.actor, entry.action, entry.institution,
                                                 entry.subject, detail, head.hash.view(), hash.view()});
  if (!added) return fail(added);
  head = {.sequence = sequence, .hash = hash};
  return {};
}

}  // namespace inkan::store
