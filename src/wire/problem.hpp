#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/chance.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace inkan::wire {

/// to_status is the HTTP status of a refusal: the one place where this room decides it.
int to_status(const Error& error);

/// make_problem writes a refusal as application/problem+json (RFC 9457): type, title, status, and the stable `code`. Of a defect
/// (5xx other than 503) only a reference number leaves the house; the log has the rest under the same number.
net::Response make_problem(const Error& error, Rng& rng);

/// make_problem for what HTTP itself refuses, for example 405 `wire.method`.
net::Response make_problem(int status, const std::string& code);

/// make_challenge is a refusal with 401 and the realm in which a login ID and password are wanted; `left` says how many wrong
/// passwords more there may be before a rest (E208).
net::Response make_challenge(const std::string& realm, const std::string& code, std::optional<int> left = {});

/// make_wait_problem is 429 `wire.too_many_tries`: one address tried too many passwords (T10).
net::Response make_wait_problem(std::chrono::seconds wait);

/// make_closed_problem is 503 `service.closed` (O19): `opens` says when the service is open again, Retry-After in how long.
net::Response make_closed_problem(const Error& closed, Instant now);

/// make_method_problem is 405 with the methods that are allowed.
net::Response make_method_problem(std::string allowed);

/// is_get is GET or HEAD.
bool is_get(const net::Request& request);

/// has_media_type compares a request's Content-Type without its parameters and without case (RFC 9110 8.3.1).
bool has_media_type(const net::Request& request, std::string_view wanted);

}  // namespace inkan::wire
