#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace inkan::app {

/// Link is what a bank's page calls the program with: `inkan:INSTITUTION/TRANSACTION`. It never carries an address; where the
/// institution's server is, this program knows since it was enrolled there (banks.hpp).
struct Link {
  std::string institution;  ///< small letters, digits and '-'
  std::string transaction;  ///< 32 hexadecimal digits
};

/// parse_link reads a link strictly: nothing before, between or after its two parts. Errors: `link.address` (something in it
/// looks like a server), `link.malformed`.
Result<Link> parse_link(std::string_view text);

}  // namespace inkan::app
