#pragma once

#include <string>

#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Status hands CRL and OCSP bytes to the doors.
class Status {
 public:
  explicit Status(const Services& services) : services_(services) {}

  /// publish_crl signs and stores the next CRL of an authority. Errors: `issuer.*`, `store.*`.
  Result<void> publish_crl(const ca::AuthorityId& authority);
  /// publish_due publishes every CRL that is missing or an hour old: a revocation is on it within the hour (O24).
  Result<int> publish_due();

  /// crl is the newest published CRL. Error: `crl.none`.
  Result<StatusReader::PublishedCrl> crl(const ca::AuthorityId& authority);

  /// answer_ocsp answers a DER request by our records: good only for an issued, unrevoked serial; revoked for a revoked or
  /// abandoned one; unknown for a serial never reserved or another issuer (promises.md O2, I2). Malformed requests and failures
  /// give the unsigned error answers of RFC 6960 4.2.1.
  struct OcspAnswer {
    Bytes der;
    Instant next_update;
    bool cacheable = false;
  };
  OcspAnswer answer_ocsp(ByteView request);

 private:
  Services services_;
};

}  // namespace inkan::lifecycle
