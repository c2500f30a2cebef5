#include "wire/forward_auth.hpp"

#include "base/text.hpp"
#include "pki/certificate.hpp"
#include "wire/est.hpp"
#include "wire/problem.hpp"

namespace inkan::wire {
namespace {

constexpr const char* kClientCert = "Client-Cert";
constexpr const char* kEscapedCert = "X-SSL-Client-Cert";

/// parse_client_cert reads RFC 9440's field: an item of structured fields, ":base64 of the DER:".
Result<pki::Certificate> parse_client_cert(std::string_view field) {
  field = trim(field);
  if (field.size() < 2 || field.front() != ':' || field.back() != ':') return fail(Code::invalid, "certificate.malformed");
  const auto der = parse_base64(field.substr(1, field.size() - 2));
  return der ? pki::Certificate::parse(*der) : fail(Code::invalid, "certificate.malformed");
}

Result<pki::Certificate> parse_escaped(std::string_view field) {
  const auto pem = net::percent_decode(field);
  if (!pem) return fail(Code::invalid, "certificate.malformed");
  auto certificates = pki::Certificate::parse_pem(*pem);
  if (!certificates) return fail(certificates);
  return std::move(certificates->front());
}

/// shown_certificate is the fingerprint of what the proxy's client showed; empty when it showed none. Two fields at once are
/// refused: one of them might be the client's own.
Result<std::optional<Digest>> shown_certificate(const net::Request& request) {
  const auto structured = request.find_header(kClientCert), escaped = request.find_header(kEscapedCert);
  if (request.headers.count(kClientCert) + request.headers.count(kEscapedCert) > 1)
    return fail(Code::invalid, "certificate.malformed");
  if ((!structured || structured->empty()) && (!escaped || escaped->empty())) return std::optional<Digest>();
  const auto certificate = structured ? parse_client_cert(*structured) : parse_escaped(*escaped);
  if (!certificate) return fail(Code::invalid, "certificate.malformed");
  return std::optional(certificate->fingerprint());
}

}  // namespace

net::Response serve_forward_auth(const DoorOptions& options, std::string_view id, const net::Request& request) {
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  if (!request.peer.tls) return make_problem(403, "wire.needs_tls");
  const auto institution = options.services.institutions.find(id);
  if (!institution) return make_problem(404, "institution.unknown");
  if (!is_among(options.gatekeepers, (*institution)->id, request.peer.fingerprint))
    return make_problem(403, "forward_auth.not_a_gatekeeper");
  const auto shown = shown_certificate(request);
  if (!shown) return make_problem(400, shown.error().id);
  if (!*shown) return make_problem(401, "certificate.none");
  const auto verdict = options.login.judge(**institution, *shown);
  if (!verdict) return make_problem(verdict.error(), options.services.rng);
  // Narrower than a renewal's door: what may only renew late opens no application (O19).
  if (verdict->kind != lifecycle::CertificateVerdict::Kind::good) return make_problem(403, refusal_id(verdict->kind));

  const lifecycle::Holder& holder = *verdict->holder;
  net::Response response = net::make_text(200, "");
  net::Headers& headers = response.headers;
  headers.set("Cache-Control", "no-store");
  headers.set("Inkan-Login-Id", holder.id.login_id);
  headers.set("Inkan-Role", std::string(to_text(holder.role)));
  headers.set("Inkan-Company", net::percent_encode(holder.company));
  headers.set("Inkan-Serial", verdict->certificate->serial.hex());
  headers.set("Inkan-Expiry", to_iso(verdict->certificate->expiry_day));
  return response;
}

}  // namespace inkan::wire
