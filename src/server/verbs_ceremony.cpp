// Verbs that need the root's key: the first ceremony, the next generation, the end of an issuing CA, the next root, and the paper
// that witnesses sign.

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "base/file.hpp"
#include "ca/audit_key.hpp"
#include "ca/ceremony_folder.hpp"
#include "ca/delegate.hpp"
#include "ca/openid_key.hpp"
#include "ca/revocation.hpp"
#include "ca/root_apart.hpp"
#include "ca/root_list.hpp"
#include "ca/roots.hpp"
#include "ca/succession.hpp"
#include "lifecycle/generations.hpp"
#include "server/ceremony_record.hpp"
#include "server/demo/demo_clock.hpp"
#include "server/signer.hpp"
#include "server/verbs.hpp"
#include "server/version.hpp"

namespace inkan::server {
namespace {

constexpr std::size_t kFewestWitnesses = 2;

/// open_keys is where the keys of a ceremony go: the root's to its own medium, where one is named, and so the next root's.
Result<std::unique_ptr<ca::KeyStore>> open_keys(const Config& config, const CeremonyWishes& wishes,
                                                const std::string& next_root = {}) {
  auto keys = open_key_store(config);
  if (keys && !wishes.root.empty()) {
    auto passphrase = read_secret(wishes.root_passphrase_file);
    if (!passphrase) return fail(passphrase);
    keys = ca::keep_root_apart(ca::open_file_key_store(wishes.root, Secret(std::move(*passphrase))), std::move(*keys));
  }
  if (keys && !next_root.empty() && !wishes.next_root.empty()) {
    auto passphrase = read_secret(wishes.next_root_passphrase_file);
    if (!passphrase) return fail(passphrase);
    keys = ca::keep_one_apart(next_root, ca::open_file_key_store(wishes.next_root, Secret(std::move(*passphrase))),
                              std::move(*keys));
  }
  return keys;
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

/// find_roots are the roots of the folder; none before the first ceremony.
Result<ca::Roots> find_roots(const Config& config) {
  auto roots = ca::load_roots(config.ca_folder);
  if (!roots && roots.error().id == "file.not_found") return ca::Roots{};
  return roots;
}

/// lists_of are the roots' own lists.
std::vector<CeremonyList> lists_of(const ca::Roots& roots) {
  std::vector<CeremonyList> lists;
  for (const ca::Root& root : roots.all)
    if (root.list) lists.push_back({.name = ca::root_list_name(root.label), .list = *root.list});
  return lists;
}

std::optional<pki::RevokedEntry> find_revoked(const ca::Roots& roots, const pki::SerialNumber& serial) {
  for (const ca::Root& root : roots.all)
    if (auto revoked = root.list ? ca::find_revoked(*root.list, serial) : std::nullopt) return revoked;
  return std::nullopt;
}

/// kept_at is where a root's key is, as far as this ceremony can see: on one of its media, or with the others.
std::string kept_at(const std::string& root, const Config& config, const CeremonyWishes& wishes) {
  for (const std::filesystem::path& medium : {wishes.root, wishes.next_root})
    if (!medium.empty() && std::filesystem::exists(medium / (root + ".key"))) return medium.string();
  const bool among_others =
      config.ca_token.empty() ? std::filesystem::exists(config.ca_folder / (root + ".key")) : wishes.root.empty();
  if (!among_others) return "この式にはありません (not at this ceremony)";
  return config.ca_token.empty() ? config.ca_folder.string() : config.ca_token;
}

Result<std::vector<CeremonyCertificate>> read_certificates(const Config& config, const ca::CeremonyPlan& plan,
                                                           const ca::Roots& roots, const CeremonyWishes& wishes,
                                                           CeremonyKind kind) {
  const std::string others = config.ca_token.empty() ? config.ca_folder.string() : config.ca_token;
  std::vector<std::pair<std::string, std::string>> labels;
  for (const ca::Root& root : roots.all) labels.emplace_back(root.label, kept_at(root.label, config, wishes));
  if (kind == CeremonyKind::succession)
    for (const ca::CrossCertificate& cross : roots.crosses) labels.emplace_back(cross.label, "–");
  for (const ca::AuthorityPlan& each : plan.authorities) labels.emplace_back(each.id, others);
  std::vector<CeremonyCertificate> certificates;
  for (const auto& [label, place] : labels) {
    auto certificate = ca::read_certificate(config.ca_folder / (label + ".pem"));
    if (!certificate) return fail(certificate);
    auto revoked = find_revoked(roots, certificate->serial());
    certificates.push_back(
        {.label = label, .certificate = std::move(*certificate), .key_place = place, .revoked = std::move(revoked)});
  }
  return certificates;
}

/// hold_against_medium looks at the lists that stay on the roots' own media: where the folder's are older, a revocation would be
/// forgotten.
Result<void> hold_against_medium(const Config& config, const CeremonyWishes& wishes) {
  const auto roots = find_roots(config);
  if (!roots) return fail(roots);
  const std::vector<CeremonyList> here = lists_of(*roots);
  if (wishes.root.empty() || !std::filesystem::is_directory(wishes.root)) return {};
  for (const auto& entry : std::filesystem::directory_iterator(wishes.root)) {
    if (entry.path().extension() != ".crl") continue;
    const auto der = server::read_file(entry.path());
    if (!der) return fail(der);
    const auto kept = pki::Crl::parse(as_bytes(*der));
    if (!kept) return fail(Code::corrupt, "issuer.corrupt", entry.path().string());
    const auto mine = std::ranges::find(here, entry.path().filename().string(), &CeremonyList::name);
    const unsigned long long number = mine == here.end() ? 0 : mine->list.number();
    if (number < kept->number())
      return fail(Code::conflict, "ca.root_list_old",
                  fmt::format("{} in ca.folder is number {}, on the root's medium {}: copy the medium's there first",
                              entry.path().filename().string(), number, kept->number()));
  }
  return {};
}

Result<void> keep_on_media(const Config& config, const CeremonyWishes& wishes) {
  const auto roots = find_roots(config);
  if (!roots) return fail(roots);
  for (const std::filesystem::path& medium : {wishes.root, wishes.next_root}) {
    if (medium.empty() || !std::filesystem::is_directory(medium)) continue;
    for (const CeremonyList& each : lists_of(*roots))
      if (auto written = write_file(medium / each.name, as_text(each.list.der()), FileMode::open); !written)
        return fail(Code::unavailable, "ceremony.write", written.error().detail);
  }
  return {};
}

/// name_of is when a ceremony began, as a file is called.
std::string name_of(Instant begun) {
  std::string time = to_rfc3339(begun);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return "ceremony-" + time + ".html";
}

/// Opening is what every ceremony begins with: its configuration, its time, and a place for its paper.
struct Opening {
  std::filesystem::path config_file;
  Config config;
  Zone zone;  ///< whose time the paper tells
  std::shared_ptr<const Clock> clock;
  Instant begun;
  std::filesystem::path paper;
};

Result<Opening> open_ceremony(const Where& where, const Config& config, const Zone& zone, const CeremonyWishes& wishes) {
  if (auto checked = check_wishes(wishes); !checked) return fail(checked);
  const auto file = find_config(where);
  if (!file) return fail(file);
  const auto clock = clock_of(where);
  const Instant begun = clock->now();
  const std::filesystem::path paper = wishes.record.empty() ? config.ca_folder / name_of(begun) : wishes.record;
  return Opening{.config_file = *file, .config = config, .zone = zone, .clock = clock, .begun = begun, .paper = paper};
}

/// open_ceremony of an installation whose profiles are as they are.
Result<Opening> open_ceremony(const Where& where, const CeremonyWishes& wishes) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto profiles = load_institutions(*config);
  if (!profiles) return fail(profiles);
  return open_ceremony(where, *config, profiles->front().institution.zone, wishes);
}

/// probe_media makes sure that what goes onto the roots' media can be written there: afterwards it is too late to find out.
Result<void> probe_media(const CeremonyWishes& wishes) {
  for (const std::filesystem::path& medium : {wishes.root, wishes.next_root}) {
    if (medium.empty() || !std::filesystem::is_directory(medium)) continue;
    const std::filesystem::path probe = medium / ".inkan-probe";
    if (auto written = write_file(probe, "", FileMode::open); !written)
      return fail(Code::unavailable, "ceremony.write", written.error().detail);
    std::error_code gone;
    std::filesystem::remove(probe, gone);
  }
  return {};
}

/// may_begin makes sure that the paper and the media can be written later, and that nothing that was revoked would be forgotten.
Result<void> may_begin(const Opening& opening, const CeremonyWishes& wishes) {
  if (!wishes.witnesses.empty() && std::filesystem::exists(opening.paper))
    return fail(Code::conflict, "ceremony.record_exists", opening.paper.string());
  if (auto probed = probe_media(wishes); !probed) return probed;
  return hold_against_medium(opening.config, wishes);
}

/// Ceremony is what has been made, on its way to the paper.
struct Ceremony {
  CeremonyKind kind = CeremonyKind::keys;
  const Opening& opening;
  ca::CeremonyPlan plan;
  std::vector<std::string> made;
};

Result<CeremonyRecord> write_down(const Ceremony& ceremony, const CeremonyWishes& wishes) {
  const Config& settings = ceremony.opening.config;
  const auto roots = find_roots(settings);
  if (!roots) return fail(roots);
  auto certificates = read_certificates(settings, ceremony.plan, *roots, wishes, ceremony.kind);
  if (!certificates) return fail(certificates);
  const auto program = hash_of("/proc/self/exe");
  if (!program) return fail(program);
  const auto config = hash_of(ceremony.opening.config_file);
  if (!config) return fail(config);
  std::optional<Digest> audit_hash;
  if (ceremony.kind == CeremonyKind::keys) {
    const auto audit_key = ca::read_public_key(ca::audit_key_file(settings.ca_folder));
    if (!audit_key) return fail(audit_key);
    audit_hash = audit_key->hash();
  }
  return CeremonyRecord{.kind = ceremony.kind,
                        .begun = ceremony.opening.begun,
                        .ended = {},
                        .operator_name = wishes.operator_name,
                        .witnesses = {},
                        .machine = machine(),
                        .program = std::string("inkan ") + kVersion,
                        .program_hash = *program,
                        .config = ceremony.opening.config_file.string(),
                        .config_hash = *config,
                        .command = wishes.command,
                        .made = ceremony.made,
                        .certificates = std::move(*certificates),
                        .lists = lists_of(*roots),
                        .audit_key = audit_hash};
}

/// ask_witnesses shows each of them the same text and has each confirm it.
Result<std::vector<CeremonyWitness>> ask_witnesses(const CeremonyWishes& wishes, const std::string& shown, const Clock& clock) {
  std::vector<CeremonyWitness> witnesses;
  for (const std::string& name : wishes.witnesses) {
    if (wishes.confirm && !wishes.confirm(name, shown)) return fail(Code::refused, "ceremony.not_confirmed", name);
    witnesses.push_back({.name = name, .confirmed = wishes.confirm ? std::optional(clock.now()) : std::nullopt});
  }
  return witnesses;
}

std::string shown_of(const pki::Certificate& certificate) {
  return fmt::format("{}\n  SHA-256 {}\n", certificate.subject().to_text(), grouped(certificate.fingerprint()));
}

/// put_on_paper writes the record. The witnesses compare what was made now, unless they were `asked` before.
Result<void> put_on_paper(const Ceremony& ceremony, const CeremonyWishes& wishes, std::vector<CeremonyWitness> asked) {
  const Opening& opening = ceremony.opening;
  auto record = write_down(ceremony, wishes);
  if (!record) return fail(record);
  record->witnesses = std::move(asked);
  if (record->witnesses.empty()) {
    std::string shown;
    for (const CeremonyCertificate& each : record->certificates) shown += shown_of(each.certificate);
    auto witnesses = ask_witnesses(wishes, shown, *opening.clock);
    if (!witnesses) return fail(witnesses);
    record->witnesses = std::move(*witnesses);
  }
  record->ended = opening.clock->now();
  if (auto written = write_file(opening.paper, to_html(*record, opening.zone), FileMode::open); !written)
    return fail(Code::unavailable, "ceremony.write", written.error().detail);
  return {};
}

/// close_making ends a ceremony that made something: the lists go onto the media, and the paper is written where there are
/// witnesses. Gives the names of all of it.
Result<Table> close_making(const Ceremony& ceremony, const CeremonyWishes& wishes) {
  if (auto kept = keep_on_media(ceremony.opening.config, wishes); !kept) return fail(kept);
  Table table{.columns = {"made"}, .rows = {}};
  for (const std::string& label : ceremony.made) table.rows.push_back({label});
  if (wishes.witnesses.empty()) return table;
  if (auto written = put_on_paper(ceremony, wishes, {}); !written) return fail(written);
  table.rows.push_back({ceremony.opening.paper.string()});
  return table;
}

/// hold makes what the profiles lack, and the paper where there are witnesses.
Result<Table> hold(const Where& where, const Config& config, const std::vector<Profile>& profiles, const CeremonyWishes& wishes) {
  const auto opening = open_ceremony(where, config, profiles.front().institution.zone, wishes);
  if (!opening) return fail(opening);
  auto plan = plan_ceremony(config, profiles);
  if (!plan) return fail(plan);
  if (auto begun = may_begin(*opening, wishes); !begun) return fail(begun);
  auto made = make_all(config, *plan, wishes, opening->begun);
  if (!made) return fail(made);
  return close_making({.opening = *opening, .plan = std::move(*plan), .made = std::move(*made)}, wishes);
}

/// kRevocationWords say what a witness agrees to.
constexpr std::string_view kRevocationWords =
    "発行CAを失効させます。取り消せません。\nThis issuing CA will be revoked. It cannot be undone.\n  {}, {}, {}\n";

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

Result<Table> ca_revoke(const Where& where, const ca::RevocationPlan& plan, const CeremonyWishes& wishes) {
  const auto opening = open_ceremony(where, wishes);
  if (!opening) return fail(opening);
  const Config& config = opening->config;
  const auto certificate = ca::check_revocation(plan, config.ca_folder);
  if (!certificate && certificate.error().id == "ca.already_revoked") {  // an earlier one may have broken off before the copy
    if (auto held = hold_against_medium(config, wishes); !held) return fail(held);
    if (auto kept = keep_on_media(config, wishes); !kept) return fail(kept);
  }
  if (!certificate) return fail(certificate);
  if (auto begun = may_begin(*opening, wishes); !begun) return fail(begun);
  const auto keys = open_keys(config, wishes);
  if (!keys) return fail(keys);
  // They are asked before the signature, for afterwards there is no way back.
  const std::string shown =
      fmt::format(kRevocationWords, plan.authority, to_text(plan.reason), to_rfc3339(opening->clock->now(), opening->zone)) +
      shown_of(*certificate);
  auto witnesses = ask_witnesses(wishes, shown, *opening->clock);
  if (!witnesses) return fail(witnesses);
  const auto list = ca::revoke_authority(plan, **keys, config.ca_folder, opening->clock->now());
  if (!list) return fail(list);
  if (auto kept = keep_on_media(config, wishes); !kept) return fail(kept);
  Table table{
      .columns = {"authority", "serial", "reason", "revoked_at", "root_list_number", "record"},
      .rows = {{plan.authority, certificate->serial().hex(), std::string(to_text(plan.reason)), to_rfc3339(list->this_update()),
                static_cast<long long>(list->number()), wishes.witnesses.empty() ? Cell() : Cell(opening->paper.string())}}};
  if (wishes.witnesses.empty()) return table;
  ca::CeremonyPlan about{.root_subject = certificate->issuer(), .authorities = {}};
  about.authorities.push_back({.id = plan.authority, .subject = certificate->subject()});
  const Ceremony ceremony{.kind = CeremonyKind::revocation,
                          .opening = *opening,
                          .plan = std::move(about),
                          .made = {"CRL " + std::to_string(list->number())}};
  if (auto written = put_on_paper(ceremony, wishes, std::move(*witnesses)); !written) return fail(written);
  return table;
}

Result<Table> ca_next_root(const Where& where, const CeremonyWishes& wishes) {
  const auto opening = open_ceremony(where, wishes);
  if (!opening) return fail(opening);
  const Config& config = opening->config;
  const auto roots = ca::load_roots(config.ca_folder);
  if (!roots) return fail(roots);
  const std::string label = ca::next_root_label(roots->all.back().label);
  auto subject = next_root_subject(label);
  if (!subject) return fail(subject);
  if (auto begun = may_begin(*opening, wishes); !begun) return fail(begun);
  const auto keys = open_keys(config, wishes, label);
  if (!keys) return fail(keys);
  SystemRng rng;
  auto made = ca::hold_succession({.subject = std::move(*subject), .key = config.ca_root_key, .status_url = config.status_url},
                                  **keys, config.ca_folder, rng, opening->begun);
  if (!made) return fail(made);
  return close_making({.kind = CeremonyKind::succession,
                       .opening = *opening,
                       .plan = {.root_subject = roots->all.front().certificate.subject(), .authorities = {}},
                       .made = std::move(*made)},
                      wishes);
}

}  // namespace inkan::server
