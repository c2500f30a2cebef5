#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lifecycle/holder.hpp"

namespace inkan::lifecycle {

/// RelyingParty is an application of the bank's that stands behind certificate login (OpenID Connect Core 1.0), as the
/// configuration names it. It has no shared secret: its client certificate's bytes are who it is (RFC 8705 2.2).
struct RelyingParty {
  std::string id;    ///< client_id
  std::string name;  ///< as customers read it
  std::vector<std::string> redirect_uris;
  std::vector<std::string> logout_uris;  ///< where a customer may be sent after a logout
  std::vector<Digest> certificates;      ///< more than one while it changes its certificate
  std::string logout_call = {};          ///< where it is told that a login is over (Back-Channel Logout 1.0); empty: nowhere
};

/// Grant is a login that was handed on to an application: the code it was asked for with, and the access token that came of it.
/// Of both only hashes are kept.
struct Grant {
  HolderId holder;
  Digest code_hash;
  std::string client;
  std::string redirect_uri;
  std::string scope;  ///< of what was asked, what we know: "openid", "openid profile"
  Digest challenge;   ///< SHA-256 of the verifier (RFC 7636 4.2, S256)
  std::string nonce;
  Digest session;            ///< Session::token_hash of the login
  Digest sid;                ///< what applications know that session by
  Digest fingerprint;        ///< the certificate of that login
  Instant authenticated_at;  ///< when certificate and password were shown
  Instant created_at;
  Instant code_until;
  Instant kept_until;  ///< the session's absolute end; afterwards nothing stands on the grant any more
  std::optional<Instant> redeemed_at = {};
  std::optional<Digest> token_hash = {};
  std::optional<Digest> token_certificate = {};  ///< the application's certificate the token is bound to (RFC 8705 3)
  std::optional<Instant> token_until = {};
  std::optional<Instant> revoked_at = {};
  std::optional<Instant> told_at = {};  ///< when the application took the news that the login is over

  bool operator==(const Grant&) const = default;
};

/// IdTokenHint is what an ID token of our own says of the login it was made for, when an application shows it again.
struct IdTokenHint {
  std::string subject;  ///< the login ID
  std::string client;
  Digest sid;
};

}  // namespace inkan::lifecycle
