#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/disk.hpp"
#include "base/secret.hpp"
#include "net/client.hpp"

/// The way from a company's network to its bank.
namespace inkan::app {

/// AskProxyLogin gives "user:password" for a proxy, named by its host and port.
using AskProxyLogin = std::function<Result<Secret>(const std::string& proxy)>;

/// ProxyRules is which proxy an address is reached through.
struct ProxyRules {
  std::string proxy;   ///< "http://[user[:password]@]host[:port]"; empty: none
  std::string bypass;  ///< hosts that are reached directly, as no_proxy writes them: "localhost,.example.jp", or "*"

  bool goes_around(const std::string& host) const;
};

/// read_rules takes what --proxy said ("none": no proxy, whatever else is set), else what stands in the first line of `file`,
/// else the environment (https_proxy, all_proxy, no_proxy, in small letters or capitals). This machine itself needs no proxy
/// unless
/// --proxy or the file say so.
ProxyRules read_rules(const std::string& chosen, Disk& disk, const std::filesystem::path& file);

/// parse_proxy takes rules' proxy apart; `login` is what stands before the @. Error: `proxy.malformed`.
struct ParsedProxy {
  net::Proxy proxy;
  std::string login;
};
Result<ParsedProxy> parse_proxy(const std::string& text);

/// Proxies makes requests through the proxy that the rules name. A password is asked for once in a run, when the proxy wants one.
class Proxies {
 public:
  Proxies() = default;
  Proxies(ProxyRules rules, AskProxyLogin ask) : rules_(std::move(rules)), ask_(std::move(ask)) {}

  /// Heard is an answer, and who issued the certificate that the server showed.
  struct Heard {
    net::Response response;
    std::string issuer;
  };
  /// send makes one request. Errors: net::Client's, `proxy.malformed`.
  Result<Heard> send(net::ClientOptions options, const net::Call& call);
  /// ask_time is net::ask_time on the same way.
  Result<Instant> ask_time(const std::string& url);

 private:
  Result<std::optional<net::Proxy>> find(const std::string& url) const;
  ProxyRules rules_;
  AskProxyLogin ask_;
  std::string authorization_;  // what the proxy took
};

}  // namespace inkan::app
