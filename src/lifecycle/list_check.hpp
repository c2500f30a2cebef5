#pragma once

#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// check_list is the last look at a CRL before it is published. It believes neither what ordered the list nor what signed it: it
/// reads the bytes and holds them against the authority's certificate, the clock, and the list of this scope that is published
/// now (`shard` 0: the whole list; else it has the shard's distribution point and entries of that shard alone). Nothing
/// that stands there may have left, but what had expired when that list was made: an entry stays until it was on one list past
/// its certificate's expiry (RFC 5280 3.3). Error: `crl.refused` (detail: why).
Result<void> check_list(Store& store, const ca::Authority& authority, unsigned shard, ByteView der,
                        const std::optional<StatusReader::PublishedCrl>& before, Instant now);

}  // namespace inkan::lifecycle
