#pragma once

#include "web/portal/site.hpp"

namespace inkan::web {

/// Senders is whose pages may cause a change: the same host's, or any host's of the same institution (the trial login).
enum class Senders { same_host, same_site };

/// is_ours tells whether a POST was caused by one of our own pages.
bool is_ours(const net::Request& request, const Site& site, const std::string& label, Senders senders);

}  // namespace inkan::web
