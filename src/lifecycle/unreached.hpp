#pragma once

#include <string>
#include <vector>

#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Unreached is an ID whose certificate expires within the window and that mail does not reach: it has no address, or none that
/// works (O15, O16).
struct Unreached {
  DueCertificate due;
  int remaining = 0;         ///< days until expiry
  bool has_address = false;  ///< there is one, and mail came back from it
  bool by_post = false;      ///< within the profile's post_days: a letter is written
};

struct UnreachedList {
  std::vector<Unreached> ids;  ///< in order of expiry day, then login ID
  bool more = false;           ///< more were there than `limit`; those left out stand late by login ID, not by expiry
};

/// find_unreached looks at up to `limit` IDs without a working main address, and at no other ID.
Result<UnreachedList> find_unreached(Reader& reader, const Institution& institution, Day today, int limit);

/// Sharing is an ID whose certificate expires within the window and whose main address is also another ID's.
struct Sharing {
  DueCertificate due;
  int remaining = 0;
};

/// find_sharing walks all that expire within the window: for the operator's list, not for a request.
Result<std::vector<Sharing>> find_sharing(Reader& reader, const Institution& institution, Day today);

/// is_shared tells whether an address stands on record for more than one ID.
Result<bool> is_shared(Reader& reader, const std::string& institution, const std::string& address);

}  // namespace inkan::lifecycle
