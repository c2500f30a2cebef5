#include "server/config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>

#include "base/text.hpp"
#include "ca/issuer.hpp"
#include "mail/smime.hpp"
#include "net/client.hpp"
#include "server/toml.hpp"
#include "wire/rest_client.hpp"

namespace inkan::server {
namespace {

Address read_address(Section& section, const std::string& key) {
  const std::string text = section.text(key);
  const auto colon = text.rfind(':');
  Address address;
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const bool good = colon != std::string::npos && colon > 0 && std::from_chars(text.data() + colon + 1, end, port).ptr == end &&
                    port <= 65535 && colon + 1 < text.size();
  if (!good) {
    if (!text.empty()) section.refuse(key, "must read ADDRESS:PORT");
    return address;
  }
  return {text.substr(0, colon), static_cast<std::uint16_t>(port)};
}

std::string read_origin(Section& section, const std::string& key, const std::string& scheme) {
  const std::string text = section.text(key);
  if (!text.empty() && (!text.starts_with(scheme) || text.ends_with('/')))
    section.refuse(key, "must begin with " + scheme + " and have no / at its end");
  return text;
}

std::filesystem::path read_path(Section& section, const std::string& key, const std::filesystem::path& base) {
  const std::string text = section.text(key);
  return text.empty() ? std::filesystem::path() : base / text;
}

void read_listeners(Section section, Config& config) {
  config.portal = read_address(section, "portal");
  config.login = read_address(section, "login");
  config.status = read_address(section, "status");
  config.admin = read_address(section, "admin");
  config.workers = section.number("workers", 1, 512, config.workers);
  if (section.has("proxies")) config.proxies = section.texts("proxies");
  for (const std::string& proxy : config.proxies)
    if (net::address_prefix(proxy) == proxy) section.refuse("proxies", "\"" + proxy + "\" is no IP address");
}

void read_limits(Section section, net::TryLimit& limits) {
  limits.tries = section.number("tries", 0, 1'000'000, limits.tries);
  limits.per_minute = section.number("tries_per_minute", 1, 1'000'000, limits.per_minute);
  limits.addresses = static_cast<std::size_t>(section.number("addresses", 1, 10'000'000, static_cast<int>(limits.addresses)));
}

void read_sites(Section& file, Config& config) {
  for (Section site : file.sections("site"))
    config.sites.push_back({.institution = site.text("institution"),
                            .portal = read_origin(site, "portal", "https://"),
                            .login_suffix = site.text("login_suffix"),
                            .login_port = static_cast<std::uint16_t>(site.number("login_port", 1, 65535, 443))});
  if (config.sites.empty()) file.refuse("site", "at least one [[site]] is needed");
}

/// read_together reads keys that make sense only all at once; it gives whether they are there.
bool read_together(Section& section, std::initializer_list<const char*> keys) {
  const auto given = std::ranges::count_if(keys, [&](const char* key) { return section.has(key); });
  for (const char* key : keys)
    if (given > 0 && !section.has(key)) section.refuse(key, fmt::format("must be there beside {}", fmt::join(keys, ", ")));
  return given == static_cast<std::ptrdiff_t>(keys.size());
}

void read_signatures(Section& section, const std::filesystem::path& base, MailRelay& mail) {
  if (read_together(section, {"smime_certificate", "smime_key"})) {
    mail.smime_certificate = read_path(section, "smime_certificate", base);
    mail.smime_key = read_path(section, "smime_key", base);
    mail.smime_exclude = section.has("smime_exclude") ? section.texts("smime_exclude") : mail::unsigned_domains();
  }
  for (Section entry : section.sections("dkim"))
    mail.dkim.push_back(
        {.domain = entry.text("domain"), .selector = entry.text("selector"), .key = read_path(entry, "key", base)});
}

void read_signer(Section section, const std::filesystem::path& base, Config& config) {
  SignerPlace& signer = config.signer;
  const std::string mode = section.text("mode", "inside");
  if (mode != "inside" && mode != "apart") section.refuse("mode", "must be \"inside\" or \"apart\"");
  signer.mode = mode == "apart" ? SignerMode::apart : SignerMode::inside;
  signer.start = section.flag("start", true);
  signer.socket = section.has("socket") ? read_path(section, "socket", base) : config.ca_folder / "signer.socket";
  signer.journal = section.has("journal") ? read_path(section, "journal", base) : config.ca_folder / "signer.journal";
  signer.client = section.text("client", "");
  signer.group = section.text("group", "");
}

/// read_audit needs store and CA: the heads stand beside the database's file, or where there is none in the CA's folder.
void read_audit(Section section, const std::filesystem::path& base, Config& config) {
  const std::string sqlite = "sqlite:";
  const std::filesystem::path place = config.store.starts_with(sqlite)
                                          ? std::filesystem::path(config.store.substr(sqlite.size())).parent_path()
                                          : config.ca_folder;
  config.audit.heads = section.has("heads") ? read_path(section, "heads", base) : place / "audit-heads.jsonl";
  config.audit.every = std::chrono::minutes{section.number("minutes", 1, 1440, 5)};
}

std::optional<ConsoleAddress> read_console(Section& file, const std::filesystem::path& base) {
  if (!file.has("console")) return {};
  Section section = file.section("console");
  ConsoleAddress console{.listen = read_address(section, "listen"),
                         .origin = read_origin(section, "origin", "https://"),
                         .client_ca = {},
                         .client_crl = {}};
  for (const std::string& path : section.texts("client_ca")) console.client_ca.push_back(base / path);
  for (const std::string& path : section.texts("client_crl")) console.client_crl.push_back(base / path);
  if (console.client_ca.empty()) section.refuse("client_ca", "must name the CA certificates of the bank's own PKI");
  return console;
}

void read_mail(Section section, const std::filesystem::path& base, MailRelay& mail) {
  mail.url = section.text("relay", "");
  if (mail.url.empty()) return;
  mail.user = section.text("user");
  mail.password_file = read_path(section, "password_file", base);
  mail.trust = section.has("trust") ? read_path(section, "trust", base) : std::filesystem::path();
  mail.sender = section.text("sender");
  read_signatures(section, base, mail);
  if (!read_together(section, {"bounce_domain", "bounce_key_file", "bounces"})) return;
  mail.bounce_domain = section.text("bounce_domain");
  mail.bounce_key_file = read_path(section, "bounce_key_file", base);
  mail.bounces = read_path(section, "bounces", base);
}

/// read_system_name reads what the audit trail will call a system.
std::string read_system_name(Section& entry, const char* key = "name") {
  std::string name = entry.text(key);
  const bool plain =
      std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (name.empty() || name.size() > 32 || !plain)
    entry.refuse(key, "must be 1 to 32 small letters, digits and '-': the audit trail bears it");
  return name;
}

WebhookFile read_webhook(Section& entry, const std::filesystem::path& base) {
  WebhookFile hook{.institution = entry.text("institution"),
                   .name = read_system_name(entry),
                   .url = entry.text("url"),
                   .secret_file = read_path(entry, "secret_file", base),
                   .trust = entry.has("trust") ? read_path(entry, "trust", base) : std::filesystem::path()};
  if (const auto url = net::parse_url(hook.url); !url || !url->tls) entry.refuse("url", "must be an https address");
  return hook;
}

RestClientFile read_rest_client(Section& entry, const std::filesystem::path& base) {
  RestClientFile client{.institution = entry.text("institution"),
                        .name = read_system_name(entry),
                        .certificate = read_path(entry, "certificate", base),
                        .rights = entry.texts("rights")};
  std::set<wire::Right> rights;
  for (const std::string& text : client.rights) {
    const auto right = wire::parse_right(text);
    if (!right) entry.refuse("rights", "must be of \"read\", \"events\", \"entitle\", \"issue\", \"revoke\"");
    if (right) rights.insert(*right);
  }
  if (rights.empty()) entry.refuse("rights", "must name what this system may do");
  if (const auto apart = wire::judge_rights(rights); !apart) entry.refuse("rights", apart.error().detail);
  return client;
}

/// read_uris reads addresses of an application. They are held against what comes byte for byte, so they must be written as they
/// come, and whole: no fragment (OpenID Connect Core 1.0, 3.1.2.1).
std::vector<std::string> read_uris(Section& entry, const char* key) {
  std::vector<std::string> uris = entry.texts(key);
  for (const std::string& uri : uris)
    if (const auto url = net::parse_url(uri); !url || !url->tls) entry.refuse(key, "must be https addresses without #");
  return uris;
}

OidcClientFile read_oidc_client(Section& entry, const std::filesystem::path& base) {
  OidcClientFile client{.institution = entry.text("institution"),
                        .id = read_system_name(entry, "id"),
                        .name = entry.text("name"),
                        .redirect_uris = read_uris(entry, "redirect_uris"),
                        .logout_uris = entry.has("logout_uris") ? read_uris(entry, "logout_uris") : std::vector<std::string>(),
                        .certificate = read_path(entry, "certificate", base),
                        .logout_call = entry.has("backchannel_logout_uri") ? entry.text("backchannel_logout_uri") : std::string(),
                        .trust = entry.has("trust") ? read_path(entry, "trust", base) : std::filesystem::path()};
  const auto called = net::parse_url(client.logout_call);
  if (!client.logout_call.empty() && (!called || !called->tls))
    entry.refuse("backchannel_logout_uri", "must be an https address without #");
  if (client.redirect_uris.empty()) entry.refuse("redirect_uris", "must name where customers are sent back to");
  if (client.name.empty() || !is_plain_text(client.name)) entry.refuse("name", "must be what customers know it by");
  return client;
}

Result<Config> read_config(Section& file, const std::filesystem::path& base) {
  Config config;
  Section store = file.section("store");
  config.store = store.text("url");
  if (config.store.starts_with("sqlite:") && !config.store.starts_with("sqlite:/"))
    config.store = "sqlite:" + (base / config.store.substr(7)).string();
  config.node = store.text("node", config.node);
  Section ca = file.section("ca");
  config.ca_folder = read_path(ca, "folder", base);
  config.ca_root_key = read_key_algorithm(ca, "root_key", config.ca_root_key);
  if (read_together(ca, {"token", "pin_file"})) {
    config.ca_token = ca.text("token");
    config.ca_pin_file = read_path(ca, "pin_file", base);
  } else {
    config.ca_passphrase_file = read_path(ca, "passphrase_file", base);
  }
  if (ca.has("crl_shards")) config.crl_shards = static_cast<unsigned>(ca.number("crl_shards", 2, ca::kMostShards, 2));
  read_signer(file.section("signer"), base, config);
  read_audit(file.section("audit"), base, config);
  if (file.has("institutions")) config.institutions = read_path(file, "institutions", base);
  read_listeners(file.section("listen"), config);
  read_limits(file.section("limits"), config.limits);
  Section outside = file.section("addresses");
  config.machines_url = read_origin(outside, "machines", "https://");
  config.status_url = read_origin(outside, "status", "http://");
  read_sites(file, config);
  for (Section entry : file.sections("server_certificate"))
    config.server_certificates.push_back(
        {.host = entry.text("host"), .chain = read_path(entry, "chain", base), .key = read_path(entry, "key", base)});
  for (Section entry : file.sections("registration_authority"))
    config.registration_authorities.push_back(
        {.institution = entry.text("institution"), .certificate = read_path(entry, "certificate", base)});
  for (Section entry : file.sections("rest_client")) config.rest_clients.push_back(read_rest_client(entry, base));
  for (Section entry : file.sections("gatekeeper"))
    config.gatekeepers.push_back(
        {.institution = entry.text("institution"), .certificate = read_path(entry, "certificate", base)});
  for (Section entry : file.sections("oidc_client")) config.oidc_clients.push_back(read_oidc_client(entry, base));
  for (Section entry : file.sections("webhook")) config.webhooks.push_back(read_webhook(entry, base));
  Section app = file.section("app");
  if (app.has("file")) config.app_file = read_path(app, "file", base);
  config.console = read_console(file, base);
  read_mail(file.section("mail"), base, config.mail);
  if (auto closed = file.close(); !closed) return fail(closed);
  return config;
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& name, const std::filesystem::path& base) {
  auto file = Section::parse(text, name);
  if (!file) return fail(file);
  return read_config(*file, base);
}

Result<Config> load_config(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) return fail(text);
  return parse_config(*text, path.string(), std::filesystem::absolute(path).parent_path());
}

Result<std::vector<ConfigValue>> list_config(const std::filesystem::path& path) {
  auto file = Section::load(path);
  if (!file) return fail(file);
  if (auto config = read_config(*file, std::filesystem::absolute(path).parent_path()); !config) return fail(config);
  std::vector<ConfigValue> values;
  for (const Section::Reading& reading : file->readings()) values.push_back({reading.key, reading.value, reading.origin});
  return values;
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::not_found, "config.not_found", path.string());
  return std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Result<std::string> read_secret_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || !std::filesystem::is_regular_file(status))
    return fail(Code::not_found, "config.secret", path.string() + ": no such file");
  using std::filesystem::perms;
  if ((status.permissions() & (perms::group_all | perms::others_all)) != perms::none)
    return fail(Code::refused, "config.secret", path.string() + ": others may read it; use mode 0600");
  auto text = read_file(path);
  if (text && text->empty()) return fail(Code::invalid, "config.secret", path.string() + ": empty");
  return text;
}

Result<std::string> read_secret(const std::filesystem::path& path) {
  auto text = read_secret_file(path);
  if (!text) return text;
  std::string line(trim(std::string_view(*text).substr(0, text->find('\n'))));
  if (line.empty()) return fail(Code::invalid, "config.secret", path.string() + ": empty");
  return line;
}

}  // namespace inkan::server
