#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "net/grammar.hpp"
#include "net/http.hpp"

namespace inkan::net {

namespace {

constexpr std::size_t kMaxCookies = 100;

// RFC 6265 4.1.1 cookie-octet.
bool is_cookie_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; });
}

bool is_attribute_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != ';'; });
}

}  // namespace

Pairs parse_cookies(const Headers& headers) {
  Pairs cookies;
  for (const Header& field : headers) {
    if (!same_name(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty() && cookies.size() < kMaxCookies) {
      const std::size_t end = rest.find(';');
      const std::string_view piece = trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      const std::size_t equals = piece.find('=');
      if (equals == std::string_view::npos) continue;
      std::string_view value = piece.substr(equals + 1);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      if (!is_token(piece.substr(0, equals)) || !is_cookie_value(value)) continue;
      cookies.emplace_back(piece.substr(0, equals), value);
    }
  }
  Pairs single;
  for (const auto& cookie : cookies) {
    const auto same = [&](const auto& other) { return other.first == cookie.first; };
    if (std::count_if(cookies.begin(), cookies.end(), same) == 1) single.push_back(cookie);
  }
  return single;
}

std::string make_cookie(const Cookie& cookie) {
  check(is_token(cookie.name) && is_cookie_value(cookie.value), "a cookie's name and value are as RFC 6265 has them");
  check(is_attribute_value(cookie.domain) && is_attribute_value(cookie.path), "a cookie's attributes are plain");
  check(!cookie.name.starts_with("__Host-") || (cookie.domain.empty() && cookie.path == "/"),
        "a __Host- cookie has no domain and the path /");
  std::string out = cookie.name + "=" + cookie.value + "; Path=" + cookie.path;
  if (!cookie.domain.empty()) out += "; Domain=" + cookie.domain;
  if (cookie.max_age) out += fmt::format("; Max-Age={}", cookie.max_age->count());
  out += "; Secure";
  if (cookie.http_only) out += "; HttpOnly";
  out += cookie.same_site == SameSite::strict ? "; SameSite=Strict" : "; SameSite=Lax";
  return out;
}

}  // namespace inkan::net
