#pragma once

#include "net/http.hpp"
#include "wire/door_options.hpp"

namespace inkan::wire {

/// serve_forward_auth answers GET "/forward-auth/ID" of a reverse proxy (nginx auth_request, HAProxy) in front of an application
/// of the bank's: may the certificate that its client showed be used now? The proxy shows a client certificate of its own, which
/// must be among the institution's gatekeepers, and passes the client's in `Client-Cert` (RFC 9440 2.2) or, as nginx writes it
/// ($ssl_client_escaped_cert), in `X-SSL-Client-Cert`. Its handshake proved the key.
///
/// 200 with Inkan-Login-Id, Inkan-Role, Inkan-Company (percent-encoded UTF-8), Inkan-Serial and Inkan-Expiry for the application;
/// 401 `certificate.none`; 400 `certificate.malformed` (two fields, or none that reads); 403 `certificate.WHY`, as EST says it.
/// The record decides (docs/decisions/0003): a revocation counts from the next request on. Nothing is changed, and no password
/// was asked: it says whose certificate this is, no more.
net::Response serve_forward_auth(const DoorOptions& options, std::string_view institution, const net::Request& request);

}  // namespace inkan::wire
