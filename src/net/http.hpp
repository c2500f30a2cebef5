#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace inkan::net {

/// Pairs is a list of names and values in the order they came.
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Header is one field of a message; names keep the spelling they came in and compare without case (RFC 9110 5.1).
struct Header {
  std::string name;
  std::string value;
};

/// Headers is a message's fields in order.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
  /// set replaces every field of that name by one.
  void set(std::string_view name, std::string value);
  /// find is the first field's value, or nothing.
  std::optional<std::string_view> find(std::string_view name) const;
  /// count tells how many fields bear that name.
  std::size_t count(std::string_view name) const;

  const std::vector<Header>& fields() const { return fields_; }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Header> fields_;
};

/// Peer is who is at the other end of the connection, as the handshake proved it. No header ever changes it (threat T7).
struct Peer {
  std::string address;                ///< "127.0.0.1" or "::1", without port
  bool tls = false;                   ///< whether the bytes came through our own TLS
  std::string sni;                    ///< the name of the handshake, lower case; empty without TLS
  std::optional<Bytes> certificate;   ///< DER of the client's leaf. Possession of its key is proved; nothing else is judged,
                                      ///< unless the listener has CAs to judge by
  std::optional<Digest> fingerprint;  ///< SHA-256 of that DER
  /// certificate_refused tells that one was shown which the listener's client_authorities_pem does not vouch for.
  bool certificate_refused = false;
};

/// Request is one whole HTTP/1.1 request that passed every rule of net/README.md.
struct Request {
  std::string method;  ///< "GET", "HEAD", "POST" …; the handler refuses what it does not know
  std::string target;  ///< as it was sent, "/a%20b?c=d"
  std::string path;    ///< percent-decoded, "/a b": UTF-8, begins with '/', no control characters, no dot segments
  Pairs query;         ///< decoded, in order
  Headers headers;
  std::string body;
  std::string host;  ///< of Host, lower case, without port: "id.localhost"
  Peer peer;

  std::optional<std::string_view> find_header(std::string_view name) const { return headers.find(name); }
  /// find_query is a query value; absent when the name is missing or comes more than once.
  std::optional<std::string_view> find_query(std::string_view name) const;
  /// find_cookie is a cookie's value; absent when the name is missing or comes more than once, since nobody can tell whose is
  /// whose then (cookie tossing from a sibling host).
  std::optional<std::string> find_cookie(std::string_view name) const;
};

/// Response is what a handler answers. Content-Length, Date and Connection are net's; for HEAD net keeps the body back.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

/// make_response is an answer with a body of the given media type.
Response make_response(int status, std::string type, std::string body);
/// make_text is text/plain, make_html text/html, both UTF-8.
Response make_text(int status, std::string body);
Response make_html(int status, std::string body);
/// make_redirect sends the browser elsewhere by GET (303) or as told. Control characters in `location` are a defect (check).
Response make_redirect(std::string location, int status = 303);

/// reason_phrase is the status line's text, "Not Found"; empty for a status we do not know.
std::string_view reason_phrase(int status);

/// same_name compares header names without case.
bool same_name(std::string_view a, std::string_view b);

/// Form is the fields of an application/x-www-form-urlencoded body; every name comes once.
class Form {
 public:
  explicit Form(Pairs fields) : fields_(std::move(fields)) {}
  std::optional<std::string_view> find(std::string_view name) const;
  /// get is find, with an empty text for an absent field.
  std::string_view get(std::string_view name) const { return find(name).value_or(""); }
  const Pairs& fields() const { return fields_; }

 private:
  Pairs fields_;
};

/// parse_form reads a request's body as a form. Errors: `form.media_type`, `form.malformed` (bad escape, NUL, not UTF-8),
/// `form.repeated_field`, `form.too_many_fields` (over 200).
Result<Form> parse_form(const Request& request);

/// Target is a request target taken apart (RFC 9112 3.2).
struct Target {
  std::string authority;  ///< only of the absolute form, "id.localhost:8443"
  std::string path;
  Pairs query;
};

/// parse_target reads origin form, absolute form and "*". Escaped slashes are decoded and empty segments kept, because OCSP over
/// GET carries base64 there (RFC 6960 A.1). Errors: `target.malformed`, `target.bad_escape`, `target.dot_segment`,
/// `target.not_text`, `target.too_many_fields`.
Result<Target> parse_target(std::string_view target);

/// parse_authority is the lower-case host of "host[:port]". Error: `host.malformed`.
Result<std::string> parse_authority(std::string_view authority);

/// percent_decode undoes escapes; '+' stands for itself. Empty for an escape that is none.
std::optional<std::string> percent_decode(std::string_view text);

/// percent_encode escapes all but RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);

/// parse_cookies reads the Cookie fields (RFC 6265 5.4); pairs that are no cookies are skipped, a name that comes twice is left
/// out altogether.
Pairs parse_cookies(const Headers& headers);

/// SameSite is how far a cookie travels (RFC 6265bis 5.4.7).
enum class SameSite { strict, lax };

/// Cookie is one Set-Cookie; always Secure.
struct Cookie {
  std::string name;
  std::string value;
  std::string domain;  ///< empty: this host only
  std::string path = "/";
  std::optional<std::chrono::seconds> max_age;  ///< absent: until the browser closes; zero: delete
  bool http_only = true;
  SameSite same_site = SameSite::lax;
};

/// make_cookie is the value of a Set-Cookie field. A name, value, domain or path that breaks RFC 6265 4.1.1, or the rules of a
/// `__Host-` name, is a defect (check).
std::string make_cookie(const Cookie& cookie);

}  // namespace inkan::net
