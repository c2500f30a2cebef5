#include "net/http.hpp"

#include <algorithm>

#include "net/grammar.hpp"

namespace inkan::net {

namespace {

// The value of a name that comes exactly once: with two, the first for us may be the second for somebody else.
std::optional<std::string_view> find_single(const Pairs& pairs, std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : pairs) {
    if (key != name) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const Header& field) { return same_name(field.name, name); });
  fields_.push_back({std::string(name), std::move(value)});
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Header& field : fields_)
    if (same_name(field.name, name)) return field.value;
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(), [&](const Header& field) { return same_name(field.name, name); }));
}

std::optional<std::string_view> Request::find_query(std::string_view name) const { return find_single(query, name); }

std::optional<std::string> Request::find_cookie(std::string_view name) const {
  for (auto& [key, value] : parse_cookies(headers))
    if (key == name) return std::move(value);
  return std::nullopt;
}

std::optional<std::string_view> Form::find(std::string_view name) const { return find_single(fields_, name); }

Response make_response(int status, std::string type, std::string body) {
  return {status, {{"Content-Type", std::move(type)}}, std::move(body)};
}

Response make_text(int status, std::string body) { return make_response(status, "text/plain; charset=utf-8", std::move(body)); }

Response make_html(int status, std::string body) { return make_response(status, "text/html; charset=utf-8", std::move(body)); }

Response make_redirect(std::string location, int status) {
  check(!has_controls(location), "a redirect's location has no control characters");
  return {status, {{"Location", std::move(location)}}, {}};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

}  // namespace inkan::net
