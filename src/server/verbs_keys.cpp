#include "server/key_check.hpp"
#include "server/verbs.hpp"

namespace inkan::server {

Result<Table> cert_check_keys(const Where& where) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto report = check_keys((*bank)->store(), (*bank)->institutions(), (*bank)->clock().now());
  if (!report) return fail(report);
  Table table{.columns = {"serial", "institution", "login_id", "finding", "revoked"},
              .rows = {},
              .partly_done = !report->findings.empty()};
  if (report->findings.empty()) return table;
  const auto told = (*bank)->store().transact([&](lifecycle::Writer& writer) -> Result<void> {
    for (const KeyFinding& each : report->findings)
      writer.audit({.at = (*bank)->clock().now(),
                    .actor = "operator",
                    .action = "key.found_weak",
                    .institution = each.record.holder.institution,
                    .subject = each.record.holder.login_id,
                    .detail = {{"serial", each.record.serial.hex()}, {"finding", each.finding}}});
    return {};
  });
  if (!told) return fail(told);
  for (const KeyFinding& each : report->findings)
    table.rows.push_back({each.record.serial.hex(), each.record.holder.institution, each.record.holder.login_id, each.finding,
                          std::string(each.record.revoked_at ? "yes" : "no")});
  return table;
}

}  // namespace inkan::server
