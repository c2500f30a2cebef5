#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "lifecycle/services.hpp"
#include "server/caller.hpp"
#include "server/config.hpp"

namespace inkan::server {

class Bank;

/// Webhook carries an institution's feed (lifecycle/events.hpp) to one system of the bank: at least once, in order. How far it
/// got is an audit record (`webhook.told`), written once the system has answered 2xx; so nothing is lost by a kill, and what was
/// told but not recorded is told again. A new one begins with what comes after its first start.
///
/// A delivery is a POST of {"institution", "events", "next"} as openapi.yaml describes them, with Inkan-Webhook (its name) and
/// Inkan-Signature: "t=SECONDS,v1=HEX", HMAC-SHA-256 with the shared secret over "SECONDS.BODY".
class Webhook {
 public:
  /// make reads secret and trust. Errors: `config.*`, `net.trust_malformed`.
  static Result<std::unique_ptr<Webhook>> make(const lifecycle::Services& services, const WebhookFile& file);

  void start() { caller_.start(); }
  void stop() { caller_.stop(); }

  /// deliver carries one page, where there is one. Gives how many events went; an Error when the system did not take them, or the
  /// store failed.
  Result<int> deliver();

 private:
  Webhook(const lifecycle::Services& services, WebhookFile file, Secret secret, net::Client client);
  Result<void> find_place();
  Result<void> keep_place(const std::string& next, std::size_t events);
  Result<void> send(const std::string& body);

  lifecycle::Services services_;
  WebhookFile file_;
  Secret secret_;
  net::Client client_;
  std::string place_;  ///< the cursor up to which everything was told, or was for nobody
  bool placed_ = false;
  Caller caller_;
};

}  // namespace inkan::server
