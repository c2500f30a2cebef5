#include "wire/api.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "net/client.hpp"
#include "wire/est.hpp"
#include "wire/problem.hpp"
#include "wire/rest.hpp"
#include "wire/rest_json.hpp"
#include "wire/transaction.hpp"

namespace inkan::wire {

std::span<const EmbeddedFile> embedded_files();

namespace {

using lifecycle::Institution;

net::Response serve_bulk(const DoorOptions& options, Metrics& metrics, const Institution& institution,
                         const std::string& login_id, const net::Request& request) {
  const RestClient* client = find_client(options, institution, request);
  const bool system = client != nullptr && client->may(Right::issue);
  if (!system && !is_among(options.registration_authorities, institution.id, request.peer.fingerprint))
    return make_problem(403, "bulk.not_an_authority");
  if (!has_media_type(request, "application/pkcs10")) return make_problem(415, "wire.media_type");
  const auto csr = pki::Csr::parse(as_bytes(request.body));
  if (!csr) return make_problem(csr.error(), options.services.rng);
  const auto record = options.enrolment.enrol_approved(institution, login_id, *csr,
                                                       system ? actor_of(*client) : "ra " + request.peer.fingerprint->hex());
  metrics.count_issue(Flow::bulk, record);
  if (!record) return make_problem(record.error(), options.services.rng);
  return net::make_response(201, "application/pkix-cert", std::string(as_text(record->der)));
}

net::Response serve_self_test(const DoorOptions& options, const Institution& institution, const net::Request& request) {
  const auto verdict = judge_shown(options, institution, request);
  if (!verdict) return make_problem(verdict.error(), options.services.rng);
  auto record = Result<lifecycle::CertificateRecord>(*verdict->certificate);
  if (request.method == "POST") record = options.enrolment.confirm_use(institution, *request.peer.fingerprint);
  if (!record) return make_problem(record.error(), options.services.rng);
  return make_json(200, {{"confirmed", record->confirmed_at.has_value()},
                         {"serial", record->serial.hex()},
                         {"not_after", to_rfc3339(record->not_after, institution.zone)}});
}

net::Response serve_description(const net::Request& request) {
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  for (const EmbeddedFile& file : embedded_files())
    if (file.name == "openapi.yaml") return net::make_response(200, "application/yaml", std::string(file.content));
  return make_problem(404, "wire.not_found");
}

}  // namespace

net::Response serve_api(const DoorOptions& options, Metrics& metrics, Cmp& cmp, std::string_view rest,
                        const net::Request& request, KeysInFlight& keys) {
  if (rest == "openapi.yaml") return serve_description(request);
  const std::vector<std::string> parts = split(rest, '/');
  const bool bulk = parts.size() == 5 && parts[2] == "holders" && parts[4] == "certificates" && !is_get(request);
  const bool self_test = parts.size() == 3 && parts[2] == "self-test";
  const bool transaction = parts.size() == 4 && parts[2] == "transactions";
  const bool reference = parts.size() == 3 && parts[2] == "cmp-reference";
  const std::span<const std::string> below = std::span(parts).subspan(std::min<std::size_t>(2, parts.size()));
  const bool rest_door = !bulk && owns_rest(below);
  if (parts[0] != "institutions" || (!bulk && !self_test && !transaction && !reference && !rest_door))
    return make_problem(404, "wire.not_found");
  if (!request.peer.tls) return make_problem(403, "wire.needs_tls");
  const auto institution = options.services.institutions.find(parts[1]);
  if (!institution) return make_problem(404, "institution.unknown");
  if (rest_door) return serve_rest(options, **institution, below, request, keys);
  if (bulk && request.method != "POST") return make_method_problem("GET, HEAD, POST");
  if ((transaction || reference) && request.method != "POST") return make_method_problem("POST");
  if (reference) return cmp.serve_reference(**institution, request);
  if (transaction) return serve_transaction(options, **institution, parts[3], request);
  if (request.method != "POST" && !is_get(request)) return make_method_problem("GET, HEAD, POST");
  return bulk ? serve_bulk(options, metrics, **institution, parts[3], request) : serve_self_test(options, **institution, request);
}

net::Response serve_discovery(const DoorOptions& options, const net::Request& request) {
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  for (const auto& [id, addresses] : options.addresses) {
    const auto portal = net::parse_url(addresses.portal);
    if (!portal || portal->host != request.host) continue;
    const auto institution = options.services.institutions.find(id);
    if (!institution) break;
    return make_json(200, {{"institution", id},
                           {"name", (*institution)->name},
                           {"portal", addresses.portal},
                           {"est", addresses.est},
                           {"cmp", addresses.cmp},
                           {"self_test", addresses.self_test},
                           {"transactions", addresses.transactions},
                           {"ca", addresses.ca},
                           {"zone", (*institution)->zone.name()},
                           {"now", to_rfc3339(options.services.clock.now(), (*institution)->zone)},
                           {"window_days", (*institution)->renewal.window_days},
                           {"late_days", lifecycle::late_days(**institution, options.services.clock.now())},
                           {"asks_password", (*institution)->renewal.asks_password},
                           {"quiet", (*institution)->renewal.quiet}});
  }
  return make_problem(404, "institution.unknown");
}

}  // namespace inkan::wire
