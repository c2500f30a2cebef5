#pragma once

#include <vector>

#include "app/key_store.hpp"
#include "app/listing.hpp"

/// 不要な電子証明書を削除する: what may go from a store.
namespace inkan::app {

/// Surplus is a certificate that no longer does what it was made for.
struct Surplus {
  enum class Reason {
    replaced,  ///< a later one of the same holder and bank lies beside it
    expired,   ///< over; some banks still take it in place of a one-time code
  };
  pki::Certificate certificate;
  Reason reason = Reason::expired;
  Listed listed;
};

std::string_view to_text(Surplus::Reason reason);  // "replaced", "expired"

/// find_surplus looks through a store, by the calendar of `zone` at `now`. What was saved and never used replaces nothing yet.
Result<std::vector<Surplus>> find_surplus(KeyStore& store, const Zone& zone, Instant now);

}  // namespace inkan::app
