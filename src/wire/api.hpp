#pragma once

#include <string_view>

#include "net/http.hpp"
#include "wire/cmp.hpp"
#include "wire/door_options.hpp"
#include "wire/metrics.hpp"
#include "wire/rest.hpp"

namespace inkan::wire {

/// serve_api answers what follows "/api/v1/"; openapi.yaml describes it, and is served with it.
/// - POST institutions/ID/holders/LOGIN/certificates: the bank's bulk door. A registration authority's client certificate, or
/// that
///   of a system with the right `issue`, submits a request (application/pkcs10, DER) for a holder whom the bank approved, and
///   gets 201 and the certificate. The registration authority may do nothing else.
/// - institutions/ID/holders, certificates, renewal-info, events: the bank's other systems (rest.hpp).
/// - GET institutions/ID/self-test: whether the certificate shown would be taken at a login; nothing is changed.
/// - POST institutions/ID/self-test: a program shows that its new certificate works, which confirms it.
/// - POST institutions/ID/cmp-reference: login ID, password and one-time code for a reference and a secret of CMP (Cmp).
net::Response serve_api(const DoorOptions& options, Metrics& metrics, Cmp& cmp, std::string_view rest,
                        const net::Request& request, KeysInFlight& keys);

/// serve_discovery answers GET /.well-known/inkan on a portal's host: where that institution's doors are.
net::Response serve_discovery(const DoorOptions& options, const net::Request& request);

}  // namespace inkan::wire
