#include "wire/publication.hpp"

#include <algorithm>
#include <set>

#include "lifecycle/generations.hpp"
#include "wire/freshness.hpp"
#include "wire/problem.hpp"

namespace inkan::wire {
namespace {

// A revocation is on the next list within minutes (promises.md O4), so nobody keeps an old one for longer than this.
constexpr std::chrono::minutes kCrlKept{5};
constexpr std::chrono::hours kCaKept{24};
constexpr std::chrono::minutes kOcspKept{1};  // O24: no cache says "good" for longer after a revocation
constexpr std::size_t kOcspLimit = 4 * 1024;

net::Response not_found() { return make_problem(404, "wire.not_found"); }

net::Response ocsp_answer(const DoorOptions& options, ByteView question, const net::Request& request) {
  const Instant now = options.services.clock.now();
  const lifecycle::Status::OcspAnswer answer = options.status.answer_ocsp(question);
  net::Response response = net::make_response(200, "application/ocsp-response", std::string(as_text(answer.der)));
  if (!answer.cacheable || !is_get(request)) {
    response.headers.set("Cache-Control", "no-store");
    return response;
  }
  return serve_fresh(
      request, std::move(response),
      {.made = answer.this_update, .until = std::min(answer.next_update, now + kOcspKept), .etag = sha256(answer.der).hex()},
      now);
}

/// serve_root_list gives an offline root's list, as the last ceremony left it.
net::Response serve_root_list(const DoorOptions& options, const PublishedCa& root, const net::Request& request) {
  const Instant now = options.services.clock.now();
  const auto& list = root.list;
  if (!list) return not_found();
  return serve_fresh(
      request, net::make_response(200, "application/pkix-crl", std::string(as_text(list->der()))),
      {.made = list->this_update(), .until = std::min(list->next_update(), now + kCrlKept), .etag = sha256(list->der()).hex()},
      now);
}

/// find_root is a root or a cross-certificate by the file's name without its ending.
const PublishedCa* find_root(const DoorOptions& options, std::string_view name) {
  const auto found = std::ranges::find(options.roots, name, &PublishedCa::name);
  return found == options.roots.end() ? nullptr : &*found;
}

}  // namespace

net::Response serve_crl(const DoorOptions& options, CrlCache& lists, std::string_view name, const net::Request& request) {
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  if (!name.ends_with(".crl")) return not_found();
  const ca::ListId id(name.substr(0, name.size() - 4));
  if (const PublishedCa* root = find_root(options, id)) return serve_root_list(options, *root, request);
  const auto list = lists.newest(options.status, id);
  if (!list) return make_problem(list.error(), options.services.rng);
  const auto& [crl, etag] = **list;
  const Instant now = options.services.clock.now();
  net::Response response = net::make_response(200, "application/pkix-crl", std::string(as_text(crl.der)));
  return serve_fresh(request, std::move(response),
                     {.made = crl.this_update, .until = std::min(crl.next_update, now + kCrlKept), .etag = etag}, now);
}

net::Response serve_ca(const DoorOptions& options, std::string_view name, const net::Request& request) {
  if (!is_get(request)) return make_method_problem("GET, HEAD");
  const Instant now = options.services.clock.now();
  const auto serve = [&](std::string type, std::string body, Instant made) {
    const std::string etag = sha256(as_bytes(body)).hex();
    return serve_fresh(request, net::make_response(200, std::move(type), std::move(body)),
                       {.made = made, .until = now + kCaKept, .etag = etag}, now);
  };
  if (name.ends_with(".cer")) {
    const std::string_view id = name.substr(0, name.size() - 4);
    const auto serve_one = [&](const pki::Certificate& certificate) {
      return serve("application/pkix-cert", std::string(as_text(certificate.der())), certificate.not_before());
    };
    for (const ca::Authority& authority : options.services.issuer.authorities())
      if (authority.id == id) return serve_one(authority.certificate);
    const PublishedCa* root = find_root(options, id);
    return root != nullptr ? serve_one(root->certificate) : not_found();
  }
  constexpr std::string_view kBundle = "-ca.pem";
  if (!name.ends_with(kBundle)) return not_found();
  const auto institution = options.services.institutions.find(name.substr(0, name.size() - kBundle.size()));
  if (!institution) return not_found();
  std::string pem;  // of those that are still to be trusted
  Instant made{};
  std::set<Digest> roots;
  for (const ca::Authority& authority : live_authorities_of(options.services.issuer, **institution)) {
    pem = authority.certificate.to_pem() + pem;
    if (roots.insert(authority.root.fingerprint()).second) pem += authority.root.to_pem();
    made = std::max(made, authority.certificate.not_before());
  }
  return pem.empty() ? not_found() : serve("application/pem-certificate-chain", std::move(pem), made);
}

Result<Bytes> parse_question(std::string_view text) {
  if (text.size() > kOcspLimit * 4 / 3 + 4) return fail(Code::too_large, "ocsp.too_large");
  return parse_base64(text);
}

net::Response serve_ocsp(const DoorOptions& options, std::string_view rest, const net::Request& request) {
  const auto slash = rest.find('/');
  if (!options.services.institutions.find(rest.substr(0, slash))) return not_found();
  if (request.method == "POST") {
    if (slash != std::string_view::npos && slash + 1 != rest.size()) return not_found();
    if (!has_media_type(request, "application/ocsp-request")) return make_problem(415, "wire.media_type");
    if (request.body.size() > kOcspLimit) return make_problem(413, "ocsp.too_large");
    return ocsp_answer(options, as_bytes(request.body), request);
  }
  if (!is_get(request)) return make_method_problem("GET, HEAD, POST");
  if (slash == std::string_view::npos || slash + 1 == rest.size()) return not_found();
  const auto question = parse_question(rest.substr(slash + 1));
  if (!question && question.error().code == Code::too_large) return make_problem(question.error(), options.services.rng);
  // What is no base64 is no OCSP request either: the answer is OCSP's own malformedRequest (RFC 6960 4.2.1).
  return ocsp_answer(options, question ? *question : Bytes(), request);
}

}  // namespace inkan::wire
