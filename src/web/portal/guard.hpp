#pragma once

#include "web/portal/site.hpp"

namespace inkan::web {

/// Senders is whose pages may cause a change: the same host's, or any host's of the same institution (the trial login).
enum class Senders { same_host, same_site };

/// is_ours tells whether a POST was caused by one of our own pages: Origin is ours, and Sec-Fetch-Site, where the browser sends
/// it, says the same (threat T6). A client certificate goes along with every request, also with those that other pages cause.
bool is_ours(const net::Request& request, const Site& site, const std::string& label, Senders senders);

/// harden puts the security fields on a page's answer.
void harden(net::Response& response, const Site& site);

}  // namespace inkan::web
