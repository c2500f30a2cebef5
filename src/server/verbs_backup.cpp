// Verbs on backups: make one, prove that it can be restored, restore it.

#include <fmt/format.h>

#include <set>

#include "lifecycle/restore.hpp"
#include "server/backup.hpp"
#include "server/demo/demo_clock.hpp"
#include "server/journal_check.hpp"
#include "server/pem_file.hpp"
#include "server/verbs.hpp"
#include "store/copy.hpp"

namespace inkan::server {
namespace {

/// TemporaryFolder is a folder of mode 0700 for records that nobody else may see; it is gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "inkan-backup-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Result<std::filesystem::path> records() const {
    if (path_.empty()) return fail(Code::unavailable, "file.write", std::filesystem::temp_directory_path().string());
    return path_ / "records.db";
  }

 private:
  std::filesystem::path path_;
};

Table table_of(const Manifest& manifest) {
  return {.columns = {"made_at", "rows", "parts", "nodes"},
          .rows = {{to_rfc3339(manifest.made_at), manifest.rows, static_cast<long long>(manifest.parts.size()),
                    static_cast<long long>(manifest.heads.size())}}};
}

Result<pki::PrivateKey> read_key(const std::filesystem::path& file) {
  auto pem = read_secret_file(file);
  if (!pem) return fail(pem);
  return pki::PrivateKey::parse_open_pem(Secret(std::move(*pem)));
}

/// take_journals reads what the signers signed and the records have forgotten. Keys apart have a journal on each node, and a
/// restore without them would leave certificates valid that nobody answers for.
Result<void> take_journals(Bank& bank, const std::vector<std::filesystem::path>& given) {
  std::vector<std::filesystem::path> journals = given;
  const SignerPlace& signer = bank.config().signer;
  if (journals.empty() && signer.mode == SignerMode::apart) journals.push_back(signer.journal);
  if (journals.empty()) return {};
  const auto unknown = read_unknown(bank.store(), journals);
  if (!unknown) return fail(unknown);
  return lifecycle::take_signatures(bank.services(), unknown->certificates, unknown->numbers);
}

/// take_lists reads the published CRLs into the restored records; of every list that was published one must be among them, each
/// shard's too: it has numbers of its own.
Result<void> take_lists(Bank& bank, const std::vector<std::filesystem::path>& lists, Table& table) {
  std::set<ca::ListId> seen;
  for (const std::filesystem::path& file : lists) {
    const auto der = read_file(file);
    if (!der) return fail(der);
    const auto taken = lifecycle::take_list(bank.services(), as_bytes(*der));
    if (!taken) return fail(taken);
    seen.insert(taken->list);
    table.rows.push_back({taken->list, static_cast<long long>(taken->number), taken->revoked, taken->unknown});
  }
  for (const ca::Authority& each : bank.issuer().authorities())
    for (unsigned shard = 0; shard <= each.addresses.crl_shards; ++shard)
      if (const ca::ListId list = ca::list_id(each.id, shard); bank.status().crl_head(list) && !seen.contains(list))
        return fail(Code::refused, "restore.list_missing", list + ": fetch its newest published CRL and give it with --crl");
  return {};
}

}  // namespace

Result<Table> backup_create(const Where& where, const std::filesystem::path& folder, const std::filesystem::path& recipient) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  const auto certificates = read_pem_file(recipient);
  if (!certificates) return fail(certificates);
  if (certificates->empty()) return fail(Code::invalid, "certificate.malformed", recipient.string());
  const auto made = make_backup((*bank)->config().store, folder, certificates->front(), (*bank)->clock().now());
  if (!made) return fail(made);
  if (auto noted = lifecycle::note_backup((*bank)->services(), made->made_at); !noted) return fail(noted);
  return table_of(*made);
}

Result<Table> backup_verify(const std::filesystem::path& folder, const std::filesystem::path& key) {
  const auto private_key = read_key(key);
  if (!private_key) return fail(private_key);
  const TemporaryFolder scratch;
  const auto records = scratch.records();
  if (!records) return fail(records);
  const auto manifest = open_backup(folder, *private_key, *records);
  if (!manifest) return fail(manifest);
  return table_of(*manifest);
}

Result<Table> backup_restore(const Where& where, const std::filesystem::path& folder, const std::filesystem::path& key,
                             const WorldsMemory& memory) {
  const auto private_key = read_key(key);
  if (!private_key) return fail(private_key);
  auto config = config_of(where);
  if (!config) return fail(config);
  const TemporaryFolder scratch;
  const auto records = scratch.records();
  if (!records) return fail(records);
  const auto manifest = open_backup(folder, *private_key, *records);
  if (!manifest) return fail(manifest);

  // Everything that a restore changes is changed in the opened copy; the store itself gets all of it in one step, or nothing.
  const std::string store = std::exchange(config->store, "sqlite:" + records->string());
  std::shared_ptr<const Clock> clock = std::make_shared<MachineClock>();
  if (!where.demo.empty()) clock = demo::open_clock(where.demo);
  if (auto voided = store::void_codes(config->store, clock->now()); !voided) return fail(voided);
  Table table{.columns = {"authority", "crl_number", "revoked", "unknown"}, .rows = {}};
  {
    const auto bank = Bank::open(*config, clock, {.node = "operator", .migrate = false, .step = {}});
    if (!bank) return fail(bank);
    if (auto taken = take_journals(**bank, memory.journals); !taken) return fail(taken);
    if (auto taken = take_lists(**bank, memory.lists, table); !taken) return fail(taken);
    if (auto noted = lifecycle::note_restore((*bank)->services(), manifest->made_at); !noted) return fail(noted);
  }
  if (auto copied = store::copy(config->store, store); !copied) return fail(copied);
  return table;
}

}  // namespace inkan::server
