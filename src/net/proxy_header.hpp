#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

// The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt): how a load balancer that passes TLS through unopened
// tells whose connection it is. Taken from configured addresses only. Private to this room.
namespace inkan::net {

/// proxy_header_wants is how many bytes to read next, given what has been read: never past the header's end, since what follows
/// is the client's own. 0: the header is whole. Nothing: it is none.
std::optional<std::size_t> proxy_header_wants(std::string_view so_far);

/// parse_proxy_header is the client's address out of a whole header, in the form of Peer::address; empty when the proxy speaks
/// for itself (LOCAL, UNKNOWN). Error: `net.proxy_header`.
Result<std::string> parse_proxy_header(std::string_view header);

}  // namespace inkan::net
