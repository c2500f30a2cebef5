#include <charconv>

#include "net/client.hpp"
#include "net/grammar.hpp"

namespace inkan::net {

std::string Url::authority() const {
  const std::uint16_t usual = tls ? 443 : 80;
  return port == usual ? host : host + ":" + std::to_string(port);
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  for (const auto& [scheme, tls] : {std::pair{std::string_view("https://"), true}, {std::string_view("http://"), false}}) {
    if (!same_name(rest.substr(0, scheme.size()), scheme)) continue;
    url.tls = tls;
    rest.remove_prefix(scheme.size());
    break;
  }
  if (rest.size() == text.size()) return fail(Code::invalid, "url.malformed", "neither http nor https");
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, end);
  url.target = rest.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (has_controls(url.target) || url.target.find_first_of(" #") != std::string::npos)
    return fail(Code::invalid, "url.malformed", "blank, control character or fragment");
  Result<std::string> host = parse_authority(authority);
  if (!host) return fail(Code::invalid, "url.malformed", host.error().detail);
  url.host = std::move(*host);
  url.port = url.tls ? 443 : 80;
  if (authority.size() > url.host.size() + 1) {
    const std::string_view port = authority.substr(url.host.size() + 1);
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || stop != port.data() + port.size() || url.port == 0)
      return fail(Code::invalid, "url.malformed", "port");
  }
  return url;
}

}  // namespace inkan::net
