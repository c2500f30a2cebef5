#pragma once

#include <string>

#include "net/http.hpp"

namespace inkan::web {

/// comes_from tells whether a POST was caused by a page of this very origin: Origin is it, and Sec-Fetch-Site, where the browser
/// sends it, says the same (threat T6). A client certificate goes along with every request, also with those that other pages
/// cause.
bool comes_from(const net::Request& request, const std::string& origin);

/// harden puts the security fields on an answer; `content_policy` is the door's Content-Security-Policy.
void harden(net::Response& response, const std::string& content_policy);

}  // namespace inkan::web
