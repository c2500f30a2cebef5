#include "wire/door.hpp"

#include <array>
#include <utility>

#include "wire/api.hpp"
#include "wire/est.hpp"
#include "wire/forward_auth.hpp"
#include "wire/health.hpp"
#include "wire/openid.hpp"
#include "wire/problem.hpp"
#include "wire/publication.hpp"

namespace inkan::wire {
namespace {

struct Prefix {
  std::string_view text;
  Area area;
};
constexpr std::array kPrefixes = {Prefix{"/.well-known/est/", Area::est},
                                  Prefix{"/.well-known/cmp/p/", Area::cmp},
                                  Prefix{"/ocsp/", Area::ocsp},
                                  Prefix{"/crl/", Area::crl},
                                  Prefix{"/ca/", Area::ca},
                                  Prefix{"/api/v1/", Area::api},
                                  Prefix{"/forward-auth/", Area::forward_auth},
                                  Prefix{"/openid/", Area::openid}};
constexpr std::string_view kDiscovery = "/.well-known/inkan";
constexpr std::string_view kOpenid = "/.well-known/openid-configuration";

Area area_of(std::string_view path) {
  if (path == kDiscovery) return Area::discovery;
  if (path == kOpenid) return Area::openid;
  for (const Prefix& prefix : kPrefixes)
    if (path.starts_with(prefix.text)) return prefix.area;
  return Area::none;
}

/// rest_of is what follows the area's prefix.
std::string_view rest_of(std::string_view path, Area area) {
  for (const Prefix& prefix : kPrefixes)
    if (prefix.area == area) return path.substr(prefix.text.size());
  return {};
}

/// read_est is whom an EST path means, and which operation. The label is the institution; it may be left out where there is one
/// alone (RFC 7030 3.2.2). strongSwan's client knows no label: it writes the prefix once more after the address it was given.
std::pair<const lifecycle::Institution*, std::string_view> read_est(const lifecycle::Institutions& institutions,
                                                                    std::string_view rest) {
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {institutions.all().size() == 1 ? &institutions.all().front() : nullptr, rest};
  constexpr std::string_view kAgain = ".well-known/est/";
  std::string_view operation = rest.substr(slash + 1);
  if (operation.starts_with(kAgain)) operation.remove_prefix(kAgain.size());
  const auto found = institutions.find(rest.substr(0, slash));
  return {found ? *found : nullptr, operation};
}

}  // namespace

Door::Door(DoorOptions options) : options_(std::move(options)), cmp_(options_, metrics_) {}

bool Door::owns(std::string_view path) { return area_of(path) != Area::none; }

bool Door::owns_admin(std::string_view path) { return path == "/livez" || path == "/readyz" || path == "/metrics"; }

net::Response Door::answer(const net::Request& request, Area area) {
  const std::string_view rest = rest_of(request.path, area);
  switch (area) {
    case Area::est: {
      const auto [institution, operation] = read_est(options_.services.institutions, rest);
      if (institution == nullptr) return make_problem(404, "institution.unknown");
      return serve_est(options_, metrics_, *institution, operation, request);
    }
    case Area::cmp: {
      const auto institution = options_.services.institutions.find(rest);
      return institution ? cmp_.serve(**institution, request) : make_problem(404, "institution.unknown");
    }
    case Area::ocsp: return serve_ocsp(options_, rest, request);
    case Area::crl: return serve_crl(options_, lists_, rest, request);
    case Area::ca: return serve_ca(options_, rest, request);
    case Area::api: return serve_api(options_, metrics_, cmp_, rest, request, keys_);
    case Area::forward_auth: return serve_forward_auth(options_, rest, request);
    case Area::openid:
      return request.path == kOpenid ? serve_openid_configuration(options_, request) : serve_openid(options_, rest, request);
    case Area::discovery: return serve_discovery(options_, request);
    case Area::none: break;
  }
  return make_problem(404, "wire.not_found");
}

net::Response Door::handle(const net::Request& request) {
  const Area area = area_of(request.path);
  net::Response response = answer(request, area);
  metrics_.count_request(area, response.status);
  return response;
}

net::Response Door::handle_admin(const net::Request& request) {
  if (!owns_admin(request.path)) return make_problem(404, "wire.not_found");
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  if (request.path == "/livez") return serve_livez();
  if (request.path == "/readyz") return serve_readyz(options_);
  return net::make_response(200, "text/plain; version=0.0.4; charset=utf-8", metrics_.to_text(options_));
}

}  // namespace inkan::wire
