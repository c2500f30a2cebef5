#pragma once

#include <string>

#include "net/http.hpp"

namespace inkan::web {

inline constexpr const char* kLanguageCookie = "inkan_lang";

/// preferred_language is "ja", unless the cookie says "en" or the browser puts English before Japanese.
std::string preferred_language(const net::Request& request);

/// add_cookie puts a Set-Cookie on an answer.
void add_cookie(net::Response& response, const net::Cookie& cookie);

}  // namespace inkan::web
