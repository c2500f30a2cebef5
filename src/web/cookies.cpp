#include "web/cookies.hpp"

#include "base/text.hpp"

namespace inkan::web {

std::string preferred_language(const net::Request& request) {
  const auto known = [](std::string_view tag) { return tag == "ja" || tag == "en"; };
  if (const auto chosen = request.find_cookie(kLanguageCookie); chosen && known(*chosen)) return *chosen;
  for (const std::string& item : split(request.find_header("Accept-Language").value_or("ja"), ',')) {
    const std::string_view tag = trim(item).substr(0, 2);
    if (known(tag)) return std::string(tag);
  }
  return "ja";
}

void add_cookie(net::Response& response, const net::Cookie& cookie) {
  response.headers.add("Set-Cookie", net::make_cookie(cookie));
}

}  // namespace inkan::web
