#pragma once

#include <string>

#include "base/time.hpp"
#include "net/http.hpp"

namespace inkan::wire {

/// Freshness is what a cache may know of an answer (RFC 9111).
struct Freshness {
  Instant made;      ///< Last-Modified
  Instant until;     ///< Expires and max-age: the caller's promise, never later than nextUpdate
  std::string etag;  ///< strong, without quotes; letters, digits and '-'
};

/// to_http_date writes IMF-fixdate (RFC 9110 5.6.7), "Sat, 21 Nov 2026 09:00:00 GMT".
std::string to_http_date(Instant instant);

/// serve_fresh adds the caching fields to an answer, and makes it 304 when the request shows the same ETag, or, without one, the
/// same Last-Modified.
net::Response serve_fresh(const net::Request& request, net::Response response, const Freshness& freshness, Instant now);

}  // namespace inkan::wire
