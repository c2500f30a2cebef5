#pragma once

#include <string>
#include <string_view>

namespace inkan::mail {

/// is_address tells whether text is an address we can write to: dot-atom "@" host name in ASCII, at most 254 octets (RFC
/// 5321 4.1.2 and 4.5.3.1). Quoted local parts and address literals are not taken: no bank's record needs them.
bool is_address(std::string_view text);

/// is_dot_atom is RFC 5322 3.2.3's dot-atom-text.
bool is_dot_atom(std::string_view text);

/// is_host_name tells whether text is a host name: labels of letters, digits and inner hyphens (RFC 1123 2.1).
bool is_host_name(std::string_view text);

/// domain_of is what stands after an address's '@', in lower case; empty when there is no '@'.
std::string domain_of(std::string_view address);

/// is_within tells whether a host is a domain or stands below it; both in lower case.
bool is_within(std::string_view host, std::string_view domain);

/// to_lower folds ASCII letters.
std::string to_lower(std::string_view text);

}  // namespace inkan::mail
