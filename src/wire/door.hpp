#pragma once

#include <string_view>

#include "net/http.hpp"
#include "wire/cmp.hpp"
#include "wire/crl_cache.hpp"
#include "wire/door_options.hpp"
#include "wire/metrics.hpp"
#include "wire/rest.hpp"

namespace inkan::wire {

/// Door is the machines' door: EST, CMP, OCSP, CRL, CA certificates, REST, and apart from them health and metrics for operators.
/// Handlers run on several threads at once.
///
/// It may stand behind any listener: what needs TLS or a client certificate asks the Peer of the request, never a header, so EST,
/// CMP and REST refuse plain HTTP by themselves. Health and metrics have verbs of their own so that no public listener shows them
/// by accident.
class Door {
 public:
  explicit Door(DoorOptions options);

  /// owns tells whether a path (decoded) is a machine's: /.well-known/est/, /.well-known/cmp/p/, /.well-known/inkan, /api/v1/,
  /// /ocsp/, /crl/, /ca/.
  static bool owns(std::string_view path);
  /// handle answers a request for such a path; any other path gets the problem `wire.not_found`.
  net::Response handle(const net::Request& request);

  /// owns_admin is /livez, /readyz and /metrics: for a listener that only operators reach.
  static bool owns_admin(std::string_view path);
  net::Response handle_admin(const net::Request& request);

 private:
  net::Response answer(const net::Request& request, Area area);

  DoorOptions options_;
  Metrics metrics_;
  Cmp cmp_;
  KeysInFlight keys_;
  CrlCache lists_;
};

}  // namespace inkan::wire
