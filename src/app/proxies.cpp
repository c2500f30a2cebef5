#include "app/proxies.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/text.hpp"

namespace inkan::app {
namespace {

constexpr std::uint16_t kUsualPort = 3128;

std::string find_variable(const char* small, const char* capitals) {
  for (const char* name : {small, capitals})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return {};
}

std::string first_line(std::string_view text) {
  std::string line(text.substr(0, text.find('\n')));
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

/// decode_percent reads the %XX of an address's user part.
std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string basic(std::string_view login) { return "Basic " + to_base64(as_bytes(login)); }

}  // namespace

bool ProxyRules::goes_around(const std::string& host) const {
  std::string_view rest = bypass;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "*") return true;
    if (one.starts_with("*.")) one.remove_prefix(1);
    if (one.starts_with('.')) one.remove_prefix(1);
    if (!one.empty() && (host == one || host.ends_with("." + std::string(one)))) return true;
  }
  return false;
}

ProxyRules read_rules(const std::string& chosen, Disk& disk, const std::filesystem::path& file) {
  if (chosen == "none") return {};
  if (!chosen.empty()) return {.proxy = chosen, .bypass = {}};
  if (disk.exists(file))
    if (const auto content = disk.read(file); content) {
      const std::string line = first_line(as_text(*content));
      return line == "none" ? ProxyRules{} : ProxyRules{.proxy = line, .bypass = {}};
    }
  std::string proxy = find_variable("https_proxy", "HTTPS_PROXY");
  if (proxy.empty()) proxy = find_variable("all_proxy", "ALL_PROXY");
  return {.proxy = proxy, .bypass = "localhost,127.0.0.1,[::1]," + find_variable("no_proxy", "NO_PROXY")};
}

Result<ParsedProxy> parse_proxy(const std::string& text) {
  std::string_view rest = text;
  constexpr std::string_view kScheme = "http://";
  if (rest.starts_with(kScheme)) rest.remove_prefix(kScheme.size());
  const std::size_t at = rest.rfind('@');
  ParsedProxy parsed;
  if (at != std::string_view::npos) {
    parsed.login = decode_percent(rest.substr(0, at));
    rest.remove_prefix(at + 1);
  }
  const auto url = net::parse_url(std::string(kScheme) + std::string(rest));
  if (!url || url->target != "/") return fail(Code::invalid, "proxy.malformed");
  const bool named = rest.substr(url->host.size()).starts_with(':');
  parsed.proxy = {.host = url->host, .port = named ? url->port : kUsualPort, .authorization = {}};
  return parsed;
}

Result<std::optional<net::Proxy>> Proxies::find(const std::string& url) const {
  const auto wanted = net::parse_url(url);
  if (rules_.proxy.empty() || !wanted || !wanted->tls || rules_.goes_around(wanted->host)) return std::nullopt;
  auto parsed = parse_proxy(rules_.proxy);
  if (!parsed) return fail(parsed);
  const bool whole = parsed->login.find(':') != std::string::npos;
  parsed->proxy.authorization = !authorization_.empty() ? authorization_ : whole ? basic(parsed->login) : "";
  return parsed->proxy;
}

Result<Proxies::Heard> Proxies::send(net::ClientOptions options, const net::Call& call) {
  for (bool asked = false;; asked = true) {
    const auto proxy = find(call.url);
    if (!proxy) return fail(proxy);
    options.proxy = *proxy;
    auto client = net::Client::make(options);
    if (!client) return fail(client);
    auto response = client->send(call);
    if (response) return Heard{std::move(*response), client->server_issuer()};
    // A proxy of Windows' own settings is logged in to by Windows.
    if (response.error().id != "net.proxy_password" || asked || !ask_ || !options.proxy) return fail(response);
    const auto parsed = parse_proxy(rules_.proxy);
    const auto given =
        ask_((parsed->login.empty() ? "" : parsed->login.substr(0, parsed->login.find(':')) + "@") + response.error().detail);
    if (!given) return fail(response);
    const bool whole = given->reveal().find(':') != std::string_view::npos || parsed->login.empty();
    authorization_ = basic(whole ? std::string(given->reveal())
                                 : parsed->login.substr(0, parsed->login.find(':')) + ":" + std::string(given->reveal()));
  }
}

Result<Instant> Proxies::ask_time(const std::string& url) {
  const auto proxy = find(url);
  if (!proxy) return fail(proxy);
  return net::ask_time(url, {.proxy = *proxy, .trust_pem = {}});
}

}  // namespace inkan::app
