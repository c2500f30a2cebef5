#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "lifecycle/sign_on.hpp"
#include "net/http.hpp"

namespace inkan::web {

/// Authorization is an application's request for a login (OpenID Connect Core 1.0, 3.1.2.1), good in every part. It is carried
/// from page to page as its own text and read anew at each: nothing of it is kept before somebody logged in.
struct Authorization {
  const lifecycle::RelyingParty* party = nullptr;
  std::string redirect_uri;  ///< one of the registered ones, byte for byte
  std::string state;
  std::string scope;  ///< "openid" or "openid profile"
  std::string nonce;
  std::string hint;  ///< id_token_hint
  Digest challenge;
  bool silent = false;   ///< prompt=none: no page may be shown
  bool anew = false;     ///< prompt=login or select_account: a session of before does not do
  bool another = false;  ///< prompt=select_account: another certificate may be chosen
  std::optional<std::chrono::seconds> max_age;
  std::string query;        ///< the request as a query, of what we know alone
  std::string after_login;  ///< the same without what a login just now has satisfied
};

/// AuthorizationRefusal is why a request is not good. Where `redirect_uri` is empty, client or address are not what the bank
/// registered, and nobody is sent anywhere (RFC 6749 4.1.2.1).
struct AuthorizationRefusal {
  std::string redirect_uri;
  std::string state;
  std::string error;
  std::string description;
};

/// parse_authorization reads a request to an institution. What we do not know is left out, as RFC 6749 3.1 demands; what comes
/// twice is refused.
std::expected<Authorization, AuthorizationRefusal> parse_authorization(const lifecycle::SignOn& sign_on,
                                                                       const std::string& institution, const net::Pairs& query);

/// with_query adds fields to an address that may have some already; empty ones are left out.
std::string with_query(const std::string& address, const net::Pairs& fields);

}  // namespace inkan::web
