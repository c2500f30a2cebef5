#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace inkan {

/// to_base64url writes RFC 4648 section 5 without padding, as names in addresses have it.
std::string to_base64url(ByteView bytes);
/// parse_base64url reads what to_base64url wrote, and nothing else. Error: `base64.malformed`.
Result<Bytes> parse_base64url(std::string_view text);

}  // namespace inkan
