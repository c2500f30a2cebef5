#include "wire/rest.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "wire/problem.hpp"
#include "wire/rest_acts.hpp"
#include "wire/rest_reading.hpp"

namespace inkan::wire {
namespace {

constexpr std::array kRoutes = {
    RestRoute{"GET", "holders", Right::read, serve_holders},
    RestRoute{"GET", "holders/{login_id}", Right::read, serve_holder},
    RestRoute{"GET", "holders/{login_id}/certificates", Right::read, serve_certificates},
    RestRoute{"GET", "certificates/{serial}", Right::read, serve_certificate},
    RestRoute{"GET", "renewal-info/{certificate_id}", Right::read, serve_renewal_info},
    RestRoute{"GET", "events", Right::events, serve_events},
    RestRoute{"GET", "holders/{login_id}/requests", Right::read, serve_requests},
    RestRoute{"GET", "requests/{number}", Right::read, serve_request},
    RestRoute{"POST", "holders", Right::entitle, add_holder},
    RestRoute{"POST", "holders/{login_id}/hold", Right::revoke, hold_holder},
    RestRoute{"DELETE", "holders/{login_id}/hold", Right::revoke, refuse_release},
    RestRoute{"POST", "certificates/{serial}/revocation", Right::revoke, revoke_certificate},
};

/// match_path gives what stands for the {…} of a route's path, where the parts are such a path.
std::optional<std::vector<std::string>> match_path(std::string_view path, std::span<const std::string> parts) {
  const std::vector<std::string> wanted = split(path, '/');
  if (wanted.size() != parts.size()) return {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      if (parts[i].empty()) return {};
      names.push_back(parts[i]);
    } else if (wanted[i] != parts[i]) {
      return {};
    }
  }
  return names;
}

bool takes(const RestRoute& route, const std::string& method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

}  // namespace

bool KeysInFlight::enter(const Digest& key) {
  const std::lock_guard lock(mutex_);
  return keys_.insert(key).second;
}

void KeysInFlight::leave(const Digest& key) {
  const std::lock_guard lock(mutex_);
  keys_.erase(key);
}

std::span<const RestRoute> rest_routes() { return kRoutes; }

const RestClient* find_client(const DoorOptions& options, const lifecycle::Institution& institution,
                              const net::Request& request) {
  const auto known = options.rest_clients.find(institution.id);
  if (!request.peer.fingerprint || known == options.rest_clients.end()) return nullptr;
  const auto found = std::ranges::find(known->second, *request.peer.fingerprint, &RestClient::fingerprint);
  return found == known->second.end() ? nullptr : &*found;
}

net::Response refuse(const RestCall& call, const Error& error) {
  if (error.code == Code::not_found) return make_problem(404, error.id);
  if (error.id == "once.other_content") return make_problem(422, error.id);
  if (error.code == Code::conflict) return make_problem(409, error.id);
  return make_problem(error, call.options.services.rng);
}

bool owns_rest(std::span<const std::string> parts) {
  return std::ranges::any_of(kRoutes, [&](const RestRoute& route) { return match_path(route.path, parts).has_value(); });
}

net::Response serve_rest(const DoorOptions& options, const lifecycle::Institution& institution,
                         std::span<const std::string> parts, const net::Request& request, KeysInFlight& keys) {
  const RestClient* client = find_client(options, institution, request);
  if (client == nullptr) return make_problem(403, "rest.not_a_client");
  std::string allowed;
  for (const RestRoute& route : kRoutes) {
    auto names = match_path(route.path, parts);
    if (!names) continue;
    if (takes(route, request.method)) {
      if (!client->may(route.right)) return make_problem(403, "rest.right_missing");
      return route.serve({options, institution, *client, request, keys, std::move(*names)});
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method == "GET" ? "GET, HEAD" : route.method);
  }
  return allowed.empty() ? make_problem(404, "wire.not_found") : make_method_problem(allowed);
}

}  // namespace inkan::wire
