#include "web/guard.hpp"

namespace inkan::web {

bool comes_from(const net::Request& request, const std::string& origin) {
  if (request.headers.count("Origin") != 1 || request.find_header("Origin") != origin) return false;
  return request.find_header("Sec-Fetch-Site").value_or("same-origin") == "same-origin";
}

void harden(net::Response& response, const std::string& content_policy) {
  net::Headers& headers = response.headers;
  if (!headers.find("Cache-Control")) headers.set("Cache-Control", "no-store");
  headers.set("Content-Security-Policy", content_policy);
  // Not "no-referrer": the Origin of a form's POST would then be "null".
  headers.set("Referrer-Policy", "strict-origin");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Strict-Transport-Security", "max-age=31536000");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  if (!headers.find("Cross-Origin-Opener-Policy")) headers.set("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace inkan::web
