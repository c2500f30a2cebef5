#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/address_limit.hpp"
#include "pki/key.hpp"

namespace inkan::server {

/// Address is where one listener stands: "127.0.0.1:8443". Port 0 takes any free one.
struct Address {
  std::string host;
  std::uint16_t port = 0;
};

/// SiteAddress is where one institution's pages are found from outside.
struct SiteAddress {
  std::string institution;
  std::string portal;              ///< origin of the login screen, "https://ib.bank.example"
  std::string login_suffix;        ///< login hosts are LABEL.login_suffix; the server certificate covers *.login_suffix
  std::uint16_t login_port = 443;  ///< as seen from outside
};

struct ServerCertificateFiles {
  std::string host;  ///< exact, or "*.login.bank.example"
  std::filesystem::path chain;
  std::filesystem::path key;
};

/// RegistrationAuthority is a client certificate that may use an institution's bulk door.
struct RegistrationAuthority {
  std::string institution;
  std::filesystem::path certificate;
};

/// RestClientFile is a system of the bank at the REST door: its client certificate, and what it may do (wire/rest_client.hpp).
struct RestClientFile {
  std::string institution;
  std::string name;
  std::filesystem::path certificate;
  std::vector<std::string> rights;
};

/// Gatekeeper is the client certificate of a reverse proxy that may ask whose an institution's certificates are.
struct Gatekeeper {
  std::string institution;
  std::filesystem::path certificate;
};

/// OidcClientFile is an application of the bank's that stands behind certificate login (lifecycle/grant.hpp).
struct OidcClientFile {
  std::string institution;
  std::string id;
  std::string name;
  std::vector<std::string> redirect_uris;
  std::vector<std::string> logout_uris;
  std::filesystem::path certificate;
  std::string logout_call;      ///< backchannel_logout_uri; empty: it is told nothing
  std::filesystem::path trust;  ///< PEM roots for the server certificate there; empty: the system's store
};

/// WebhookFile is a system of the bank that is told of events as they come (webhook.hpp). In one node's configuration alone.
struct WebhookFile {
  std::string institution;
  std::string name;
  std::string url;
  std::filesystem::path secret_file;
  std::filesystem::path trust;  ///< PEM roots for its server certificate; empty: the system's store
};

/// DkimKeyFile is a key that signs letters for mail servers, published under SELECTOR._domainkey.DOMAIN.
struct DkimKeyFile {
  std::string domain;
  std::string selector;
  std::filesystem::path key;
};

/// ConsoleAddress is where the bank's own desk stands; without a listener of its own there is none.
struct ConsoleAddress {
  Address listen;
  std::string origin;                            ///< "https://desk.bank.example", as staff type it
  std::vector<std::filesystem::path> client_ca;  ///< PEM files: CAs of the bank's own PKI, whose certificates alone open it
  std::vector<std::filesystem::path>
      client_crl;  ///< DER or PEM files: those CAs' lists, read again each minute; empty: none asked
};

/// MailRelay is where letters are handed over; without a url, letters wait in the outbox.
struct MailRelay {
  std::string url;  ///< "smtp://relay.bank.example:587"; STARTTLS and AUTH are demanded
  std::string user;
  std::filesystem::path password_file;
  std::filesystem::path trust;
  std::string sender;
  std::filesystem::path smime_certificate;  ///< PEM, leaf first; empty: letters are not S/MIME signed
  std::filesystem::path smime_key;
  std::vector<std::string> smime_exclude;  ///< domains that get the plain letter
  std::vector<DkimKeyFile> dkim;
  std::string bounce_domain;  ///< envelope senders are bounces+…@bounce_domain; empty: the sender's address
  std::filesystem::path bounce_key_file;
  std::filesystem::path bounces;  ///< Maildir that mail for them is delivered to
};

enum class SignerMode {
  inside,  ///< the CA keys are in the server's process
  apart,   ///< they are in a process of their own
};

/// SignerPlace is where the CA keys are used (docs/decisions/0018-signer.md).
struct SignerPlace {
  SignerMode mode = SignerMode::inside;
  bool start = true;              ///< the server starts the signer itself, as the same user
  std::filesystem::path socket;   ///< where it listens
  std::filesystem::path journal;  ///< where it writes down what it signed
  std::string client;             ///< another user who may ask: the server's, where the signer has a user of its own
  std::string group;              ///< whose members reach the socket; empty: its owner alone
};

/// AuditPlace is where signed heads of the audit logs are kept (docs/audit.md).
struct AuditPlace {
  std::filesystem::path heads;    ///< a file that only grows, outside the store
  std::chrono::minutes every{5};  ///< a head when records were added
};

/// Config is all that `inkan serve` is told. Secrets stand in files of their own.
struct Config {
  std::string store;  ///< "sqlite:/var/lib/inkan/inkan.db" or "postgresql://…"
  std::string node = "node1";
  std::filesystem::path ca_folder;
  pki::KeyAlgorithm ca_root_key = pki::KeyAlgorithm::rsa3072;  ///< of the root that a ceremony makes
  std::filesystem::path ca_passphrase_file;
  std::string ca_token;  ///< PKCS#11 URI of the token with the CA's keys; empty: they are encrypted files in ca_folder
  std::filesystem::path ca_pin_file;
  unsigned crl_shards = 0;  ///< of the CRL of each issuing CA that a ceremony makes (ca::Addresses); 0: none
  SignerPlace signer;
  AuditPlace audit;
  std::filesystem::path institutions;  ///< folder of profiles; empty: the shipped ones
  Address portal;                      ///< TLS, no client certificate
  Address login;                       ///< TLS, client certificate asked for: login hosts and machines' doors
  Address status;                      ///< plain HTTP: OCSP, CRL, CA certificates
  Address admin;                       ///< plain HTTP on loopback: health and metrics
  std::vector<std::string> proxies;    ///< addresses of load balancers that say whose connection they pass on
  net::TryLimit limits;                ///< tries of passwords and codes by client address
  std::string machines_url;            ///< how machines reach `login`: "https://est.bank.example"
  std::string status_url;              ///< how anyone reaches `status`; certificates carry it
  std::vector<SiteAddress> sites;
  std::vector<ServerCertificateFiles> server_certificates;
  std::vector<RegistrationAuthority> registration_authorities;
  std::vector<RestClientFile> rest_clients;
  std::vector<WebhookFile> webhooks;
  std::vector<Gatekeeper> gatekeepers;
  std::vector<OidcClientFile> oidc_clients;
  std::optional<ConsoleAddress> console;
  MailRelay mail;
  std::filesystem::path app_file;  ///< the customer's program, for its download page; empty: not placed yet
  int workers = 32;
};

/// parse_config reads a configuration strictly; relative paths are taken from `base`. Errors: `config.*` with file and line.
Result<Config> parse_config(std::string_view text, const std::string& name, const std::filesystem::path& base);
Result<Config> load_config(const std::filesystem::path& path);

/// ConfigValue is one value of a configuration and where it came from.
struct ConfigValue {
  std::string key;
  std::string value;
  std::string origin;  ///< "FILE:LINE", or "default"
};
/// list_config gives every value a configuration is made of. Errors as parse_config's.
Result<std::vector<ConfigValue>> list_config(const std::filesystem::path& path);

/// read_secret reads a file's first line. Errors: `config.secret` (missing, empty, or readable by others).
Result<std::string> read_secret(const std::filesystem::path& path);
/// read_secret_file reads a whole file of the same care: a private key. Errors as read_secret's.
Result<std::string> read_secret_file(const std::filesystem::path& path);
/// read_file reads a whole file. Error: `config.not_found`.
Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace inkan::server
