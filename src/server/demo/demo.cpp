#include "server/demo/demo.hpp"
#include "base/file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/log.hpp"
#include "ca/audit_key.hpp"
#include "ca/delegate.hpp"
#include "ca/openid_key.hpp"
#include "server/demo/control.hpp"
#include "server/demo/history.hpp"
#include "server/demo/mail_sink.hpp"
#include "server/demo/ports.hpp"
#include "server/demo/report.hpp"
#include "server/demo/staff.hpp"
#include "server/demo/trust.hpp"
#include "server/site.hpp"
#include "server/verbs.hpp"
#include "store/open.hpp"

namespace inkan::server::demo {
namespace {

Result<void> prepare_state(const DemoOptions& options, const std::vector<Profile>& profiles, DemoState& state, Rng& rng) {
  if (state.portal_port != 0) return {};
  const auto first = find_ports(options.port, 6);
  if (!first) return fail(first);
  state.portal_port = *first;
  state.login_port = static_cast<std::uint16_t>(*first + 1);
  state.status_port = static_cast<std::uint16_t>(*first + 2);
  state.admin_port = static_cast<std::uint16_t>(*first + 3);
  state.mail_port = static_cast<std::uint16_t>(*first + 4);
  state.console_port = static_cast<std::uint16_t>(*first + 5);
  state.ca_passphrase = make_token(rng, 24);
  state.mail_password = make_token(rng, 16);
  state.ra_password = make_code(rng);
  std::vector<lifecycle::Institution> chosen;
  for (const Profile& profile : profiles) {
    const std::string& id = profile.institution.id;
    const auto& wanted = options.institutions;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), id) == wanted.end()) continue;
    state.institutions.push_back(id);
    chosen.push_back(profile.institution);
  }
  if (state.institutions.empty())
    return fail(Code::not_found, "institution.unknown", "--institutions names none of the shipped ones");
  state.holders = plan_holders(chosen, rng);
  state.staff = plan_staff(state.institutions, rng);
  return {};
}

/// write_machine makes the client identity of one of the bank's other machines, once.
Result<void> write_machine(const std::filesystem::path& dir, const std::string& file, const std::string& name,
                           const DemoState& state) {
  if (std::filesystem::exists(dir / (file + ".pem"))) return {};
  const auto identity = Trust::client_identity(name, Secret(state.ra_password));
  if (!identity) return fail(identity);
  if (auto written = write_file(dir / (file + ".p12"), as_text(identity->p12)); !written) return written;
  return write_file(dir / (file + ".pem"), identity->certificate_pem);
}

/// write_identities puts in place what `inkan serve` would be given by the bank: server certificates, secrets, the certificates
/// of the bank's other machines.
Result<void> write_identities(const std::filesystem::path& dir, const DemoState& state, const Trust& trust) {
  std::vector<std::string> hosts = {"localhost", kConsoleHost};
  for (const std::string& id : state.institutions) {
    hosts.push_back(id + ".localhost");
    hosts.push_back("*." + id + ".localhost");
  }
  for (const std::string& host : hosts) {
    const auto certificate = trust.certificate(host);
    if (!certificate) return fail(certificate);
    const std::string stem = host.starts_with("*.") ? "any." + host.substr(2) : host;
    if (auto written = write_file(dir / "tls" / (stem + ".pem"), certificate->chain_pem); !written) return written;
    if (auto written = write_file(dir / "tls" / (stem + ".key"), certificate->key_pem); !written) return written;
  }
  if (auto written = write_file(dir / "trust.pem", trust.root_pem()); !written) return written;
  if (auto written = write_file(dir / "ca" / "passphrase", state.ca_passphrase + "\n"); !written) return written;
  if (auto written = write_file(dir / "mail.password", state.mail_password + "\n"); !written) return written;
  if (auto written = write_staff(dir, state); !written) return written;
  if (auto written = write_machine(dir, "ra", "Inkan demo registration authority", state); !written) return written;
  return write_machine(dir, "gatekeeper", "Inkan demo reverse proxy", state);
}

/// write_post puts in place what letters are signed with and where bounces come to. DKIM keys and the bounce key are kept over
/// restarts, as letters bear their marks; what DNS would say of the former stands beside them.
Result<void> write_post(const std::filesystem::path& dir, const Trust& trust, Rng& rng) {
  for (const char* folder : {"dkim", "bounces", "bounces/new", "bounces/cur"})
    if (auto made = make_folder(dir / folder); !made) return made;
  const auto identity = trust.mail_identity(kSender);
  if (!identity) return fail(identity);
  if (auto written = write_file(dir / "tls" / "mail.pem", identity->chain_pem); !written) return written;
  if (auto written = write_file(dir / "tls" / "mail.key", identity->key_pem); !written) return written;
  for (const auto& [selector, type] : {std::pair{"rsa", "RSA"}, std::pair{"ed25519", "ED25519"}}) {
    const std::filesystem::path key_path = dir / "dkim" / (std::string(selector) + ".key");
    if (std::filesystem::exists(key_path)) continue;
    const auto key = Trust::dkim_key(type);
    if (!key) return fail(key);
    const std::string name = fmt::format("{}._domainkey.{}.txt", selector, kSenderDomain);
    if (auto written = write_file(dir / "dkim" / name, key->record + "\n"); !written) return written;
    if (auto written = write_file(key_path, key->key_pem); !written) return written;
  }
  if (std::filesystem::exists(dir / "bounce.key")) return {};
  return write_file(dir / "bounce.key", make_token(rng, 16) + "\n");
}

Result<std::unique_ptr<MailSink>> start_mail(const std::filesystem::path& dir, const DemoState& state, const Clock& clock) {
  const auto chain = read_file(dir / "tls" / "localhost.pem");
  if (!chain) return fail(chain);
  const auto key = read_file(dir / "tls" / "localhost.key");
  if (!key) return fail(key);
  return MailSink::start({.folder = dir / "mail",
                          .bounces = dir / "bounces",
                          .port = state.mail_port,
                          .certificate_pem = *chain,
                          .key_pem = *key,
                          .user = "inkan",
                          .password = Secret(state.mail_password),
                          .clock = clock});
}

/// start_over forgets a history that was broken off, so that the next one begins on an empty record.
void start_over(const std::filesystem::path& dir) {
  std::error_code ignored;
  for (const char* name :
       {"inkan.db", "inkan.db-wal", "inkan.db-shm", "audit-heads.jsonl", "ca", "mail", "bounces", "holders", "clock"})
    std::filesystem::remove_all(dir / name, ignored);
}

/// answer_control moves the clock day by day, so that each day's jobs see their day, and lets them run to their end.
std::string answer_control(const std::string& line, DemoClock& clock, Jobs& jobs, const Zone& zone) {
  const auto target = parse_move(line, clock.now());
  if (!target) return "error " + target.error().id + " " + target.error().detail;
  while (zone.day_of(clock.now()) < zone.day_of(*target)) {
    const Instant next_day = zone.start_of(zone.day_of(clock.now()) + std::chrono::days{1});
    if (auto moved = clock.run(std::min(next_day, *target)); !moved) return "error " + moved.error().id;
    jobs.run_due();
  }
  if (auto moved = clock.run(std::max(*target, clock.now())); !moved) return "error " + moved.error().id;
  jobs.run_due();
  return "now " + to_rfc3339(clock.now(), zone);
}

}  // namespace

Result<void> run(const DemoOptions& options) {
  close_on_signals();
  const std::filesystem::path dir = std::filesystem::absolute(options.dir);
  if (ask(dir / "control", "ping")) return fail(Code::conflict, "demo.running", "a demo runs in " + dir.string() + " already");
  auto state = load_state(dir / "state.json");
  if (!state) return fail(state);
  if (!state->history_made) start_over(dir);
  for (const char* name : {"", "ca", "tls", "mail", "holders"})
    if (auto made = make_folder(dir / name); !made) return made;

  SystemRng rng;
  const auto shipped = options.profiles.empty() ? shipped_profiles() : load_profiles(options.profiles);
  if (!shipped) return fail(shipped);
  if (auto prepared = prepare_state(options, *shipped, *state, rng); !prepared) return prepared;
  if (auto saved = save_state(dir / "state.json", *state); !saved) return saved;
  if (auto copied = write_profiles(dir / "institutions", state->institutions, options.profiles); !copied) return copied;
  if (auto written = write_file(dir / "inkan.toml", to_config_text(*state)); !written) return written;
  const auto trust = Trust::open(dir / "tls");
  if (!trust) return fail(trust);
  if (auto written = write_identities(dir, *state, *trust); !written) return written;
  if (auto written = write_post(dir, *trust, rng); !written) return written;

  const auto clock = std::make_shared<DemoClock>(dir / "clock");
  const Instant now = options.at.value_or(clock->now());
  const auto config = load_config(dir / "inkan.toml");
  if (!config) return fail(config);
  const auto profiles = load_institutions(*config);
  if (!profiles) return fail(profiles);
  const auto plan = plan_ceremony(*config, *profiles);
  if (!plan) return fail(plan);
  const auto keys = ca::open_file_key_store(config->ca_folder, Secret(state->ca_passphrase));
  if (!state->history_made) {
    std::vector<lifecycle::Institution> institutions;
    for (const Profile& profile : *profiles) institutions.push_back(profile.institution);
    clock->freeze(history_begins(institutions, now));
    if (auto held = ca::hold_ceremony(*plan, *keys, config->ca_folder, rng, clock->now()); !held) return fail(held);
    if (auto made = ca::make_delegates(*plan, *keys, config->ca_folder, rng, clock->now()); !made) return fail(made);
    if (auto made = ca::make_audit_key(config->ca_folder, rng); !made) return fail(made);
    if (auto made = ca::make_openid_key(config->ca_folder, rng); !made) return fail(made);
  } else if (options.at) {
    if (now < clock->now()) return fail(Code::refused, "demo.clock_back", "a demo's time never runs back; use another --dir");
    if (auto moved = clock->run(now); !moved) return moved;
  }
  // This year's ceremony: it renews the root's list, and leaves the rest as it is.
  if (auto held = ca::hold_ceremony(*plan, *keys, config->ca_folder, rng, now); !held) return fail(held);

  auto bank = Bank::open(*config, clock, {.node = {}, .migrate = true, .step = {}});
  if (!bank) return fail(bank);
  const auto sink = start_mail(dir, *state, *clock);
  if (!sink) return fail(sink);
  const auto certificates = load_certificates(*config);
  if (!certificates) return fail(certificates);
  auto site = Site::open(**bank, *certificates);
  if (!site) return fail(site);
  if (auto recovered = (*site)->jobs().recover(); !recovered) return recovered;
  if (auto hired = hire(**bank, dir, *state); !hired) return hired;  // before the past, in which two of them sign every code
  if (!state->history_made) {
    std::fprintf(stderr, "inkan demo: living the past of %zu customers …\n", state->holders.size());
    if (auto made = make_history(**bank, (*site)->jobs(), *clock, dir / "holders", *state, now); !made) return made;
    state->history_made = true;
    if (auto saved = save_state(dir / "state.json", *state); !saved) return saved;
  }
  (*site)->jobs().run_due();
  (*site)->start_jobs();

  const Zone zone = profiles->front().institution.zone;
  const auto control = Control::start(dir / "control", [&](const std::string& line) {
    return line == "ping" ? std::string("pong") : answer_control(line, *clock, (*site)->jobs(), zone);
  });
  if (!control) return fail(control);
  if (auto written = write_report(dir, *state, **bank, zone); !written) return written;
  print_guide(dir, *state);
  wait_for_signal();
  (*site)->stop();
  std::error_code ignored;
  std::filesystem::remove(dir / "demo.json", ignored);
  std::fprintf(stderr, "inkan demo: stopped; start it again with the same --dir to go on\n");
  return {};
}

Result<std::string> move_clock(const std::filesystem::path& dir, const std::string& how, const std::string& value) {
  auto answer = ask(std::filesystem::absolute(dir) / "control", how + " " + value);
  if (!answer) return answer;
  if (answer->starts_with("now ")) return answer->substr(4);
  return fail(Code::refused, "demo.clock", *answer);
}

}  // namespace inkan::server::demo
