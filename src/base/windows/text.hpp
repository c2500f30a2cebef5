#pragma once

#include <string>
#include <string_view>

namespace inkan {

/// to_wide and to_utf8 are the way between our texts and Windows'. What is not text becomes U+FFFD.
std::wstring to_wide(std::string_view text);
std::string to_utf8(std::wstring_view text);

/// describe_error is Windows' own words for one of its error numbers, with the number: "Access is denied. (0x5)".
std::string describe_error(unsigned long number);

}  // namespace inkan
