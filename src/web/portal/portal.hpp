#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "lifecycle/company.hpp"
#include "lifecycle/contacts.hpp"
#include "lifecycle/enrolment.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/recovery.hpp"
#include "lifecycle/services.hpp"
#include "lifecycle/sign_on.hpp"
#include "net/address_limit.hpp"
#include "net/http.hpp"

namespace inkan::web {

/// Origins is where one institution's pages live. The portal's host must be `login_suffix` itself or lie below it, since both
/// share cookies.
struct Origins {
  std::string portal;        ///< "https://d1.localhost:18443": the login screen, no client certificate
  std::string login_suffix;  ///< "d1.localhost": certificate login lives on LABEL.login_suffix
  std::uint16_t login_port = 0;
};

/// ProgramFile is the customer's program, as its download page offers it.
struct ProgramFile {
  std::string name;     ///< "inkan-app"
  std::string version;  ///< as the file itself says
  std::string content;
};

/// ReadIdToken reads an ID token that an institution gave, as a hint. Error: whatever is wrong with it.
using ReadIdToken = std::function<Result<lifecycle::IdTokenHint>(const std::string& institution, std::string_view text)>;

/// PortalOptions is what a portal is made of. What it refers to outlives it.
struct PortalOptions {
  lifecycle::Services services;
  lifecycle::Login& login;
  lifecycle::Enrolment& enrolment;
  lifecycle::Recovery& recovery;
  lifecycle::Company& company;
  lifecycle::Contacts& contacts;
  std::map<std::string, Origins> origins;                               ///< by institution id
  std::map<std::string, std::map<std::string, std::string>> catalogue;  ///< "ja", "en": dotted key → text
  std::optional<ProgramFile> program = {};                              ///< absent: the bank has not placed it yet
  std::shared_ptr<net::AddressLimit> tries = {};  ///< counts tries of passwords and codes without a certificate; unset: no limit
  /// sign_on hands logins on to the bank's applications; unset: there are none. read_id_token is there with it.
  lifecycle::SignOn* sign_on = nullptr;
  ReadIdToken read_id_token = {};
};

/// Portal is the people's door: the login screen, certificate login, notices, and the issue in the file way. The request's host
/// decides whose it is. Safe to call from several threads.
class Portal {
 public:
  /// make reads every template with every institution's words, so that a missing text fails here and not before a customer.
  /// Errors: `web.origins`, `web.screens` (a choice of placement that no page knows), `web.catalogue` (a language or
  /// key is missing), `web.template`.
  static Result<std::unique_ptr<Portal>> make(PortalOptions options);
  ~Portal();

  /// handle answers one request: 421 for a host that is nobody's.
  net::Response handle(const net::Request& request) const;

 private:
  struct Parts;
  explicit Portal(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace inkan::web
