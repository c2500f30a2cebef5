#pragma once

#include <string>
#include <vector>

#include "lifecycle/institution.hpp"
#include "lifecycle/store.hpp"

namespace inkan::server {

/// KeyFinding is a certificate whose key is not good any more.
struct KeyFinding {
  lifecycle::CertificateRecord record;
  std::string finding;  ///< "key.shared_factor", or the Error of PublicKey::parse
};
/// KeyReport is what check_keys saw.
struct KeyReport {
  long long keys = 0;
  std::vector<KeyFinding> findings;
};
/// check_keys looks at every issued certificate on record, those that are over too: one weak key betrays the other. A finding is
/// about a certificate that can still do something: it ends with the revocation, or with the grace days.
Result<KeyReport> check_keys(lifecycle::Store& store, const lifecycle::Institutions& institutions, Instant now);

}  // namespace inkan::server
