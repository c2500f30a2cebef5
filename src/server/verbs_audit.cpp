// Verbs on the audit records: what they are, whether they are what was written, and how others see that.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/file.hpp"
#include "ca/audit_key.hpp"
#include "lifecycle/read_from.hpp"
#include "server/audit_proof.hpp"
#include "server/journal_check.hpp"
#include "server/verbs.hpp"
#include "store/open.hpp"

namespace inkan::server {
namespace {

/// kReader is the node's name of who only reads: its own chain is empty, so that no damaged record keeps it from opening the
/// store.
constexpr const char* kReader = "auditor";

Result<pki::PublicKey> key_of(const Config& config, const AuditPlaces& places) {
  return ca::read_public_key(places.key.empty() ? ca::audit_key_file(config.ca_folder) : places.key);
}

/// Heads are those of several files.
struct Heads {
  std::vector<SignedHead> all;
  std::vector<std::vector<SignedHead>> by_file;
  std::vector<std::pair<std::filesystem::path, HeadFinding>> findings;
};

/// read_all reads the files that are named, or the configuration's, which may not be there yet where `optional`.
Result<Heads> read_all(const Config& config, const AuditPlaces& places, bool optional) {
  Heads heads;
  std::vector<std::filesystem::path> files = places.heads;
  if (files.empty()) {
    if (optional && !std::filesystem::exists(config.audit.heads)) return heads;
    files.push_back(config.audit.heads);
  }
  const auto key = key_of(config, places);
  if (!key) return fail(key);
  for (const std::filesystem::path& file : files) {
    auto read = read_heads(file, *key);
    if (!read) return fail(read);
    heads.all.insert(heads.all.end(), read->heads.begin(), read->heads.end());
    heads.by_file.push_back(std::move(read->heads));
    for (HeadFinding& each : read->findings) heads.findings.emplace_back(file, std::move(each));
  }
  return heads;
}

/// newest is a node's largest head.
Result<SignedHead> newest(const Heads& heads, const std::string& node) {
  const SignedHead* found = nullptr;
  for (const SignedHead& head : heads.all)
    if (head.tree.node == node && (found == nullptr || head.tree.size >= found->tree.size)) found = &head;
  if (found == nullptr) return fail(Code::not_found, "audit.no_heads", "none of " + node);
  return *found;
}

Result<std::unique_ptr<lifecycle::Store>> open_store(const Config& config) {
  return store::open({.url = config.store, .node = kReader, .migrate = false});
}

Result<void> add_journals(Table& table, const Where& where, const Config& config, std::vector<std::filesystem::path> journals) {
  if (journals.empty() && config.signer.mode == SignerMode::apart) journals.push_back(config.signer.journal);
  if (journals.empty()) return {};
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto report = check_journals((*bank)->store(), (*bank)->institutions(), (*bank)->issuer().authorities(), journals);
  if (!report) return fail(report);
  for (const JournalHead& head : report->heads)
    table.rows.push_back({head.file.string(), head.lines, head.chain.hex(), Cell(), Cell(), Cell(), Cell(), Cell()});
  for (const JournalFinding& each : report->findings)
    table.rows.push_back(
        {Cell(), Cell(), Cell(), Cell(), Cell(), each.id + " " + each.authority + " " + each.subject, Cell(), Cell()});
  table.partly_done = table.partly_done || !report->findings.empty();
  return {};
}

Result<void> write_new(const std::filesystem::path& file, const std::function<Result<void>(std::ofstream&)>& fill) {
  std::ofstream out(file, std::ios::binary);
  if (auto filled = fill(out); !filled) return filled;
  out.close();
  return out ? Result<void>() : fail(Code::unavailable, "file.write", file.string());
}

}  // namespace

Result<Table> audit_verify(const Where& where, const AuditPlaces& places) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto heads = read_all(*config, places, true);
  if (!heads) return fail(heads);
  const auto store = open_store(*config);
  if (!store) return fail(store);
  std::vector<lifecycle::TreeHead> trees;
  for (const SignedHead& head : heads->all) trees.push_back(head.tree);
  const auto report =
      lifecycle::read_from(**store, [&](lifecycle::Reader& reader) { return lifecycle::judge_audit(reader, trees); });
  if (!report) return fail(report);
  Table table{.columns = {"node", "records", "head", "root", "anchored", "finding", "first", "last"}, .rows = {}};
  for (const lifecycle::AuditLog& log : report->logs)
    table.rows.push_back({log.chain.node, log.chain.sequence, log.chain.hash.hex(),
                          log.root == Digest{} ? Cell() : Cell(log.root.hex()), log.anchored, Cell(), Cell(), Cell()});
  for (const lifecycle::AuditFinding& each : report->findings)
    table.rows.push_back({each.node, Cell(), Cell(), Cell(), Cell(), each.id, each.first, each.last});
  for (const auto& [file, each] : heads->findings)
    table.rows.push_back({file.string(), Cell(), Cell(), Cell(), Cell(), each.id, each.line, each.line});
  table.partly_done = !report->findings.empty() || !heads->findings.empty();
  if (auto added = add_journals(table, where, *config, places.journals); !added) return fail(added);
  return table;
}

Result<Table> audit_head(const Where& where, const AuditPlaces& places) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto heads = read_all(*config, places, false);
  if (!heads) return fail(heads);
  std::map<std::string, SignedHead> by_node;
  for (const SignedHead& head : heads->all) by_node.insert_or_assign(head.tree.node, *newest(*heads, head.tree.node));
  Table table{.columns = {"node", "size", "root", "at", "line"}, .rows = {}};
  for (const auto& [node, head] : by_node)
    table.rows.push_back({node, head.tree.size, head.tree.root.hex(), to_rfc3339(head.at), to_line(head)});
  return table;
}

Result<Table> audit_export(const Where& where) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto store = open_store(*config);
  if (!store) return fail(store);
  Table table{.columns = {"node", "sequence", "at", "actor", "action", "institution", "subject", "detail", "hash"}, .rows = {}};
  auto read = (*store)->read([&](lifecycle::Reader& reader) {
    return lifecycle::walk_audit(reader, [&](const lifecycle::AuditRecord& record) -> Result<void> {
      std::string detail;
      for (const auto& [key, value] : record.entry.detail) detail += (detail.empty() ? "" : " ") + key + "=" + value;
      table.rows.push_back({record.node, record.sequence, to_rfc3339(record.entry.at), record.entry.actor, record.entry.action,
                            record.entry.institution, record.entry.subject, detail, record.hash.hex()});
      return {};
    });
  });
  if (!read) return fail(read);
  return table;
}

Result<Table> audit_export_to(const Where& where, const AuditPlaces& places, const std::filesystem::path& folder) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto heads = read_all(*config, places, true);
  if (!heads) return fail(heads);
  if (!heads->findings.empty()) {
    const auto& [file, first] = heads->findings.front();
    return fail(Code::corrupt, "audit.heads_damaged", fmt::format("{} line {}: {}", file.string(), first.line, first.id));
  }
  const auto store = open_store(*config);
  if (!store) return fail(store);
  if (std::filesystem::exists(folder)) return fail(Code::conflict, "audit.exists", folder.string());
  if (auto made = make_folder(folder); !made) return fail(made);
  long long records = 0;
  auto written = write_new(folder / "records.jsonl", [&](std::ofstream& out) {
    return (*store)->read([&](lifecycle::Reader& reader) {
      return lifecycle::walk_audit(reader, [&](const lifecycle::AuditRecord& record) -> Result<void> {
        out << record_line(record) << '\n';
        ++records;
        return {};
      });
    });
  });
  if (!written) return fail(written);
  for (std::size_t i = 0; i < heads->by_file.size(); ++i) {
    const std::string name = i == 0 ? "heads.jsonl" : fmt::format("heads-{}.jsonl", i + 1);
    written = write_new(folder / name, [&](std::ofstream& out) -> Result<void> {
      for (const SignedHead& head : heads->by_file[i]) out << to_line(head) << '\n';
      return {};
    });
    if (!written) return fail(written);
  }
  const auto key = read_file(places.key.empty() ? ca::audit_key_file(config->ca_folder) : places.key);
  if (key)
    if (auto copied = write_file(folder / "audit.pem", *key, FileMode::open); !copied) return fail(copied);
  return Table{.columns = {"records", "heads", "folder"},
               .rows = {{records, static_cast<long long>(heads->all.size()), folder.string()}}};
}

Result<std::string> audit_prove(const Where& where, const AuditPlaces& places, const Claim& claim) {
  if ((claim.sequence > 0) == (claim.since > 0)) return fail(Code::invalid, "usage.proof", "name --sequence N, or --since N");
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto heads = read_all(*config, places, false);
  if (!heads) return fail(heads);
  const auto head = newest(*heads, claim.node);
  if (!head) return fail(head);
  const auto store = open_store(*config);
  if (!store) return fail(store);
  if (claim.sequence > 0) {
    const auto proof = prove_inclusion(**store, claim.sequence, *head);
    return proof ? to_json(*proof) : Result<std::string>(fail(proof));
  }
  const auto is_earlier = [&](const SignedHead& each) { return each.tree.node == claim.node && each.tree.size == claim.since; };
  const auto earlier = std::ranges::find_if(heads->all, is_earlier);
  if (earlier == heads->all.end())
    return fail(Code::not_found, "audit.no_heads", fmt::format("none of {} over {} records", claim.node, claim.since));
  const auto proof = prove_consistency(**store, *earlier, *head);
  return proof ? to_json(*proof) : Result<std::string>(fail(proof));
}

Result<Table> audit_check_proof(const std::filesystem::path& proof, const std::filesystem::path& key) {
  const auto public_key = ca::read_public_key(key);
  if (!public_key) return fail(public_key);
  const auto text = read_file(proof);
  if (!text) return fail(text);
  const auto checked = check_proof(*text, *public_key);
  if (!checked) return fail(checked);
  const bool is_record = checked->shows == "inclusion";
  return Table{.columns = {"shows", "node", is_record ? "sequence" : "since", "size", "at", "root", "action", "subject"},
               .rows = {{checked->shows, checked->node, checked->first, checked->head.tree.size, to_rfc3339(checked->head.at),
                         checked->head.tree.root.hex(), is_record ? Cell(checked->entry.action) : Cell(),
                         is_record ? Cell(checked->entry.subject) : Cell()}}};
}

}  // namespace inkan::server
