#pragma once

#include "web/portal/site.hpp"

namespace inkan::web {

/// Senders is whose pages may send a POST: the same host's, any host's of the same institution (the trial login), or anybody's
/// (what OpenID Connect wants applications to send, which says itself whose it is).
enum class Senders { same_host, same_site, anybody };

/// is_ours tells whether a POST was caused by one of our own pages.
bool is_ours(const net::Request& request, const Site& site, const std::string& label, Senders senders);

}  // namespace inkan::web
