#pragma once

#include <map>
#include <memory>
#include <string>

#include "lifecycle/bank_desk.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"
#include "net/http.hpp"

namespace inkan::web {

/// ConsoleOptions is what the bank's desk is made of. What it refers to outlives it.
struct ConsoleOptions {
  lifecycle::Services services;
  lifecycle::Login& login;  ///< judges a customer's certificate in the words the customer sees
  lifecycle::BankDesk& bank_desk;
  std::string origin;                                                   ///< "https://desk.bank.example"
  std::map<std::string, std::map<std::string, std::string>> catalogue;  ///< "ja", "en": dotted key → text
};

/// Console is the bank's desk: finding a customer, reading the file, taking power away alone and giving it back in twos (O26,
/// T5). It stands on a listener of its own, which takes certificates of the bank's own PKI alone; whose certificate it is decides
/// the institution. Safe to call from several threads.
class Console {
 public:
  /// make reads every template with every institution's words. Errors: `web.origins`, `web.catalogue`, `web.template`.
  static Result<std::unique_ptr<Console>> make(ConsoleOptions options);
  ~Console();

  /// handle answers one request: 421 for another host than the origin's.
  net::Response handle(const net::Request& request) const;

 private:
  struct Parts;
  explicit Console(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace inkan::web
