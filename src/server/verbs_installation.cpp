// Verbs on the installation itself: configuration, schema, CA, profiles, health, service.

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/log.hpp"
#include "ca/audit_key.hpp"
#include "ca/openid_key.hpp"
#include "ca/responder.hpp"
#include "ca/roots.hpp"
#include "lifecycle/generations.hpp"
#include "server/demo/demo_clock.hpp"
#include "server/signer.hpp"
#include "server/site.hpp"
#include "server/verbs.hpp"
#include "store/open.hpp"

namespace inkan::server {
namespace {

struct KeyWords {
  const char* key;
  const char* meaning;
};

constexpr KeyWords kKeys[] = {
    {"store.url", "where records are kept: \"sqlite:FILE\" for one node, \"postgresql://…\" for several. Back it up."},
    {"store.node", "this process's name in the audit trail; one process per name. Default: node1"},
    {"ca.folder", "folder of the CA's certificates and encrypted keys, made by `inkan ca init`"},
    {"ca.passphrase_file", "file (mode 0600) with the passphrase of the CA's keys"},
    {"ca.token",
     "instead: PKCS#11 URI (RFC 7512) of the token that keeps the CA's keys, \"pkcs11:token=LABEL?module-path=FILE\". Its keys "
     "never "
     "leave it"},
    {"ca.pin_file", "file (mode 0600) with the token's PIN"},
    {"ca.crl_shards",
     "into how many shards the CRL of an issuing CA is divided, beside the whole one: 2 to 1024. Read when one is made (`inkan "
     "ca "
     "init`, `inkan ca rollover`) and fixed with it. Default: none"},
    {"signer.mode",
     "\"inside\": the CA keys are used in the server's process. \"apart\": in a process of their own, `inkan signer`, which "
     "judges "
     "every order by its own rules and keeps a journal. Default: inside"},
    {"signer.start", "whether `inkan serve` starts the signer itself; false where it is a service of its own. Default: true"},
    {"signer.socket", "Unix socket of the signer. Default: signer.socket in ca.folder"},
    {"signer.journal",
     "file that says what was signed and refused; `inkan audit verify` holds it against the store. Default: signer.journal in "
     "ca.folder"},
    {"signer.client", "user whose processes the signer answers, beside its own and root. Default: none"},
    {"signer.group", "group whose members reach the socket. Default: none, and it is the owner's alone"},
    {"audit.heads",
     "file that signed heads of the audit logs are appended to; keep it, or copies of it, where the database is not. Default: "
     "audit-heads.jsonl beside a SQLite database, else in ca.folder"},
    {"audit.minutes", "how often a head is signed when records were added, 1 to 1440. Default: 5"},
    {"institutions", "folder of institution profiles (*.toml). Default: the shipped ones"},
    {"listen.portal", "ADDRESS:PORT of the login screens: TLS without client certificates"},
    {"listen.login", "ADDRESS:PORT of certificate login and of machines' doors: TLS that asks for a client certificate"},
    {"listen.status", "ADDRESS:PORT of OCSP, CRL and CA certificates: plain HTTP, as RFC 5280 and RFC 6960 have it"},
    {"listen.admin", "ADDRESS:PORT of /livez, /readyz and /metrics: plain HTTP, keep it on loopback"},
    {"listen.workers", "requests worked on at once, 1 to 512. Default: 32"},
    {"listen.proxies",
     "IP addresses of load balancers that pass TLS through unopened and begin each connection by the PROXY protocol (1 or 2), so "
     "that limits count the client. Only theirs is believed. Default: none"},
    {"limits.tries",
     "wrong passwords and codes that one client address (IPv6: a /64) may try at once, at the doors that need no certificate; "
     "then 429. 0: no limit. Default: 60"},
    {"limits.tries_per_minute", "how many of them come back in a minute. Default: 6"},
    {"limits.addresses", "client addresses remembered, about 150 bytes each. Default: 65536"},
    {"addresses.machines", "how machines reach listen.login from outside: https://HOST[:PORT]"},
    {"addresses.status", "how anyone reaches listen.status: http://HOST[:PORT]. Certificates carry it: choose it for ten years"},
    {"site.institution", "the institution whose pages these are"},
    {"site.portal", "origin of its login screen: https://HOST[:PORT]"},
    {"site.login_suffix", "login hosts are LABEL.login_suffix; DNS and the server certificate must cover *.login_suffix"},
    {"site.login_port", "port of the login hosts as seen from outside. Default: 443"},
    {"server_certificate.host", "host a server certificate is for, exact or \"*.suffix\""},
    {"server_certificate.chain", "PEM file, leaf first"},
    {"server_certificate.key", "PEM file of its key"},
    {"registration_authority.institution", "institution whose bulk door the certificate may use"},
    {"registration_authority.certificate", "PEM file of the bank's registration authority's client certificate"},
    {"rest_client.institution", "institution for which a system of the bank may use the REST door"},
    {"rest_client.name", "how the audit trail names it; small letters, digits and '-'"},
    {"rest_client.certificate", "PEM file of its client certificate; the bytes count, not who signed it"},
    {"rest_client.rights", "list of what it may do: read, events, entitle, issue, revoke. entitle and issue do not go together"},
    {"gatekeeper.institution", "institution about whose certificates a reverse proxy may ask at /forward-auth/ID"},
    {"gatekeeper.certificate", "PEM file of that proxy's client certificate"},
    {"oidc_client.institution", "institution whose customers log in to an application of the bank's (OpenID Connect)"},
    {"oidc_client.id", "its client_id; the audit trail bears it; small letters, digits and '-'"},
    {"oidc_client.name", "what customers know it by; the login screen says it"},
    {"oidc_client.redirect_uris", "list of https addresses that a customer may be sent back to; compared byte for byte"},
    {"oidc_client.logout_uris", "list of https addresses that a customer may be sent to after a logout. Default: none"},
    {"oidc_client.certificate",
     "PEM file of its client certificate; the bytes count, not who signed it. Two in it while one takes the other's place"},
    {"oidc_client.backchannel_logout_uri",
     "https address that is told by POST when a login is over (Back-Channel Logout 1.0). Default: none, and it has to ask"},
    {"oidc_client.trust", "PEM file of the CA of the server certificate there. Default: the system's store"},
    {"webhook.institution", "institution whose events a system of the bank is told as they come"},
    {"webhook.name", "how the audit trail names it; small letters, digits and '-'. What it was told stands under this name"},
    {"webhook.url", "https address that takes the events by POST, and answers 2xx once it has them"},
    {"webhook.secret_file",
     "file (mode 0600) with 16 random characters or more: each delivery is signed with it (Inkan-Signature)"},
    {"webhook.trust", "PEM file of the CA of its server certificate. Default: the system's store"},
    {"app.file", "file of the customer's program, offered on the download page. Default: none, and the page says so"},
    {"console.listen",
     "ADDRESS:PORT of the bank's own desk: TLS that takes certificates of console.client_ca alone. Without [console] there is no "
     "desk"},
    {"console.origin", "origin of the desk as staff type it: https://HOST[:PORT]; a [[server_certificate]] must be for its host"},
    {"console.client_ca",
     "PEM files with the CA certificates of the bank's own PKI; who of its people may enter, `inkan staff add` says"},
    {"console.client_crl",
     "DER or PEM files with those CAs' revocation lists, read again each minute. With any, a certificate that no current list "
     "speaks for is refused. Default: none, and `inkan staff remove` alone ends somebody's rights"},
    {"mail.relay", "smtp://HOST:PORT of the mail relay; STARTTLS and AUTH are demanded. Without it letters wait"},
    {"mail.user", "user name at the relay"},
    {"mail.password_file", "file (mode 0600) with the password at the relay"},
    {"mail.trust", "PEM file of the relay's CA. Default: the system's"},
    {"mail.sender", "address the letters come from"},
    {"mail.smime_certificate", "PEM file of the sender's S/MIME certificate and its chain, leaf first. Without it, no S/MIME"},
    {"mail.smime_key", "PEM file (mode 0600) of its key"},
    {"mail.smime_exclude",
     "domains whose recipients get letters without S/MIME. Default: hotmail, outlook, live, msn and the mobile carriers'"},
    {"mail.dkim.domain", "domain a DKIM key signs for: the sender's or one above it. [[mail.dkim]] may stand several times"},
    {"mail.dkim.selector", "the public key is published as TXT at SELECTOR._domainkey.DOMAIN"},
    {"mail.dkim.key", "PEM file (mode 0600) of the key: RSA of 2048 bits or more, or Ed25519"},
    {"mail.bounce_domain", "envelope senders are bounces+…@DOMAIN, one per letter; the domain's MX delivers to mail.bounces"},
    {"mail.bounce_key_file", "file (mode 0600) with 16 random characters or more: no bounce can be forged without it"},
    {"mail.bounces", "Maildir that mail for bounces+…@DOMAIN is delivered to; inkan must be able to move files in it"},
};

}  // namespace

Result<std::filesystem::path> find_config(const Where& where) {
  if (where.config.empty() == where.demo.empty())
    return fail(Code::invalid, "usage.where", "name one installation: --config FILE, or --dir DIR of a demo");
  return where.demo.empty() ? where.config : where.demo / "inkan.toml";
}

Result<Config> config_of(const Where& where) {
  const auto path = find_config(where);
  return path ? load_config(*path) : fail(path);
}

Result<std::unique_ptr<Bank>> open_bank(const Where& where) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  std::shared_ptr<const Clock> clock = std::make_shared<MachineClock>();
  if (!where.demo.empty()) clock = demo::open_clock(where.demo);
  return Bank::open(*config, std::move(clock), {.node = "operator", .migrate = false, .step = {}});
}

Result<Table> config_check(const Where& where) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto profiles = load_institutions(*config);
  if (!profiles) return fail(profiles);
  return Table{.columns = {"result", "institutions"}, .rows = {{std::string("good"), static_cast<long long>(profiles->size())}}};
}

Result<Table> config_show(const Where& where) {
  const auto path = find_config(where);
  if (!path) return fail(path);
  const auto values = list_config(*path);
  if (!values) return fail(values);
  Table table{.columns = {"key", "value", "origin"}, .rows = {}};
  for (const ConfigValue& value : *values) table.rows.push_back({value.key, value.value, value.origin});
  return table;
}

Result<Table> config_explain(const std::string& key) {
  Table table{.columns = {"key", "meaning"}, .rows = {}};
  for (const KeyWords& known : kKeys)
    if (key == known.key) table.rows.push_back({key, std::string(known.meaning)});
  if (table.rows.empty()) return fail(Code::not_found, "config.unknown_key", key);
  return table;
}

Result<Table> migrate_status(const Where& where) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto status = store::migration_status(config->store);
  if (!status) return fail(status);
  return Table{.columns = {"schema", "newest"},
               .rows = {{static_cast<long long>(status->current), static_cast<long long>(status->newest)}}};
}

Result<Table> migrate_up(const Where& where) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto status = store::migrate(config->store);
  if (!status) return fail(status);
  return Table{.columns = {"schema", "newest"},
               .rows = {{static_cast<long long>(status->current), static_cast<long long>(status->newest)}}};
}

Result<Table> ca_status(const Where& where) {
  auto bank = open_bank(where);
  if (!bank) return fail(bank);
  Table table{.columns = {"authority", "signs", "subject", "serial", "not_after", "crl_number", "crl_next_update", "crl_shards",
                          "revoked_at", "reason"},
              .rows = {}};
  const auto signs = [&](const ca::AuthorityId& id) {
    return std::ranges::any_of((*bank)->institutions().all(),
                               [&](const auto& each) { return each.authority == id && !each.revoked.contains(id); });
  };
  for (const ca::Authority& authority : (*bank)->issuer().authorities()) {
    const auto crl = (*bank)->status().crl_head(authority.id);
    table.rows.push_back(
        {authority.id, signs(authority.id), authority.certificate.subject().to_text(), authority.certificate.serial().hex(),
         to_rfc3339(authority.certificate.not_after()), crl ? Cell(static_cast<long long>(crl->number)) : Cell(),
         crl ? Cell(to_rfc3339(crl->next_update)) : Cell(), static_cast<long long>(authority.addresses.crl_shards),
         authority.revoked ? Cell(to_rfc3339(authority.revoked->revoked_at)) : Cell(),
         authority.revoked ? Cell(std::string(to_text(authority.revoked->reason))) : Cell()});
  }
  return table;
}

Result<Table> institution_list(const Where& where) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  const auto profiles = load_institutions(*config);
  if (!profiles) return fail(profiles);
  Table table{.columns = {"id", "document", "name", "authority", "window_days", "grace_days"}, .rows = {}};
  for (const Profile& profile : *profiles) {
    const auto& institution = profile.institution;
    table.rows.push_back({institution.id, institution.document, institution.name, institution.authority,
                          static_cast<long long>(institution.renewal.window_days),
                          static_cast<long long>(institution.acquisition.grace_days)});
  }
  return table;
}

Result<Table> institution_show(const Where& where, const std::string& id) {
  auto all = institution_list(where);
  if (!all) return all;
  std::erase_if(all->rows, [&](const auto& row) { return row.front() != Cell(id); });
  if (all->rows.empty()) return fail(Code::not_found, "institution.unknown", id);
  return all;
}

Result<Table> institution_test(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return fail(text);
  Table table{.columns = {"result", "finding"}, .rows = {}};
  for (const Error& error : check_profile(*text, file.string())) table.rows.push_back({std::string("bad"), error.detail});
  if (table.rows.empty()) table.rows.push_back({std::string("good"), Cell()});
  return table;
}

namespace {

/// check_responders holds the responders' certificates against their renewal, which nobody has to ask for: one that ends within
/// two weeks was due sixteen days ago.
Result<void> check_responders(const Config& config, Instant now) {
  constexpr std::chrono::days kOverdue{14};
  const auto terms = ca::responder_terms(config.ca_folder);
  if (!terms) return fail(terms);
  for (const ca::ResponderTerm& term : *terms)
    if (term.not_after - now < kOverdue)
      return fail(Code::expired, "responder.ends", term.authority + " " + to_rfc3339(term.not_after));
  return {};
}

/// check_root_lists tells in time that a ceremony must renew a root's list, which needs that root's key.
Result<void> check_root_lists(const Config& config, Instant now) {
  constexpr std::chrono::days kSoon{60};
  const auto roots = ca::load_roots(config.ca_folder);
  if (!roots) return fail(roots);
  for (const ca::Root& root : roots->all) {
    const auto& list = root.list;
    if (!list)
      return fail(Code::not_found, "crl.root_missing", root.label + ": hold the ceremony again with its key: inkan ca init");
    if (list->next_update() - now < kSoon)
      return fail(Code::expired, "crl.root_ends",
                  root.label + " " + to_rfc3339(list->next_update()) + ": inkan ca init with its key");
  }
  return {};
}

}  // namespace

Result<Table> doctor(const Where& where) {
  Table table{.columns = {"check", "result", "detail"}, .rows = {}};
  const auto note = [&](const char* what, const auto& result) {
    table.rows.push_back({std::string(what), std::string(result ? "good" : "bad"),
                          result ? Cell() : Cell(result.error().id + " " + result.error().detail)});
    return static_cast<bool>(result);
  };
  const auto config = config_of(where);
  if (!note("configuration", config)) return table;
  if (!note("institutions", load_institutions(*config))) return table;
  auto bank = open_bank(where);
  if (!note("store and CA", bank)) return table;
  note("durable commit", (*bank)->store().health());
  note("issuing CAs", lifecycle::judge_authorities((*bank)->services()));
  note("signature", (*bank)->issuer().health());
  for (const ca::Authority& authority : (*bank)->issuer().authorities()) {
    auto crl = (*bank)->status().crl_head(authority.id);
    if (crl && crl->next_update < (*bank)->clock().now()) crl = fail(Code::expired, "crl.expired", authority.id);
    note("CRL", crl);
    auto shard = (*bank)->status().shards_head(authority);
    if (shard && !*shard) continue;
    if (shard && (*shard)->head.next_update < (*bank)->clock().now()) shard = fail(Code::expired, "crl.expired", (*shard)->list);
    note("CRL shards", shard);
  }
  note("CRL of the root", check_root_lists(*config, (*bank)->clock().now()));
  note("OCSP responders", check_responders(*config, (*bank)->clock().now()));
  note("server certificates", load_certificates(*config));
  note("audit key", ca::open_audit_key(config->ca_folder));
  if (!config->oidc_clients.empty()) note("OpenID key", ca::open_openid_key(config->ca_folder));
  return table;
}

void close_on_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int received = 0;
  sigwait(&signals, &received);
}

Result<void> serve(const Where& where) {
  const auto config = config_of(where);
  if (!config) return fail(config);
  close_on_signals();
  std::optional<SignerChild> signer;  // ends after everything that signs
  if (config->signer.mode == SignerMode::apart && config->signer.start) signer.emplace(std::filesystem::absolute(where.config));
  auto bank = Bank::open(*config, std::make_shared<MachineClock>(), {});
  if (!bank) return fail(bank);
  const auto certificates = load_certificates(*config);
  if (!certificates) return fail(certificates);
  auto site = Site::open(**bank, *certificates);
  if (!site) return fail(site);
  if (config->store.starts_with("sqlite:"))
    if (auto recovered = (*site)->jobs().recover(); !recovered) return recovered;
  (*site)->start_jobs();
  log(LogLevel::info, "server", "server.ready", {{"node", config->node}});
  wait_for_signal();
  (*site)->stop();
  log(LogLevel::info, "server", "server.stopped");
  return {};
}

}  // namespace inkan::server
