// A Cookie field, and the same bytes as a target, an authority and a form.

#include <cstddef>
#include <cstdint>
#include <string>

#include "net/http.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inkan;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const net::Pairs cookies = net::parse_cookies(net::Headers{{"Cookie", text}});
  for (const auto& [name, value] : cookies) {
    // What was read can be written again, and reads the same.
    const net::Pairs again = net::parse_cookies(net::Headers{{"Cookie", name + "=" + value}});
    check(again.size() == 1 && again[0].first == name, "a cookie's name comes back");
    (void)net::make_cookie({.name = "x", .value = value});
  }
  if (const auto target = net::parse_target(text))
    check(target->path == "*" || target->path.starts_with('/'), "a path is a path");
  (void)net::parse_authority(text);
  net::Request form;
  form.headers.add("Content-Type", "application/x-www-form-urlencoded");
  form.body = text;
  (void)net::parse_form(form);
  return 0;
}
