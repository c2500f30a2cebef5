#pragma once

#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace inkan::store {

/// copy writes all that one store holds, as it is in one moment, into another that is empty: the whole of it in one transaction,
/// or nothing. One of them is SQLite, the other either engine; the source stays in service. Sessions and heartbeats are left
/// behind: they are of the moment. Gives the number of rows. Errors: open's, and `store.not_empty`.
Result<long long> copy(const std::string& from_url, const std::string& to_url);

/// void_codes makes every one-time code that could still be used worthless: after a restore nobody knows which of them were used.
Result<long long> void_codes(const std::string& url, Instant now);

/// check_file has SQLite look through a whole database file: pages, indexes, references. Error: `store.corrupt`.
Result<void> check_file(const std::string& url);

}  // namespace inkan::store
