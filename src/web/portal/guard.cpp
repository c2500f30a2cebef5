#include "web/portal/guard.hpp"

#include "web/guard.hpp"

namespace inkan::web {

bool is_ours(const net::Request& request, const Site& site, const std::string& label, Senders senders) {
  if (senders == Senders::anybody) return true;
  if (senders == Senders::same_host) return comes_from(request, label.empty() ? site.origins.portal : site.login_origin(label));
  const auto origin = request.find_header("Origin");
  if (!origin || request.headers.count("Origin") != 1) return false;
  const auto sent = request.find_header("Sec-Fetch-Site");
  // A POST that was sent on by our own 307 to another host comes with the Origin "null" (Fetch, 3.2); Sec-Fetch-Site, which no
  // page can write, then tells that every stop on its way was ours.
  if (*origin == "null") return sent == "same-site";
  const auto fetch_site = sent.value_or("same-origin");
  return site.owns_origin(*origin) && (fetch_site == "same-origin" || fetch_site == "same-site");
}

}  // namespace inkan::web
