#include "web/portal/guard.hpp"

namespace inkan::web {

bool is_ours(const net::Request& request, const Site& site, const std::string& label, Senders senders) {
  const auto origin = request.find_header("Origin");
  if (!origin || request.headers.count("Origin") != 1) return false;
  const auto sent = request.find_header("Sec-Fetch-Site");
  const auto fetch_site = sent.value_or("same-origin");
  if (senders == Senders::same_site) {
    // A POST that was sent on by our own 307 to another host comes with the Origin "null" (Fetch, 3.2); Sec-Fetch-Site, which no
    // page can write, then tells that every stop on its way was ours.
    if (*origin == "null") return sent == "same-site";
    return site.owns_origin(*origin) && (fetch_site == "same-origin" || fetch_site == "same-site");
  }
  const std::string own = label.empty() ? site.origins.portal : site.login_origin(label);
  return *origin == own && fetch_site == "same-origin";
}

void harden(net::Response& response, const Site& site) {
  net::Headers& headers = response.headers;
  if (!headers.find("Cache-Control")) headers.set("Cache-Control", "no-store");
  headers.set("Content-Security-Policy", site.content_policy());
  // Not "no-referrer": the Origin of a form's POST would then be "null".
  headers.set("Referrer-Policy", "strict-origin");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Strict-Transport-Security", "max-age=31536000");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  // The renewal window goes from one of our hosts to another and must still be closable by its script.
  headers.set("Cross-Origin-Opener-Policy", "unsafe-none");
}

}  // namespace inkan::web
