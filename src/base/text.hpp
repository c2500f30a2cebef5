#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace inkan {

/// is_utf8 tells whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

/// is_plain_text tells whether text may enter our records: well-formed UTF-8 without control characters and without the
/// invisible characters that turn writing direction (threat T14).
bool is_plain_text(std::string_view text);

/// fold_width turns full-width ASCII (！…～) and the ideographic space into ASCII.
std::string fold_width(std::string_view text);

/// canonical_login_id is the one spelling under which an ID is stored and counted: width folded, lower case, outer spaces gone.
/// Error: `login_id.malformed` when anything but letters, digits, '.', '-', '_' remains, or it is empty or over 64 long.
Result<std::string> canonical_login_id(std::string_view typed);

/// fill replaces every `{name}` in a text by its value. Error: `text.unfilled` when a name has no value (journeys.md D4-17: no
/// page ever shows an unfilled placeholder).
Result<std::string> fill(std::string_view text, const std::map<std::string, std::string>& values);

std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

/// nearest is the candidate most like a misspelt word, or an empty view when none is close.
std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace inkan
