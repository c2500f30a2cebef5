#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lifecycle/enrolment.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"
#include "lifecycle/sign_on.hpp"
#include "lifecycle/status.hpp"
#include "net/address_limit.hpp"
#include "pki/certificate.hpp"
#include "wire/id_token.hpp"
#include "wire/rest_client.hpp"

namespace inkan::wire {

/// Addresses is where one institution's doors are found from outside, each a whole URL.
struct Addresses {
  std::string portal;        ///< origin of the login screen; its host is where /.well-known/inkan speaks for this institution
  std::string est;           ///< ".../.well-known/est/ID"
  std::string cmp = {};      ///< ".../.well-known/cmp/p/ID"
  std::string self_test;     ///< ".../api/v1/institutions/ID/self-test"
  std::string transactions;  ///< ".../api/v1/institutions/ID/transactions": what an `inkan:` link names stands below it
  std::string ocsp;          ///< ".../ocsp/ID"
  std::string crl;           ///< ".../crl/AUTHORITY.crl" of the authority that issues now
  std::string ca;            ///< ".../ca/ID-ca.pem"
  std::string openid = {};   ///< ".../openid/ID": what applications reach with their certificate stands below it
  std::string jwks = {};     ///< ".../openid/ID/jwks" on the portal's host, where nobody is asked for a certificate
};

/// CmpSigner protects the answers of CMP for one authority: a certificate of its own, and what signs with its key.
struct CmpSigner {
  pki::Certificate certificate;
  std::function<Result<Bytes>(ByteView)> sign;
};

/// PublishedCa is a CA certificate above the issuing CAs: a root's, or what one root signed of another.
struct PublishedCa {
  std::string name;  ///< "root-g2": its address is .../ca/NAME.cer, its list's .../crl/NAME.crl
  pki::Certificate certificate;
  std::optional<pki::Crl> list = {};  ///< the root's own CRL
};

/// KnownClients are SHA-256 fingerprints of client certificates that open a door, by institution.
using KnownClients = std::map<std::string, std::vector<Digest>>;

/// is_among tells whether what a client showed is one of an institution's.
inline bool is_among(const KnownClients& known, const std::string& institution, const std::optional<Digest>& fingerprint) {
  const auto found = known.find(institution);
  return fingerprint && found != known.end() && std::ranges::find(found->second, *fingerprint) != found->second.end();
}

/// DoorOptions is what the machines' door stands on. The referred-to parts outlive it.
struct DoorOptions {
  lifecycle::Services services;
  lifecycle::Login& login;
  lifecycle::Enrolment& enrolment;
  lifecycle::Status& status;
  std::map<std::string, Addresses> addresses;  ///< by institution
  KnownClients registration_authorities;       ///< may use an institution's bulk door
  /// rest_clients are the bank's other systems, by institution: who is not here may nothing.
  std::map<std::string, std::vector<RestClient>> rest_clients = {};
  KnownClients gatekeepers = {};  ///< reverse proxies that may ask about an institution's certificates (forward_auth.hpp)
  /// readiness are further parts that /readyz asks, by name: each fails with the reason why we are not ready.
  std::map<std::string, std::function<Result<void>()>> readiness;
  std::shared_ptr<net::AddressLimit> tries = {};  ///< counts tries of passwords and codes by address (T10); unset: no limit
  std::map<ca::AuthorityId, CmpSigner> cmp_signers = {};  ///< an institution whose authority has none does not answer CMP
  std::vector<PublishedCa> roots = {};  ///< of this installation, the oldest first, and then their cross-certificates
  /// message_clock is what the times of CMP messages are held against, five minutes either way; unset: they are not.
  const Clock* message_clock = nullptr;
  /// responder_ends say when each OCSP responder's certificate ends, for metrics; unset: not shown.
  std::function<std::map<ca::AuthorityId, Instant>()> responder_ends = {};
  /// sign_on hands logins on to applications, and id_token_keys sign what they are told; unset: there is no such door.
  lifecycle::SignOn* sign_on = nullptr;
  std::shared_ptr<const IdTokenKeys> id_token_keys = {};
  std::string version;  ///< of the program, for inkan_build_info; empty: not shown
};

}  // namespace inkan::wire
