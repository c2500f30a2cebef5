#include "wire/est.hpp"

#include <set>

#include "base/log.hpp"
#include "base/text.hpp"
#include "lifecycle/generations.hpp"
#include "lifecycle/handover.hpp"
#include "pki/certificate.hpp"
#include "pki/cms.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "wire/credentials.hpp"
#include "wire/problem.hpp"
#include "wire/transaction.hpp"

namespace inkan::wire {
namespace {

using lifecycle::CertificateVerdict;
using lifecycle::Institution;

// A request of the largest size in base64, with line breaks.
constexpr std::size_t kBodyLimit = pki::kCsrLimit * 3 / 2;

net::Response make_base64(std::string type, ByteView der) {
  net::Response response = net::make_response(200, std::move(type), to_base64(der));
  response.headers.set("Content-Transfer-Encoding", "base64");  // RFC 7030 4.1.3; older clients insist on it
  response.headers.set("Cache-Control", "no-store");
  return response;
}

net::Response serve_cacerts(const DoorOptions& options, const Institution& institution) {
  std::vector<pki::Certificate> certificates;
  std::set<Digest> roots;
  for (const ca::Authority& authority : live_authorities_of(options.services.issuer, institution)) {
    if (roots.insert(authority.root.fingerprint()).second) certificates.push_back(authority.root);
    certificates.push_back(authority.certificate);
  }
  // RFC 7030 4.1.3: beside the root in use, the next or former one, OldWithNew and NewWithOld.
  for (const PublishedCa& root : options.roots)
    if (roots.insert(root.certificate.fingerprint()).second) certificates.push_back(root.certificate);
  const auto bundle = pki::make_certs_only(certificates);
  if (!bundle) return make_problem(bundle.error(), options.services.rng);
  return make_base64("application/pkcs7-mime", *bundle);
}

void write_rsa(pki::DerWriter& writer, unsigned bits) {
  writer.nest(pki::tag::kSequence, [&] {
    writer.oid(pki::oid::kRsaEncryption);
    writer.nest(pki::tag::kSet, [&] { writer.number(bits); });
  });
  writer.oid(pki::oid::kSha256WithRsa);
}

void write_curve(pki::DerWriter& writer, ByteView curve, ByteView signature) {
  writer.nest(pki::tag::kSequence, [&] {
    writer.oid(pki::oid::kEcPublicKey);
    writer.nest(pki::tag::kSet, [&] { writer.oid(curve); });
  });
  writer.oid(signature);
}

/// The kind of key we want first, as RFC 7030 4.5.2 shows it: an attribute with the curve or the size, and the signature's name.
/// ML-DSA has one name for both.
Bytes csr_attributes(pki::KeyAlgorithm algorithm) {
  pki::DerWriter writer;
  writer.nest(pki::tag::kSequence, [&] {
    switch (algorithm) {
      case pki::KeyAlgorithm::rsa2048: return write_rsa(writer, 2048);
      case pki::KeyAlgorithm::rsa3072: return write_rsa(writer, 3072);
      case pki::KeyAlgorithm::rsa4096: return write_rsa(writer, 4096);
      case pki::KeyAlgorithm::p256: return write_curve(writer, pki::oid::kPrime256v1, pki::oid::kEcdsaWithSha256);
      case pki::KeyAlgorithm::p384: return write_curve(writer, pki::oid::kSecp384r1, pki::oid::kEcdsaWithSha384);
      case pki::KeyAlgorithm::mldsa44: return writer.oid(pki::oid::kMlDsa44);
      case pki::KeyAlgorithm::mldsa65: return writer.oid(pki::oid::kMlDsa65);
      case pki::KeyAlgorithm::mldsa87: return writer.oid(pki::oid::kMlDsa87);
    }
  });
  return writer.take();
}

net::Response serve_csrattrs(const Institution& institution) {
  if (institution.holder_keys.empty()) return {.status = 204, .headers = {}, .body = {}};  // RFC 7030 4.5.2: nothing to ask for
  return make_base64("application/csrattrs", csr_attributes(institution.holder_keys.front()));
}

net::Response deliver(const DoorOptions& options, const lifecycle::CertificateRecord& record) {
  const auto certificate = pki::Certificate::parse(record.der);
  if (!certificate) return make_problem(certificate.error(), options.services.rng);
  const auto bundle = pki::make_certs_only({*certificate});
  if (!bundle) return make_problem(bundle.error(), options.services.rng);
  return make_base64("application/pkcs7-mime; smime-type=certs-only", *bundle);
}

/// refuse asks again for ID and password where those were wrong, and names the time of opening where the service is closed.
net::Response refuse(const DoorOptions& options, const Institution& institution, const Error& error) {
  if (error.id == "service.closed") return make_closed_problem(error, options.services.clock.now());
  if (to_status(error) == 401) return make_challenge(institution.id, error.id, lifecycle::tries_left_of(error));
  return make_problem(error, options.services.rng);
}

net::Response serve_enroll(const DoorOptions& options, Metrics& metrics, const Institution& institution,
                           const net::Request& request) {
  const auto credentials = parse_credentials(request);
  if (!credentials) return make_problem(credentials.error(), options.services.rng);
  if (!*credentials) return make_challenge(institution.id, "est.no_credentials");
  const auto csr = parse_est_request(request.body);
  if (!csr) return make_problem(csr.error(), options.services.rng);
  if (const auto wait = options.tries ? options.tries->take(request.peer.address) : std::nullopt) {
    log(LogLevel::warning, "wire", "wire.too_many_tries", {{"institution", institution.id}, {"path", request.path}});
    return make_wait_problem(*wait);
  }
  const PasswordAndCode typed = split_code((*credentials)->password);
  const auto record = options.enrolment.acquire(institution, (*credentials)->login_id, typed.password, typed.code, *csr,
                                                request.peer.fingerprint);
  metrics.count_issue(Flow::acquisition, record);
  // Only what was tried and was wrong costs the address a try (T10).
  const int status = record ? 200 : to_status(record.error());
  if (options.tries && status != 401 && status != 403 && status != 429) options.tries->give_back(request.peer.address);
  if (!record) return refuse(options, institution, record.error());
  return deliver(options, *record);
}

net::Response serve_reenroll(const DoorOptions& options, Metrics& metrics, const Institution& institution,
                             const net::Request& request) {
  Rng& rng = options.services.rng;
  const auto verdict = judge_shown(options, institution, request);
  if (!verdict) return make_problem(verdict.error(), rng);
  const auto csr = parse_est_request(request.body);
  if (!csr) return make_problem(csr.error(), rng);
  const auto shown = pki::Certificate::parse(*request.peer.certificate);
  if (!shown) return make_problem(shown.error(), rng);
  // RFC 7030 4.2.2: the Subject "MUST be identical" to the present certificate's; programs choose the string types of its values
  // by themselves (RFC 5280 7.1). The new one comes from our record all the same.
  const auto subject = pki::Name::parse(csr->subject_der());
  if (!subject || subject->parts() != shown->subject().parts()) return make_problem(403, "est.subject_mismatch");
  if (institution.renewal.asks_password)
    if (const auto right = check_basic_password(options, *verdict->holder, request); !right)
      return refuse(options, institution, right.error());
  const auto transaction = parse_transaction_field(request);
  if (!transaction) return make_problem(transaction.error(), rng);
  const auto record = *transaction ? lifecycle::renew_taken_over(options.services, options.enrolment, institution,
                                                                 request.peer.fingerprint, **transaction, *csr)
                                   : options.enrolment.renew(institution, request.peer.fingerprint, *csr);
  metrics.count_issue(Flow::renewal, record);
  if (!record && record.error().id == "service.closed") return refuse(options, institution, record.error());
  if (!record) return make_problem(record.error(), rng);
  return deliver(options, *record);
}

}  // namespace

std::string refusal_id(CertificateVerdict::Kind kind) {
  using Kind = CertificateVerdict::Kind;
  switch (kind) {
    case Kind::none: return "certificate.none";
    case Kind::unknown: return "certificate.unknown";
    case Kind::other_bank: return "certificate.other_bank";
    case Kind::good: return {};
    case Kind::expired_grace: return "certificate.expired_grace";
    case Kind::expired_closed: return "certificate.expired_closed";
    case Kind::suspended: return "certificate.suspended";
    case Kind::revoked: return "certificate.revoked";
    case Kind::superseded: return "certificate.superseded";
    case Kind::terminated: return "certificate.terminated";
  }
  return "certificate.unknown";
}

Result<pki::Csr> parse_est_request(std::string_view body) {
  if (body.size() > kBodyLimit) return fail(Code::too_large, "csr.too_large");
  const auto der = parse_base64(body);
  if (!der) return fail(der);
  return pki::Csr::parse(*der);
}

Result<CertificateVerdict> judge_shown(const DoorOptions& options, const Institution& institution, const net::Request& request) {
  auto verdict = options.login.judge(institution, request.peer.fingerprint);
  if (!verdict || verdict->may_renew()) return verdict;
  return fail(Code::unauthenticated, refusal_id(verdict->kind));
}

Result<void> check_basic_password(const DoorOptions& options, const lifecycle::Holder& holder, const net::Request& request) {
  const auto shown = parse_credentials(request);
  if (!shown) return fail(shown);
  if (!*shown) return fail(Code::unauthenticated, "est.no_credentials");
  // The certificate says whose password it is; a login ID beside it may be left out, but not be another's.
  const std::string& login_id = (*shown)->login_id;
  const auto typed = canonical_login_id(login_id);
  if (!login_id.empty() && (!typed || *typed != holder.id.login_id)) return fail(Code::unauthenticated, "login.password");
  return options.login.check_with_certificate(holder.id, (*shown)->password);
}

net::Response serve_est(const DoorOptions& options, Metrics& metrics, const Institution& institution, std::string_view operation,
                        const net::Request& request) {
  // RFC 7030 3.3: EST is never spoken without TLS; nothing that came in the clear is even read.
  if (!request.peer.tls) return make_problem(403, "wire.needs_tls");
  const bool reads = operation == "cacerts" || operation == "csrattrs";
  if (reads) {
    if (!is_get(request)) return make_method_problem("GET, HEAD");
    return operation == "cacerts" ? serve_cacerts(options, institution) : serve_csrattrs(institution);
  }
  if (operation == "serverkeygen") return make_problem(501, "est.serverkeygen_refused");
  if (operation != "simpleenroll" && operation != "simplereenroll") return make_problem(404, "est.unknown_operation");
  if (request.method != "POST") return make_method_problem("POST");
  if (!has_media_type(request, "application/pkcs10")) return make_problem(415, "wire.media_type");
  return operation == "simpleenroll" ? serve_enroll(options, metrics, institution, request)
                                     : serve_reenroll(options, metrics, institution, request);
}

}  // namespace inkan::wire
