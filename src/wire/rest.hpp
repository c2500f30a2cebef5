#pragma once

#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "wire/door_options.hpp"

namespace inkan::wire {

/// KeysInFlight are the Idempotency-Keys that are being worked on, by a hash.
class KeysInFlight {
 public:
  bool enter(const Digest& key);  ///< false: somebody is in there
  void leave(const Digest& key);

 private:
  std::mutex mutex_;
  std::set<Digest> keys_;
};

/// RestCall is one request of a known system that has the right it needs.
struct RestCall {
  const DoorOptions& options;
  const lifecycle::Institution& institution;
  const RestClient& client;
  const net::Request& request;
  KeysInFlight& keys;
  std::vector<std::string> names;  ///< what stands for the {…} of the route's path, in order
};

/// RestRoute is one verb of the REST door.
struct RestRoute {
  std::string_view method;  ///< GET answers HEAD too
  std::string_view path;    ///< what follows "/api/v1/institutions/{institution}/", as openapi.yaml has it
  Right right;
  net::Response (*serve)(const RestCall&);
};

/// rest_routes are all of them; openapi.yaml describes each.
std::span<const RestRoute> rest_routes();

/// find_client is the system of the bank whose certificate the request shows, if it is one of this institution's.
const RestClient* find_client(const DoorOptions& options, const lifecycle::Institution& institution, const net::Request& request);

/// refuse is a refusal in the door's words. A certificate that is spoken of is a thing here, not who asks: 404 and 409, where
/// to_status would say 403.
net::Response refuse(const RestCall& call, const Error& error);

/// owns_rest tells whether the REST door knows this path, by whatever method. `parts` is what follows the institution.
bool owns_rest(std::span<const std::string> parts);

/// serve_rest answers for it. A stranger is told nothing but `rest.not_a_client`.
net::Response serve_rest(const DoorOptions& options, const lifecycle::Institution& institution,
                         std::span<const std::string> parts, const net::Request& request, KeysInFlight& keys);

}  // namespace inkan::wire
