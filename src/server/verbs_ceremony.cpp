// Verbs that make the CA's keys: the first ceremony, the next generation, and the paper that witnesses sign.

#include <fmt/format.h>
#include <sys/utsname.h>

#include <iostream>
#include <set>

#include "base/file.hpp"
#include "ca/audit_key.hpp"
#include "ca/ceremony_folder.hpp"
#include "ca/delegate.hpp"
#include "ca/openid_key.hpp"
#include "ca/root_apart.hpp"
#include "lifecycle/generations.hpp"
#include "server/ceremony_record.hpp"
#include "server/demo/demo_clock.hpp"
#include "server/signer.hpp"
#include "server/verbs.hpp"
#include "server/version.hpp"

namespace inkan::server {
namespace {

constexpr std::size_t kFewestWitnesses = 2;

/// open_keys is where the keys of a ceremony go: the root's to its own medium, where one is named.
Result<std::unique_ptr<ca::KeyStore>> open_keys(const Config& config, const CeremonyWishes& wishes) {
  auto keys = open_key_store(config);
  if (!keys || wishes.root.empty()) return keys;
  auto passphrase = read_secret(wishes.root_passphrase_file);
  if (!passphrase) return fail(passphrase);
  return ca::keep_root_apart(ca::open_file_key_store(wishes.root, Secret(std::move(*passphrase))), std::move(*keys));
}

/// make_all makes what is missing of a plan, at the installation's time, and gives the names of it.
Result<std::vector<std::string>> make_all(const Config& config, const ca::CeremonyPlan& plan, const CeremonyWishes& wishes,
                                          Instant now) {
  const auto keys = open_keys(config, wishes);
  if (!keys) return fail(keys);
  SystemRng rng;
  auto made = ca::hold_ceremony(plan, **keys, config.ca_folder, rng, now);
  if (!made) return fail(made);
  const auto delegates = ca::make_delegates(plan, **keys, config.ca_folder, rng, now);
  if (!delegates) return fail(delegates);
  const auto audit_key = ca::make_audit_key(config.ca_folder, rng);
  if (!audit_key) return fail(audit_key);
  const auto openid_key = ca::make_openid_key(config.ca_folder, rng);
  if (!openid_key) return fail(openid_key);
  for (const auto& more : {*delegates, *audit_key, *openid_key}) made->insert(made->end(), more.begin(), more.end());
  return made;
}

Table made_table(const std::vector<std::string>& made) {
  Table table{.columns = {"made"}, .rows = {}};
  for (const std::string& label : made) table.rows.push_back({label});
  return table;
}

std::shared_ptr<const Clock> clock_of(const Where& where) {
  if (!where.demo.empty()) return demo::open_clock(where.demo);
  return std::make_shared<MachineClock>();
}

Result<void> check_wishes(const CeremonyWishes& wishes) {
  if (wishes.witnesses.empty()) return {};
  const std::set<std::string> names(wishes.witnesses.begin(), wishes.witnesses.end());
  if (names.size() < kFewestWitnesses || names.size() != wishes.witnesses.size() || names.contains("") ||
      names.contains(wishes.operator_name))
    return fail(Code::invalid, "ceremony.witnesses", "two or more, each once, none of them the operator");
  return {};
}

std::string machine() {
  utsname name{};
  if (::uname(&name) != 0) return "?";
  return fmt::format("{} ({} {} {})", name.nodename, name.sysname, name.release, name.machine);
}

Result<Digest> hash_of(const std::filesystem::path& file) {
  const auto content = server::read_file(file);
  if (!content) return fail(content);
  return sha256(as_bytes(*content));
}

Result<std::vector<CeremonyCertificate>> read_certificates(const Config& config, const ca::CeremonyPlan& plan,
                                                           const CeremonyWishes& wishes) {
  const std::string others = config.ca_token.empty() ? config.ca_folder.string() : config.ca_token;
  std::vector<std::pair<std::string, std::string>> labels{{"root", wishes.root.empty() ? others : wishes.root.string()}};
  for (const ca::AuthorityPlan& each : plan.authorities) labels.emplace_back(each.id, others);
  std::vector<CeremonyCertificate> certificates;
  for (const auto& [label, place] : labels) {
    auto certificate = ca::read_certificate(config.ca_folder / (label + ".pem"));
    if (!certificate) return fail(certificate);
    certificates.push_back({.label = label, .certificate = std::move(*certificate), .key_place = place});
  }
  return certificates;
}

/// Ceremony is what has been made, on its way to the paper.
struct Ceremony {
  std::filesystem::path config_file;
  Config config;
  ca::CeremonyPlan plan;
  std::vector<std::string> made;
  Instant begun;
};

Result<CeremonyRecord> write_down(const Ceremony& ceremony, const CeremonyWishes& wishes, const Clock& clock) {
  auto certificates = read_certificates(ceremony.config, ceremony.plan, wishes);
  if (!certificates) return fail(certificates);
  const auto program = hash_of("/proc/self/exe");
  if (!program) return fail(program);
  const auto config = hash_of(ceremony.config_file);
  if (!config) return fail(config);
  const auto audit_key = ca::read_public_key(ca::audit_key_file(ceremony.config.ca_folder));
  if (!audit_key) return fail(audit_key);
  CeremonyRecord record{.begun = ceremony.begun,
                        .ended = {},
                        .operator_name = wishes.operator_name,
                        .witnesses = {},
                        .machine = machine(),
                        .program = std::string("inkan ") + kVersion,
                        .program_hash = *program,
                        .config = ceremony.config_file.string(),
                        .config_hash = *config,
                        .command = wishes.command,
                        .made = ceremony.made,
                        .certificates = std::move(*certificates),
                        .audit_key = audit_key->hash()};
  std::string shown;
  for (const CeremonyCertificate& each : record.certificates)
    shown += fmt::format("{}\n  SHA-256 {}\n", each.certificate.subject().to_text(), grouped(each.certificate.fingerprint()));
  for (const std::string& name : wishes.witnesses) {
    if (wishes.confirm && !wishes.confirm(name, shown)) return fail(Code::refused, "ceremony.not_confirmed", name);
    record.witnesses.push_back({.name = name, .confirmed = wishes.confirm ? std::optional(clock.now()) : std::nullopt});
  }
  record.ended = clock.now();
  return record;
}

/// name_of is when a ceremony began, as a file is called.
std::string name_of(Instant begun) {
  std::string time = to_rfc3339(begun);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return "ceremony-" + time + ".html";
}

/// hold makes what the profiles lack, and the paper where there are witnesses.
Result<Table> hold(const Where& where, const Config& config, const std::vector<Profile>& profiles, const CeremonyWishes& wishes) {
  if (auto checked = check_wishes(wishes); !checked) return fail(checked);
  const auto file = find_config(where);
  if (!file) return fail(file);
  auto plan = plan_ceremony(config, profiles);
  if (!plan) return fail(plan);
  const auto clock = clock_of(where);
  const Instant begun = clock->now();
  const auto paper = wishes.record.empty() ? config.ca_folder / name_of(begun) : wishes.record;
  if (!wishes.witnesses.empty() && std::filesystem::exists(paper))
    return fail(Code::conflict, "ceremony.record_exists", paper.string());
  auto made = make_all(config, *plan, wishes, begun);
  if (!made) return fail(made);
  Table table = made_table(*made);
  if (wishes.witnesses.empty()) return table;
  const Ceremony ceremony{
      .config_file = *file, .config = config, .plan = std::move(*plan), .made = std::move(*made), .begun = begun};
  const auto record = write_down(ceremony, wishes, *clock);
  if (!record) return fail(record);
  const std::string page = to_html(*record, profiles.front().institution.zone);
  if (auto written = write_file(paper, page, FileMode::open); !written)
    return fail(Code::unavailable, "ceremony.write", written.error().detail);
  table.rows.push_back({paper.string()});
  return table;
}

}  // namespace

bool ask_witness(const std::string& witness, const std::string& shown) {
  std::cerr << shown << witness << ": この表示を確かめ、氏名を入力してください / compare these and type your name: ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == witness;
}

Result<Table> ca_init(const Where& where, const CeremonyWishes& wishes) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto profiles = load_institutions(*config);
  return profiles ? hold(where, *config, *profiles, wishes) : fail(profiles);
}

Result<Table> ca_rollover(const Where& where, const std::string& institution, const CeremonyWishes& wishes) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  auto profiles = load_institutions(*config);
  if (!profiles) return fail(profiles);
  std::erase_if(*profiles, [&](const Profile& profile) { return profile.institution.id != institution; });
  if (profiles->empty()) return fail(Code::not_found, "institution.unknown", institution);
  const auto bank = open_bank(where);
  if (!bank) return fail(bank);
  lifecycle::Institution& next = profiles->front().institution;
  auto id = lifecycle::next_generation((*bank)->issuer(), next);
  if (!id) return fail(id);
  next.authority = std::move(*id);
  return hold(where, *config, *profiles, wishes);
}

}  // namespace inkan::server
