// Request targets, authorities and forms: everything percent-encoded.

#include <algorithm>

#include "base/text.hpp"
#include "net/grammar.hpp"
#include "net/http.hpp"

namespace inkan::net {

namespace {

constexpr std::size_t kMaxFields = 200;

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus { literal, space };

std::optional<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment == "." || segment == "..") return true;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return false;
}

// One grammar for query and form (WHATWG URL 5.1), told apart by the first word of their error ids.
Result<Pairs> parse_pairs(std::string_view text, const std::string& room) {
  Pairs pairs;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view piece = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (piece.empty()) continue;
    if (pairs.size() == kMaxFields) return fail(Code::too_large, room + ".too_many_fields");
    const std::size_t equals = piece.find('=');
    std::optional<std::string> name = decode(piece.substr(0, equals), Plus::space);
    std::optional<std::string> value =
        equals == std::string_view::npos ? std::string() : decode(piece.substr(equals + 1), Plus::space);
    const std::string bad_escape = room == "form" ? "form.malformed" : room + ".bad_escape";
    if (!name || !value) return fail(Code::invalid, bad_escape);
    const std::string not_text = room == "form" ? "form.malformed" : room + ".not_text";
    if (!is_utf8(*name) || !is_utf8(*value) || value->find('\0') != std::string::npos || has_controls(*name))
      return fail(Code::invalid, not_text);
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

bool is_form(std::optional<std::string_view> media_type) {
  if (!media_type) return false;
  std::string_view type = *media_type;
  return same_name(trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded");
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  Target parsed;
  if (target == "*") {
    parsed.path = "*";
    return parsed;
  }
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!same_name(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    parsed.authority = target.substr(0, end);
    if (parsed.authority.empty()) return fail(Code::invalid, "target.malformed", "no authority");
    target.remove_prefix(end);
    break;
  }
  const std::size_t mark = target.find('?');
  std::string_view path = target.substr(0, mark);
  if (path.empty() && !parsed.authority.empty()) path = "/";
  if (path.empty() || path.front() != '/') return fail(Code::invalid, "target.malformed", "no path");
  if (target.find('#') != std::string_view::npos) return fail(Code::invalid, "target.malformed", "fragment");

  std::optional<std::string> decoded = decode(path, Plus::literal);
  if (!decoded) return fail(Code::invalid, "target.bad_escape");
  if (!is_utf8(*decoded) || has_controls(*decoded)) return fail(Code::invalid, "target.not_text");
  // After decoding, since "%2e%2e" is ".." to every file system.
  if (has_dot_segment(*decoded)) return fail(Code::invalid, "target.dot_segment");
  parsed.path = std::move(*decoded);

  if (mark != std::string_view::npos) {
    Result<Pairs> query = parse_pairs(target.substr(mark + 1), "target");
    if (!query) return fail(query);
    parsed.query = std::move(*query);
  }
  return parsed;
}

Result<std::string> parse_authority(std::string_view authority) {
  std::string_view host = authority;
  std::string_view port;
  const std::size_t colon = authority.rfind(':');
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return fail(Code::invalid, "host.malformed", "no closing bracket");
    host = authority.substr(0, close + 1);
    port = authority.substr(close + 1);
    if (!port.empty() && port.front() != ':') return fail(Code::invalid, "host.malformed", "text after the address");
    if (!port.empty()) port.remove_prefix(1);
  } else if (colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  if (host.empty() || host.size() > 255) return fail(Code::invalid, "host.malformed", "length");
  if (port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) return fail(Code::invalid, "host.malformed", "port");
  std::string out;
  const bool literal = host.front() == '[';
  for (std::size_t i = 0; i < host.size(); ++i) {
    const char c = host[i];
    const bool bracket = literal && (i == 0 || i + 1 == host.size());
    const bool allowed = literal ? (hex_value(c) >= 0 || c == ':' || c == '.' || bracket)
                                 : (is_alphanumeric(c) || c == '.' || c == '-' || c == '_');
    if (!allowed) return fail(Code::invalid, "host.malformed", "character");
    out.push_back(lower(c));
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) { return decode(text, Plus::literal); }

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

Result<Form> parse_form(const Request& request) {
  if (request.headers.count("Content-Type") != 1 || !is_form(request.find_header("Content-Type")))
    return fail(Code::invalid, "form.media_type");
  Result<Pairs> pairs = parse_pairs(request.body, "form");
  if (!pairs) return fail(pairs);
  std::vector<std::string_view> names;
  for (const auto& field : *pairs) names.push_back(field.first);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) return fail(Code::invalid, "form.repeated_field", std::string(*twice));
  return Form(std::move(*pairs));
}

}  // namespace inkan::net
