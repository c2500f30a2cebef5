#pragma once

#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include "net/http.hpp"
#include "web/portal/portal.hpp"

namespace inkan {

/// Browser asks a door as a browser does, without lines between: it keeps cookies, follows redirects, shows a certificate where
/// the door asks for one (the portal's login hosts, and the whole console), and sends Origin with a POST.
class Browser {
 public:
  template <class Door>
  explicit Browser(const Door& door, std::string language = "ja")
      : answer_([&door](const net::Request& request) { return door.handle(request); }),
        asks_everywhere_(!std::is_same_v<Door, web::Portal>),
        language_(std::move(language)) {}

  /// show makes the browser send this certificate to hosts that ask for one.
  void show(const Digest& fingerprint) { fingerprint_ = fingerprint; }
  void show_nothing() { fingerprint_.reset(); }
  /// come_from is the client's address from now on.
  void come_from(std::string address) { address_ = std::move(address); }
  /// show_refused is a certificate that the listener's authorities do not vouch for.
  void show_refused() {
    fingerprint_.reset();
    refused_ = true;
  }

  net::Response get(const std::string& url) { return follow(send("GET", url, {}, {})); }
  net::Response post(const std::string& url, const std::string& form = {}) {
    return follow(
        send("POST", url, form,
             {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", origin()}, {"Sec-Fetch-Site", "same-origin"}}));
  }

  /// send asks once, with what headers one likes; `url` is whole, or a path on the present host.
  net::Response send(const std::string& method, const std::string& url, const std::string& body, net::Headers headers) {
    go_to(url);
    path_ = path_.substr(0, path_.find('#'));  // a browser keeps the fragment to itself
    net::Request request{.method = method, .target = path_, .path = path_, .body = body, .host = host()};
    if (const auto mark = path_.find('?'); mark != std::string::npos) {
      request.query = net::parse_target(path_)->query;
      request.path = path_.substr(0, mark);
    }
    request.headers = std::move(headers);
    request.headers.set("Accept-Language", language_);
    std::string cookies;
    for (const auto& [name, cookie] : cookies_)
      if (cookie.first == "=" + host() || host().ends_with(cookie.first))
        cookies += (cookies.empty() ? "" : "; ") + name + "=" + cookie.second;
    if (!cookies.empty() && !request.find_header("Cookie")) request.headers.set("Cookie", cookies);
    const bool asks = asks_everywhere_ || host() != portal_host_;
    if (asks) request.peer.fingerprint = fingerprint_;
    request.peer.certificate_refused = refused_;
    request.peer.address = address_;
    net::Response response = answer_(request);
    keep_cookies(response);
    return response;
  }

  std::string origin() const { return origin_; }
  std::string host() const { return origin_.substr(8, origin_.find(':', 8) - 8); }
  std::string path() const { return path_; }
  std::string cookie(const std::string& name) const {
    const auto found = cookies_.find(name);
    return found == cookies_.end() ? std::string() : found->second.second;
  }

 private:
  void go_to(const std::string& url) {
    path_ = url;
    if (!url.starts_with("https://")) return;
    const auto slash = url.find('/', 8);
    origin_ = url.substr(0, slash);
    path_ = slash == std::string::npos ? "/" : url.substr(slash);
    if (portal_host_.empty()) portal_host_ = host();  // the first address that a person types
  }

  net::Response follow(net::Response response) {
    for (int hops = 0; response.status == 303 && hops < 10; ++hops)
      response = send("GET", std::string(*response.headers.find("Location")), {}, {});
    return response;
  }

  void keep_cookies(const net::Response& response) {
    for (const net::Header& field : response.headers) {
      if (!net::same_name(field.name, "Set-Cookie")) continue;
      const auto equals = field.value.find('=');
      const auto end = field.value.find(';');
      const auto domain = field.value.find("Domain=");
      const std::string where =
          domain == std::string::npos ? "=" + host() : field.value.substr(domain + 7, field.value.find(';', domain) - domain - 7);
      cookies_[field.value.substr(0, equals)] = {where, field.value.substr(equals + 1, end - equals - 1)};
    }
  }

  std::function<net::Response(const net::Request&)> answer_;
  bool asks_everywhere_;
  bool refused_ = false;
  std::string language_;
  std::optional<Digest> fingerprint_;
  std::string address_ = "127.0.0.1";
  std::string origin_;
  std::string path_;
  std::string portal_host_;
  std::map<std::string, std::pair<std::string, std::string>> cookies_;  // name → (domain, or "=host"; value)
};

}  // namespace inkan
