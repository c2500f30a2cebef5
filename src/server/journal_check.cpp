#include "server/journal_check.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "lifecycle/read_from.hpp"
#include "server/walk.hpp"

namespace inkan::server {

using ca::JournalEntry;

namespace {

/// Journalled is what the journals tell, and what the store says of it.
struct Journalled {
  std::set<std::string> certificates;  ///< authority and serial
  std::set<std::string> lists;         ///< authority and number
  std::optional<Instant> begun;        ///< when the first of them began
};

std::string key_of(const std::string& authority, const std::string& subject) { return authority + " " + subject; }

/// judge_signature looks up what one line says was signed.
Result<void> judge_signature(lifecycle::Reader& reader, const JournalEntry& entry, JournalReport& report) {
  const auto note = [&](const char* id) { report.findings.push_back({id, entry.authority, entry.subject}); };
  const auto serial = pki::SerialNumber::parse_hex(entry.subject);
  const auto found = serial ? reader.find_by_serial(entry.authority, *serial)
                            : Result<std::optional<lifecycle::CertificateRecord>>(std::nullopt);
  if (!found) return fail(found);
  if (!*found)
    note("journal.unknown_signature");
  else if ((*found)->tbs_hash != entry.hash)
    note("journal.other_bytes");
  return {};
}

Result<void> read_one(lifecycle::Reader& reader, const std::filesystem::path& file, Journalled& told, JournalReport& report) {
  JournalHead head{.file = file, .chain = {}};
  auto read = ca::read_journal(file, [&](const JournalEntry& entry) -> Result<void> {
    head.lines = entry.sequence;
    head.chain = entry.chain;
    if (entry.kind == JournalEntry::Kind::begun) told.begun = std::min(told.begun.value_or(entry.at), entry.at);
    if (entry.kind == JournalEntry::Kind::crl) told.lists.insert(key_of(entry.authority, entry.subject));
    if (entry.kind != JournalEntry::Kind::certificate) return {};
    told.certificates.insert(key_of(entry.authority, entry.subject));
    return judge_signature(reader, entry, report);
  });
  if (!read) return read;
  report.heads.push_back(std::move(head));
  return {};
}

Result<void> note_unknown(lifecycle::Reader& reader, const JournalEntry& entry, UnknownToStore& unknown) {
  if (entry.kind == JournalEntry::Kind::crl) {
    unsigned long long& last = unknown.numbers[entry.authority];
    last = std::max(last, std::stoull(entry.subject));
  }
  const auto serial = pki::SerialNumber::parse_hex(entry.subject);
  if (entry.kind != JournalEntry::Kind::certificate || !serial) return {};
  const auto found = reader.find_by_serial(entry.authority, *serial);
  if (!found) return fail(found);
  if (!*found) unknown.certificates.push_back({entry.authority, *serial, entry.hash, entry.at});
  return {};
}

}  // namespace

Result<UnknownToStore> read_unknown(lifecycle::Store& store, const std::vector<std::filesystem::path>& files) {
  return lifecycle::read_from(store, [&](lifecycle::Reader& reader) -> Result<UnknownToStore> {
    UnknownToStore unknown;
    const auto look = [&](const JournalEntry& entry) { return note_unknown(reader, entry, unknown); };
    for (const std::filesystem::path& file : files)
      if (auto one = ca::read_journal(file, look); !one) return fail(one);
    return unknown;
  });
}

Result<JournalReport> check_journals(lifecycle::Store& store, const lifecycle::Institutions& institutions,
                                     const std::vector<ca::Authority>& authorities,
                                     const std::vector<std::filesystem::path>& files) {
  JournalReport report;
  auto read = store.read([&](lifecycle::Reader& reader) -> Result<void> {
    Journalled told;
    for (const std::filesystem::path& file : files)
      if (auto one = read_one(reader, file, told, report); !one) return one;
    if (!told.begun) return {};
    const auto is_ours = [&](const ca::AuthorityId& id) {
      return std::ranges::find(authorities, id, &ca::Authority::id) != authorities.end();
    };
    const auto look = [&](const lifecycle::CertificateRecord& record) -> Result<void> {
      const std::string serial = record.serial.hex();
      if (is_ours(record.authority) && record.reserved_at >= *told.begun &&
          !told.certificates.contains(key_of(record.authority, serial)))
        report.findings.push_back({"journal.missing_certificate", record.authority, serial});
      return {};
    };
    for (const lifecycle::Institution& each : institutions.all())
      if (auto walked = for_each_certificate(reader, each.id, look); !walked) return walked;
    for (const ca::Authority& authority : authorities) {
      const auto latest = reader.latest_crl_head(authority.id);
      auto lists = reader.shard_heads(authority.id);
      if (!latest) return fail(latest);
      if (!lists) return fail(lists);
      if (*latest) lists->push_back({authority.id, **latest});
      for (const auto& [list, head] : *lists)
        if (head.this_update >= *told.begun && !told.lists.contains(key_of(list, std::to_string(head.number))))
          report.findings.push_back({"journal.missing_list", list, std::to_string(head.number)});
    }
    return {};
  });
  if (!read) return fail(read);
  return report;
}

}  // namespace inkan::server
