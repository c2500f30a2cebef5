#include "wire/problem.hpp"

#include <boost/json.hpp>

#include "base/log.hpp"
#include "base/text.hpp"

namespace inkan::wire {
namespace {

net::Response write(int status, const std::string& code, const std::string& reference, const std::string& opens = {},
                    std::optional<int> left = {}) {
  boost::json::object problem;
  problem["type"] = "urn:inkan:problem:" + code;
  problem["title"] = net::reason_phrase(status);
  problem["status"] = status;
  problem["code"] = code;
  if (!reference.empty()) problem["reference"] = reference;
  if (!opens.empty()) problem["opens"] = opens;
  if (left) problem["left"] = *left;
  net::Response response = net::make_response(status, "application/problem+json", boost::json::serialize(problem) + "\n");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

int to_status(const Error& error) {
  // A certificate that does not do cannot be mended by an Authorization header, which is what 401 would ask for.
  if (error.id.starts_with("certificate.") || error.id == "login.certificate") return 403;
  switch (error.code) {
    case Code::invalid: return 400;
    case Code::too_large: return 413;
    case Code::unauthenticated: return 401;
    case Code::forbidden:
    case Code::refused: return 403;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    case Code::expired: return 410;
    case Code::too_many: return 429;
    case Code::unavailable: return 503;
    case Code::corrupt:
    case Code::internal: return 500;
  }
  return 500;
}

net::Response make_problem(const Error& error, Rng& rng) {
  const int status = to_status(error);
  if (status == 500) {
    const std::string reference = make_token(rng, 6);
    log(LogLevel::error, "wire", "wire.failed", {{"reference", reference}, {"id", error.id}, {"detail", error.detail}});
    return write(status, "wire.failed", reference);
  }
  net::Response response = write(status, error.id, {});
  if (status == 429) response.headers.set("Retry-After", "900");  // login.locked rests for 15 minutes
  if (status == 503) response.headers.set("Retry-After", "2");
  return response;
}

net::Response make_problem(int status, const std::string& code) { return write(status, code, {}); }

net::Response make_challenge(const std::string& realm, const std::string& code, std::optional<int> left) {
  net::Response response = write(401, code, {}, {}, left);
  response.headers.set("WWW-Authenticate", "Basic realm=\"" + realm + "\", charset=\"UTF-8\"");
  return response;
}

net::Response make_wait_problem(std::chrono::seconds wait) {
  net::Response response = write(429, "wire.too_many_tries", {});
  response.headers.set("Retry-After", std::to_string(wait.count()));
  return response;
}

net::Response make_closed_problem(const Error& closed, Instant now) {
  net::Response response = write(503, closed.id, {}, closed.detail);
  const auto opens = parse_rfc3339(closed.detail);
  if (opens && *opens > now) response.headers.set("Retry-After", std::to_string((*opens - now).count()));
  return response;
}

net::Response make_method_problem(std::string allowed) {
  net::Response response = write(405, "wire.method", {});
  response.headers.set("Allow", std::move(allowed));
  return response;
}

bool is_get(const net::Request& request) { return request.method == "GET" || request.method == "HEAD"; }

bool has_media_type(const net::Request& request, std::string_view wanted) {
  const auto type = request.find_header("Content-Type");
  return type && net::same_name(trim(type->substr(0, type->find(';'))), wanted);
}

}  // namespace inkan::wire
