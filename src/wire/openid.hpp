#pragma once

#include <string_view>

#include "net/http.hpp"
#include "wire/door_options.hpp"

namespace inkan::wire {

/// OpenID Connect's doors for the bank's applications (docs/decisions/0024). What people see of it, the authorization endpoint
/// and the end of a session, is the portal's (web/portal/sign_on).

/// serve_openid_configuration answers "/.well-known/openid-configuration" on a portal's host (OpenID Connect Discovery 1.0).
net::Response serve_openid_configuration(const DoorOptions& options, const net::Request& request);

/// serve_openid answers below "/openid/ID/": `jwks`, `token`, `userinfo`, `introspect`. An application is known by its client
/// certificate's bytes, and a token is good over that certificate alone (RFC 8705). Refusals are RFC 6749's and RFC 6750's.
net::Response serve_openid(const DoorOptions& options, std::string_view rest, const net::Request& request);

}  // namespace inkan::wire
