#include "server/site.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "ca/delegate.hpp"
#include "ca/responder.hpp"
#include "ca/roots.hpp"
#include "lifecycle/generations.hpp"
#include "pki/certificate.hpp"
#include "server/pem_file.hpp"
#include "server/post.hpp"
#include "server/version.hpp"

namespace inkan::server {
namespace {

/// find_version looks for "inkan-app 0.1.0".
std::string find_version(std::string_view content) {
  constexpr std::string_view kMark = "inkan-app ";
  for (auto at = content.find(kMark); at != std::string_view::npos; at = content.find(kMark, at + 1)) {
    const std::string_view rest = content.substr(at + kMark.size(), 20);
    const std::string_view version = rest.substr(0, rest.find_first_not_of("0123456789."));
    if (std::count(version.begin(), version.end(), '.') == 2) return std::string(version);
  }
  return {};
}

/// version_in finds what a program says of itself, which stands in its file wherever it was built. An installer for Windows says
/// it in its version resource alone, in UTF-16: every other octet is then zero.
std::string version_in(std::string_view content) {
  if (std::string version = find_version(content); !version.empty()) return version;
  std::string narrow(content);
  std::erase(narrow, '\0');
  return find_version(narrow);
}

/// load_program reads the customer's program for its download page. Error: `config.app` when the file is none of ours.
Result<std::optional<web::ProgramFile>> load_program(const std::filesystem::path& file) {
  if (file.empty()) return std::optional<web::ProgramFile>();
  auto content = read_file(file);
  if (!content) return fail(content);
  std::string version = version_in(*content);
  if (version.empty())
    return fail(Code::invalid, "config.app", file.string() + ": does not say which version of inkan-app it is");
  return web::ProgramFile{.name = file.filename().string(), .version = std::move(version), .content = std::move(*content)};
}

/// portal_of is the origin of an institution's pages: the issuer of its ID tokens.
std::string portal_of(const Config& config, const std::string& institution) {
  const auto site = std::ranges::find(config.sites, institution, &SiteAddress::institution);
  return site == config.sites.end() ? std::string() : site->portal;
}

/// make_portal makes the portal; the applications outlive it.
Result<std::unique_ptr<web::Portal>> make_portal(Bank& bank, const Applications& applications,
                                                 std::shared_ptr<net::AddressLimit> tries) {
  auto catalogue = load_catalogues();
  if (!catalogue) return fail(catalogue);
  auto program = load_program(bank.config().app_file);
  if (!program) return fail(program);
  std::map<std::string, web::Origins> origins;
  for (const SiteAddress& site : bank.config().sites)
    origins[site.institution] = {.portal = site.portal, .login_suffix = site.login_suffix, .login_port = site.login_port};
  return web::Portal::make({.services = bank.services(),
                            .login = bank.login(),
                            .enrolment = bank.enrolment(),
                            .recovery = bank.recovery(),
                            .company = bank.company(),
                            .contacts = bank.contacts(),
                            .origins = std::move(origins),
                            .catalogue = std::move(*catalogue),
                            .program = std::move(*program),
                            .tries = std::move(tries),
                            .sign_on = applications.sign_on.get(),
                            .read_id_token = [keys = applications.keys, &config = bank.config()](const std::string& institution,
                                                                                                 std::string_view text) {
                              return read_id_token(*keys, portal_of(config, institution), text);
                            }});
}

/// host_of is the host of an origin.
std::string host_of(const std::string& origin) {
  const std::string authority = origin.substr(origin.find("//") + 2);
  return authority.substr(0, authority.find(':'));
}

Result<std::unique_ptr<web::Console>> make_console(Bank& bank) {
  if (!bank.config().console) return std::unique_ptr<web::Console>();
  auto catalogue = load_catalogues();
  if (!catalogue) return fail(catalogue);
  return web::Console::make({.services = bank.services(),
                             .login = bank.login(),
                             .bank_desk = bank.bank_desk(),
                             .origin = bank.config().console->origin,
                             .catalogue = std::move(*catalogue)});
}

/// read_crls reads the lists of the bank's own PKI.
Result<std::vector<std::string>> read_crls(const ConsoleAddress& console) {
  std::vector<std::string> crls;
  for (const std::filesystem::path& path : console.client_crl) {
    auto file = read_file(path);
    if (!file) return fail(file);
    crls.push_back(std::move(*file));
  }
  return crls;
}

/// console_tls is the desk's own TLS: its server certificate alone, and client certificates of the bank's own PKI alone.
Result<net::TlsOptions> console_tls(const ConsoleAddress& console, const std::vector<net::ServerCertificate>& certificates) {
  net::TlsOptions tls{.certificates = {}, .ask_client_certificate = true};
  const std::string host = host_of(console.origin);
  const auto dot = host.find('.');
  const std::string wildcard = dot == std::string::npos ? std::string() : "*" + host.substr(dot);
  for (const net::ServerCertificate& certificate : certificates)
    if (certificate.host == host || certificate.host == wildcard) tls.certificates.push_back(certificate);
  if (tls.certificates.empty())
    return fail(Code::invalid, "config.value", "console.origin: no [[server_certificate]] is for " + host);
  for (const std::filesystem::path& path : console.client_ca) {
    const auto pem = read_file(path);
    if (!pem) return fail(pem);
    const auto authorities = pki::Certificate::parse_pem(*pem);
    if (!authorities || authorities->empty())
      return fail(Code::invalid, "config.value", "console.client_ca: no certificate in " + path.string());
    tls.client_authorities_pem += *pem + "\n";
  }
  auto crls = read_crls(console);
  if (!crls) return fail(crls);
  tls.client_crls = std::move(*crls);
  return tls;
}

/// cmp_signers are the delegates that answer CMP, by authority. An installation made before there were any has none until
/// `inkan ca init` is run again, and its other doors open all the same.
Result<std::map<ca::AuthorityId, wire::CmpSigner>> cmp_signers(const Config& config) {
  auto delegates = ca::open_delegates(config.ca_folder);
  if (!delegates) return fail(delegates);
  std::map<ca::AuthorityId, wire::CmpSigner> signers;
  for (ca::Delegate& each : *delegates) {
    const std::shared_ptr<const ca::SigningKey> key = std::move(each.key);
    signers.emplace(each.authority, wire::CmpSigner{each.certificate, [key](ByteView message) { return key->sign(message); }});
  }
  return signers;
}

/// rest_clients are the bank's other systems. One certificate is one system: what a registration authority shows opens nothing
/// else, and no name or certificate stands twice at an institution.
Result<std::map<std::string, std::vector<wire::RestClient>>> rest_clients(
    Bank& bank, const std::map<std::string, std::vector<Digest>>& registration) {
  std::map<std::string, std::vector<wire::RestClient>> all;
  for (const RestClientFile& file : bank.config().rest_clients) {
    const auto refuse = [&](const char* why) {
      return fail(Code::invalid, "config.value", "rest_client " + file.name + ": " + why);
    };
    if (!bank.institutions().find(file.institution)) return refuse("no such institution");
    const auto certificates = read_pem_file(file.certificate);
    if (!certificates) return fail(certificates);
    if (certificates->size() != 1) return refuse("certificate must hold one certificate");
    wire::RestClient client{.name = file.name, .fingerprint = certificates->front().fingerprint(), .rights = {}};
    for (const std::string& text : file.rights) {
      const auto right = wire::parse_right(text);
      if (!right) return fail(right);
      client.rights.insert(*right);
    }
    const auto authority = registration.find(file.institution);
    if (authority != registration.end() && std::ranges::count(authority->second, client.fingerprint) > 0)
      return refuse("its certificate is a registration authority's");
    for (const wire::RestClient& other : all[file.institution])
      if (other.name == client.name || other.fingerprint == client.fingerprint) return refuse("stands there twice");
    all[file.institution].push_back(std::move(client));
  }
  return all;
}

/// fingerprints reads the client certificates that may use a door, by institution.
template <class Known>
Result<std::map<std::string, std::vector<Digest>>> fingerprints(const std::vector<Known>& known) {
  std::map<std::string, std::vector<Digest>> fingerprints;
  for (const Known& each : known) {
    const auto certificates = read_pem_file(each.certificate);
    if (!certificates) return fail(certificates);
    for (const pki::Certificate& certificate : *certificates) fingerprints[each.institution].push_back(certificate.fingerprint());
  }
  return fingerprints;
}

/// responder_ends reads them anew each time: where the signer is apart, it alone knows when it renewed one.
std::map<ca::AuthorityId, Instant> responder_ends(const std::filesystem::path& folder) {
  std::map<ca::AuthorityId, Instant> ends;
  if (const auto terms = ca::responder_terms(folder))
    for (const ca::ResponderTerm& term : *terms) ends[term.authority] = term.not_after;
  return ends;
}

/// published_roots are the roots and their cross-certificates, as the last ceremony left them.
Result<std::vector<wire::PublishedCa>> published_roots(const Config& config) {
  auto roots = ca::load_roots(config.ca_folder);
  if (!roots) return fail(roots);
  std::vector<wire::PublishedCa> published;
  for (ca::Root& root : roots->all)
    published.push_back({.name = root.label, .certificate = std::move(root.certificate), .list = std::move(root.list)});
  for (ca::CrossCertificate& cross : roots->crosses)
    published.push_back({.name = cross.label, .certificate = std::move(cross.certificate)});
  return published;
}

Result<std::unique_ptr<wire::Door>> make_door(Bank& bank, const Applications& applications,
                                              std::shared_ptr<net::AddressLimit> tries) {
  const Config& config = bank.config();
  std::map<std::string, wire::Addresses> addresses;
  for (const SiteAddress& site : config.sites) {
    const auto institution = bank.institutions().find(site.institution);
    if (!institution) return fail(institution);
    const std::string& id = site.institution;
    const std::string& authority = (*institution)->authority;
    addresses[id] = {.portal = site.portal,
                     .est = config.machines_url + "/.well-known/est/" + id,
                     .cmp = config.machines_url + "/.well-known/cmp/p/" + id,
                     .self_test = config.machines_url + "/api/v1/institutions/" + id + "/self-test",
                     .transactions = config.machines_url + "/api/v1/institutions/" + id + "/transactions",
                     .ocsp = config.status_url + "/ocsp/" + id,
                     .crl = config.status_url + "/crl/" + authority + ".crl",
                     .ca = config.status_url + "/ca/" + id + "-ca.pem",
                     .openid = config.machines_url + "/openid/" + id,
                     .jwks = site.portal + "/openid/" + id + "/jwks"};
  }
  auto registration = fingerprints(config.registration_authorities);
  if (!registration) return fail(registration);
  auto gatekeepers = fingerprints(config.gatekeepers);
  if (!gatekeepers) return fail(gatekeepers);
  auto clients = rest_clients(bank, *registration);
  if (!clients) return fail(clients);
  auto signers = cmp_signers(config);
  if (!signers) return fail(signers);
  auto roots = published_roots(config);
  if (!roots) return fail(roots);
  static const MachineClock machine;  // askers' clocks follow the machines', whatever a demo's clock says
  return std::make_unique<wire::Door>(
      wire::DoorOptions{.services = bank.services(),
                        .login = bank.login(),
                        .enrolment = bank.enrolment(),
                        .status = bank.status(),
                        .addresses = std::move(addresses),
                        .registration_authorities = std::move(*registration),
                        .rest_clients = std::move(*clients),
                        .gatekeepers = std::move(*gatekeepers),
                        .readiness = {},
                        .tries = std::move(tries),
                        .cmp_signers = std::move(*signers),
                        .roots = std::move(*roots),
                        .message_clock = &machine,
                        .responder_ends = [folder = config.ca_folder] { return responder_ends(folder); },
                        .sign_on = applications.sign_on.get(),
                        .id_token_keys = applications.keys,
                        .version = kVersion});
}

/// ca_names are the subjects of the CAs whose certificates an institution's customers hold: its own of all
/// generations (O32), and those it accepts (O38).
std::vector<Bytes> ca_names(Bank& bank, const lifecycle::Institution& institution) {
  std::vector<Bytes> names;
  for (const ca::Authority& authority : authorities_of(bank.issuer(), institution))
    names.push_back(authority.certificate.subject().der());
  for (const lifecycle::AcceptedAuthority& accepted : institution.accepted)
    if (const auto certificate = pki::Certificate::parse(accepted.certificate)) names.push_back(certificate->subject().der());
  return names;
}

/// ca_names_by_host gives the names of the institution whose login host is asked for; machines' doors name them all.
std::function<std::vector<Bytes>(std::string_view)> ca_names_by_host(Bank& bank) {
  std::map<std::string, std::vector<Bytes>> by_suffix;
  std::vector<Bytes> all;
  for (const SiteAddress& site : bank.config().sites) {
    const auto institution = bank.institutions().find(site.institution);
    if (!institution) continue;
    const std::vector<Bytes> names = ca_names(bank, **institution);
    by_suffix[site.login_suffix] = names;
    all.insert(all.end(), names.begin(), names.end());
  }
  return [by_suffix, all](std::string_view sni) {
    const auto dot = sni.find('.');
    if (dot == std::string_view::npos) return all;
    const auto found = by_suffix.find(std::string(sni.substr(dot + 1)));
    return found == by_suffix.end() ? all : found->second;
  };
}

}  // namespace

Result<std::vector<net::ServerCertificate>> load_certificates(const Config& config) {
  std::vector<net::ServerCertificate> certificates;
  for (const ServerCertificateFiles& files : config.server_certificates) {
    auto chain = read_file(files.chain);
    if (!chain) return fail(chain);
    auto key = read_file(files.key);
    if (!key) return fail(key);
    certificates.push_back({.host = files.host, .chain_pem = std::move(*chain), .key_pem = std::move(*key)});
  }
  return certificates;
}

Result<std::unique_ptr<Site>> Site::open(Bank& bank, const std::vector<net::ServerCertificate>& certificates) {
  if (auto judged = lifecycle::judge_authorities(bank.services()); !judged) return fail(judged);
  std::unique_ptr<Site> site(new Site);
  // One count for both doors: who is turned away at one does not go on at the other.
  const auto tries = std::make_shared<net::AddressLimit>(bank.config().limits, bank.clock());
  auto applications = load_applications(bank);
  if (!applications) return fail(applications);
  site->applications_ = std::move(*applications);
  auto portal = make_portal(bank, site->applications_, tries);
  if (!portal) return fail(portal);
  site->portal_ = std::move(*portal);
  auto console = make_console(bank);
  if (!console) return fail(console);
  site->console_ = std::move(*console);
  auto door = make_door(bank, site->applications_, tries);
  if (!door) return fail(door);
  site->door_ = std::move(*door);
  auto postman = make_postman(bank);
  if (!postman) return fail(postman);
  auto bounces = open_bounce_box(bank.config());
  if (!bounces) return fail(bounces);
  site->jobs_ = std::make_unique<Jobs>(bank, std::move(*postman), std::move(*bounces));

  for (const WebhookFile& file : bank.config().webhooks) {
    auto hook = Webhook::make(bank.services(), file);
    if (!hook) return fail(hook);
    site->webhooks_.push_back(std::move(*hook));
  }
  for (const OidcClientFile& file : bank.config().oidc_clients) {
    if (file.logout_call.empty()) continue;
    auto call = LogoutCall::make(bank, *site->applications_.sign_on, site->applications_.keys, file);
    if (!call) return fail(call);
    site->logout_calls_.push_back(std::move(*call));
  }

  const auto people = [portal = site->portal_.get(), door = site->door_.get()](const net::Request& request) {
    return wire::Door::owns(request.path) ? door->handle(request) : portal->handle(request);
  };
  const auto machines = [door = site->door_.get()](const net::Request& request) { return door->handle(request); };
  const auto operators = [door = site->door_.get()](const net::Request& request) { return door->handle_admin(request); };
  const Config& config = bank.config();
  const net::TlsOptions plain_tls{.certificates = certificates};
  const net::TlsOptions mutual_tls{
      .certificates = certificates, .ask_client_certificate = true, .client_ca_names = ca_names_by_host(bank)};
  const auto listener = [&config](const Address& address, std::optional<net::TlsOptions> tls, net::Handler handler, bool sni) {
    return net::ListenerOptions{.address = address.host,
                                .port = address.port,
                                .tls = std::move(tls),
                                .handler = std::move(handler),
                                .proxies = config.proxies,
                                .host_must_equal_sni = sni};
  };
  net::ServerOptions options{
      .threads = 2, .workers = static_cast<std::size_t>(config.workers), .clock = bank.shared_clock(), .listeners = {}};
  options.listeners = {listener(config.portal, plain_tls, people, true), listener(config.login, mutual_tls, people, true),
                       listener(config.status, {}, machines, false), listener(config.admin, {}, operators, false)};
  options.listeners.back().proxies.clear();  // operators come to the loopback
  if (config.console) {
    auto tls = console_tls(*config.console, certificates);
    if (!tls) return fail(tls);
    site->crls_ = tls->client_crls;
    const auto desk = [console = site->console_.get()](const net::Request& request) { return console->handle(request); };
    options.listeners.push_back(listener(config.console->listen, std::move(*tls), desk, true));
  }
  auto server = net::Server::start(std::move(options));
  if (!server) return fail(server);
  site->server_ = std::move(*server);
  if (config.console && !config.console->client_crl.empty())
    site->jobs_->add_chore([site = site.get(), console = *config.console] { site->renew_crls(console); });
  if (auto noted = lifecycle::note_authorities(bank.services()); !noted) return fail(noted);
  return site;
}

void Site::renew_crls(const ConsoleAddress& console) {
  auto crls = read_crls(console);
  if (crls && *crls == crls_) return;
  auto replaced = crls ? server_->replace_client_crls(server_->ports().size() - 1, *crls) : Result<void>(fail(crls));
  if (replaced)
    crls_ = std::move(*crls);
  else  // the ones of before stay, and run out
    log(LogLevel::error, "server", "console.crl_failed", {{"id", replaced.error().id}, {"detail", replaced.error().detail}});
}

Site::~Site() { stop(); }

void Site::start_jobs() {
  jobs_->start();
  for (const auto& hook : webhooks_) hook->start();
  for (const auto& call : logout_calls_) call->start();
}

void Site::stop() {
  if (server_) server_->stop();
  for (const auto& hook : webhooks_) hook->stop();
  for (const auto& call : logout_calls_) call->stop();
  if (jobs_) jobs_->stop();
}

SitePorts Site::ports() const {
  const auto ports = server_->ports();
  return {.portal = ports[0],
          .login = ports[1],
          .status = ports[2],
          .admin = ports[3],
          .console = ports.size() > 4 ? ports[4] : std::uint16_t{0}};
}

}  // namespace inkan::server
