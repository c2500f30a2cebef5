#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "lifecycle/sign_on.hpp"
#include "server/bank.hpp"
#include "server/caller.hpp"
#include "server/config.hpp"
#include "wire/id_token.hpp"

namespace inkan::server {

/// LogoutCall tells one application of the bank's, within seconds, that a login it was given is over (OpenID Connect Back-Channel
/// Logout 1.0): a POST of a logout token for each. What the application did not take with a 2xx is told again, until the login
/// would have ended by itself; so a kill loses nothing, and where several nodes call an application may hear it from more than
/// one.
class LogoutCall {
 public:
  /// make reads trust. `sign_on` and what it points to outlive this. Errors: `config.*`, `file.*`, `net.trust_malformed`.
  static Result<std::unique_ptr<LogoutCall>> make(Bank& bank, lifecycle::SignOn& sign_on,
                                                  std::shared_ptr<const wire::IdTokenKeys> keys, const OidcClientFile& file);

  void start() { caller_.start(); }
  void stop() { caller_.stop(); }

  /// tell tells what there is. Gives how many logins went. One that the application refuses (4xx) rests by itself; an Error is
  /// that the application, or the store, is not there.
  Result<int> tell();

 private:
  LogoutCall(Bank& bank, lifecycle::SignOn& sign_on, std::shared_ptr<const wire::IdTokenKeys> keys,
             const lifecycle::Institution& institution, const lifecycle::RelyingParty& party, std::string issuer,
             net::Client client);
  Result<void> send(const lifecycle::SignOn::Ended& login);

  /// Refusal is of one login, by an application that is there: it has a rest of its own.
  struct Refusal {
    std::chrono::steady_clock::time_point again;
    std::chrono::seconds rest;
  };
  Refusal refuse(const lifecycle::SignOn::Ended& login, std::chrono::seconds before, const Error& error) const;

  lifecycle::Services services_;
  lifecycle::SignOn& sign_on_;
  std::shared_ptr<const wire::IdTokenKeys> keys_;
  const lifecycle::Institution& institution_;
  const lifecycle::RelyingParty& party_;
  std::string issuer_;
  net::Client client_;
  std::map<Digest, Refusal> refused_;  ///< by the login's sid
  Caller caller_;
};

}  // namespace inkan::server
