#include "wire/cmp.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.hpp"
#include "lifecycle/generations.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/read_from.hpp"
#include "pki/cmp_body.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"
#include "wire/cmp_info.hpp"
#include "wire/credentials.hpp"
#include "wire/est.hpp"
#include "wire/problem.hpp"
#include "wire/rest_json.hpp"

namespace inkan::wire {
namespace {

using lifecycle::CertificateRecord;
using lifecycle::Institution;
using pki::CmpBody;
using pki::CmpFailure;
using pki::CmpStatus;

constexpr std::chrono::minutes kTimeAllowed{5};
constexpr std::chrono::seconds kApprovalCheck{5}, kRunningCheck{1};
constexpr std::size_t kIdLeast = 16, kIdMost = 64;  // RFC 9483 3.1: 128 random bits

std::unexpected<CmpRefusal> refuse(CmpFailure failure, std::string id) {
  return std::unexpected(CmpRefusal{failure, std::move(id)});
}

bool is_id(const Bytes& octets) { return octets.size() >= kIdLeast && octets.size() <= kIdMost; }

/// answer_to is the kind of body that answers a request for a certificate.
CmpBody answer_to(CmpBody request) {
  if (request == CmpBody::ir) return CmpBody::ip;
  return request == CmpBody::kur ? CmpBody::kup : CmpBody::cp;
}

/// may_wait tells whether what was refused may be granted to the same request later.
bool may_wait(const std::string& id) { return id == "bulk.not_approved" || id == "issuance.running"; }

bool is_reason(pki::RevocationReason reason) {
  using Reason = pki::RevocationReason;
  return reason == Reason::unspecified || reason == Reason::key_compromise || reason == Reason::affiliation_changed ||
         reason == Reason::superseded || reason == Reason::cessation_of_operation;
}

}  // namespace

struct Cmp::Exchange {
  const Institution& institution;
  const net::Request& request;
  const pki::CmpMessage& message;
  std::vector<ca::Authority> authorities;    ///< of the institution
  const ca::Authority* authority = nullptr;  ///< that issues now
  const CmpSigner* signer = nullptr;
  std::optional<CmpAsker> asker = {};
  Bytes our_nonce;
};

Cmp::Cmp(const DoorOptions& options, Metrics& metrics)
    : options_(options), metrics_(metrics), reference_key_(make_token(options.services.rng, 32)) {}

std::optional<CmpRefusal> Cmp::judge_header(const Exchange& exchange) const {
  const pki::CmpMessage& message = exchange.message;
  if (message.version() != 2 && message.version() != 3) return CmpRefusal{CmpFailure::unsupported_version, "cmp.version"};
  if (!is_id(message.transaction_id())) return CmpRefusal{CmpFailure::bad_request, "cmp.transaction_id"};
  if (!is_id(message.sender_nonce())) return CmpRefusal{CmpFailure::bad_sender_nonce, "cmp.sender_nonce"};
  const Bytes& recipient = message.recipient();
  const auto is_ours = [&](const ca::Authority& each) { return recipient == each.certificate.subject().der(); };
  if (!recipient.empty() && recipient != exchange.signer->certificate.subject().der() &&
      std::ranges::none_of(exchange.authorities, is_ours))
    return CmpRefusal{CmpFailure::wrong_authority, "cmp.recipient"};
  if (options_.message_clock == nullptr) return std::nullopt;
  const Instant now = options_.message_clock->now();
  const auto& time = message.message_time();
  if (!time || *time < now - kTimeAllowed || *time > now + kTimeAllowed) return CmpRefusal{CmpFailure::bad_time, "cmp.time"};
  return std::nullopt;
}

std::expected<Cmp::Answer, CmpRefusal> Cmp::answer(Exchange& exchange) {
  if (const auto wrong = judge_header(exchange)) return std::unexpected(*wrong);
  auto asker = identify(options_, exchange.institution, reference_key_, exchange.message);
  if (!asker) return std::unexpected(asker.error());
  exchange.asker = std::move(*asker);
  switch (exchange.message.body()) {
    case CmpBody::ir:
    case CmpBody::cr:
    case CmpBody::p10cr:
    case CmpBody::kur: return answer_request(exchange);
    case CmpBody::cert_conf: return answer_confirm(exchange);
    case CmpBody::poll_req: return answer_poll(exchange);
    case CmpBody::rr: return answer_revocation(exchange);
    case CmpBody::genm: return answer_question(exchange);
    case CmpBody::error: {  // the asker gives up: what was issued stays unconfirmed
      auto transaction = transactions_.find(exchange.message.transaction_id(), exchange.asker->who);
      if (!transaction) return refuse(CmpFailure::bad_request, "cmp.transaction_unknown");
      transaction->stage = CmpTransaction::Stage::ended;
      transactions_.put(exchange.message.transaction_id(), std::move(*transaction));
      return Answer{CmpBody::pkiconf, pki::confirm_answer()};
    }
    default: return refuse(CmpFailure::bad_request, "cmp.body");
  }
}

/// judge_request reads what is asked for and who may ask it.
std::expected<CmpTransaction, CmpRefusal> Cmp::judge_request(Exchange& exchange) {
  const CmpBody kind = exchange.message.body();
  CmpAsker& asker = *exchange.asker;
  const bool renews = kind == CmpBody::kur;
  if (renews != (asker.kind == CmpAsker::Kind::holder))
    return refuse(CmpFailure::not_authorized, renews ? "cmp.renewal_needs_certificate" : "cmp.needs_reference");
  auto wanted = kind == CmpBody::p10cr ? pki::parse_pkcs10_request(exchange.message.content())
                                       : pki::parse_cert_request(exchange.message.content());
  if (!wanted) return std::unexpected(refusal_of(wanted.error()));
  CmpTransaction transaction{.asker = asker.who, .kind = kind, .our_nonce = {}, .request_id = wanted->id};
  const Bytes& subject = wanted->csr.subject_der();
  if (renews) {
    const pki::Certificate& present = *asker.certificate;
    const auto& old = wanted->old_certificate;
    if (old && (old->issuer != present.issuer().der() || old->serial != present.serial()))
      return refuse(CmpFailure::bad_cert_id, "cmp.old_certificate");
    // RFC 9483 4.1.3: the subject must be the present one's. The new one comes from our record all the same.
    if (!subject.empty() && subject != present.subject().der())
      return refuse(CmpFailure::bad_cert_template, "cmp.subject_mismatch");
    if (exchange.institution.renewal.asks_password) {
      const auto right = check_basic_password(options_, *asker.verdict->holder, exchange.request);
      if (!right) return std::unexpected(refusal_of(right.error()));
    }
  }
  if (asker.kind == CmpAsker::Kind::registration_authority) {
    const auto name = subject.empty() ? Result<pki::Name>(fail(Code::invalid, "cmp.template")) : pki::Name::parse(subject);
    if (!name || name->find("CN").empty()) return refuse(CmpFailure::bad_cert_template, "cmp.holder_unnamed");
    transaction.login_id = name->find("CN");
  }
  transaction.with_mods = wanted->asks_more;
  transaction.csr = std::move(wanted->csr);
  return transaction;
}

Result<CertificateRecord> Cmp::obtain(const Exchange& exchange, const CmpTransaction& transaction) {
  const CmpAsker& asker = *exchange.asker;
  const Institution& institution = exchange.institution;
  const auto count = [&](Flow flow, Result<CertificateRecord> record) {
    if (record || !may_wait(record.error().id)) metrics_.count_issue(flow, record);
    return record;
  };
  switch (asker.kind) {
    case CmpAsker::Kind::holder:
      return count(Flow::renewal, options_.enrolment.renew(institution, asker.certificate->fingerprint(), *transaction.csr));
    case CmpAsker::Kind::registration_authority:
      return count(Flow::bulk, options_.enrolment.enrol_approved(institution, transaction.login_id, *transaction.csr,
                                                                 "ra " + asker.certificate->fingerprint().hex()));
    case CmpAsker::Kind::reference:
      return count(Flow::acquisition,
                   options_.enrolment.submit(institution, asker.ticket->id, *transaction.csr, actor_of(asker.ticket->holder)));
  }
  return fail(Code::internal, "cmp.asker");
}

/// deliver tries to get what the transaction asks for, and says how that ended.
Cmp::Answer Cmp::deliver(Exchange& exchange, CmpTransaction transaction) {
  const auto record = obtain(exchange, transaction);
  pki::CertAnswer answer{.id = transaction.request_id};
  transaction.our_nonce = exchange.our_nonce;
  transaction.touched = options_.services.clock.now();
  if (record) {
    answer.status = transaction.with_mods ? CmpStatus::granted_with_mods : CmpStatus::accepted;
    answer.certificate = record->der;
    if (exchange.asker->kind == CmpAsker::Kind::reference) answer.ca_pubs = {exchange.authority->root};
    transaction.stage = CmpTransaction::Stage::delivered;
    transaction.fingerprint = record->fingerprint;
    transaction.certificate_hash = pki::cmp_certificate_hash(record->der, exchange.authority->algorithm);
    transaction.csr.reset();
  } else if (may_wait(record.error().id)) {
    answer.status = CmpStatus::waiting;
    transaction.stage = CmpTransaction::Stage::waiting;
  } else {
    const CmpRefusal why = refusal_of(record.error());
    log(LogLevel::warning, "wire", "cmp.refused",
        {{"institution", exchange.institution.id}, {"id", record.error().id}, {"detail", record.error().detail}});
    answer.status = CmpStatus::rejection;
    answer.failure = why.failure;
    answer.text = why.id;
    transaction.stage = CmpTransaction::Stage::ended;
    transaction.csr.reset();
  }
  const CmpBody body = answer_to(transaction.kind);
  transactions_.put(exchange.message.transaction_id(), std::move(transaction));
  return {body, pki::cert_answer(answer)};
}

std::expected<Cmp::Answer, CmpRefusal> Cmp::answer_request(Exchange& exchange) {
  auto transaction = judge_request(exchange);
  if (!transaction) return std::unexpected(transaction.error());
  transaction->touched = options_.services.clock.now();
  if (!transactions_.begin(exchange.message.transaction_id(), *transaction))
    return refuse(CmpFailure::transaction_id_in_use, "cmp.transaction_in_use");
  return deliver(exchange, std::move(*transaction));
}

std::expected<Cmp::Answer, CmpRefusal> Cmp::answer_poll(Exchange& exchange) {
  const auto id = pki::parse_poll_request(exchange.message.content());
  if (!id) return std::unexpected(refusal_of(id.error()));
  auto transaction = transactions_.find(exchange.message.transaction_id(), exchange.asker->who);
  if (!transaction || transaction->stage != CmpTransaction::Stage::waiting || transaction->request_id != *id)
    return refuse(CmpFailure::bad_request, "cmp.transaction_unknown");
  if (exchange.message.recip_nonce() != transaction->our_nonce)
    return refuse(CmpFailure::bad_recipient_nonce, "cmp.recipient_nonce");
  const bool approval = exchange.asker->kind == CmpAsker::Kind::registration_authority;
  Answer answer = deliver(exchange, std::move(*transaction));
  const auto now = transactions_.find(exchange.message.transaction_id(), exchange.asker->who);
  if (now && now->stage == CmpTransaction::Stage::waiting)
    return Answer{CmpBody::poll_rep, pki::poll_answer(*id, approval ? kApprovalCheck : kRunningCheck)};
  return answer;
}

std::expected<Cmp::Answer, CmpRefusal> Cmp::answer_confirm(Exchange& exchange) {
  const auto said = pki::parse_cert_confirm(exchange.message.content());
  if (!said) return std::unexpected(refusal_of(said.error()));
  auto transaction = transactions_.find(exchange.message.transaction_id(), exchange.asker->who);
  if (!transaction || transaction->stage != CmpTransaction::Stage::delivered)
    return refuse(CmpFailure::bad_request, "cmp.transaction_unknown");
  if (exchange.message.recip_nonce() != transaction->our_nonce)
    return refuse(CmpFailure::bad_recipient_nonce, "cmp.recipient_nonce");
  const bool names_it = said->hash == transaction->certificate_hash && said->id == transaction->request_id;
  if (said->accepted && !names_it) return refuse(CmpFailure::bad_cert_id, "cmp.certificate_hash");
  const auto noted = options_.enrolment.acknowledge(exchange.institution, *transaction->fingerprint, said->accepted);
  if (!noted) return std::unexpected(refusal_of(noted.error()));
  transaction->stage = CmpTransaction::Stage::ended;
  transactions_.put(exchange.message.transaction_id(), std::move(*transaction));
  return Answer{CmpBody::pkiconf, pki::confirm_answer()};
}

std::expected<Cmp::Answer, CmpRefusal> Cmp::answer_revocation(Exchange& exchange) {
  const CmpAsker& asker = *exchange.asker;
  if (asker.kind != CmpAsker::Kind::holder) return refuse(CmpFailure::not_authorized, "cmp.needs_certificate");
  const auto wanted = pki::parse_revocation(exchange.message.content());
  if (!wanted) return std::unexpected(refusal_of(wanted.error()));
  if (!is_reason(wanted->reason)) return refuse(CmpFailure::bad_request, "cmp.reason");
  if (!transactions_.begin(exchange.message.transaction_id(), {.asker = asker.who,
                                                               .kind = CmpBody::rr,
                                                               .stage = CmpTransaction::Stage::ended,
                                                               .our_nonce = {},
                                                               .request_id = {},
                                                               .touched = options_.services.clock.now()}))
    return refuse(CmpFailure::transaction_id_in_use, "cmp.transaction_in_use");
  // Its own, and no other of the same company's: that is the 管理者's page.
  const auto& [issuer, serial] = wanted->certificate;
  const auto rejected = [](CmpFailure failure, const std::string& id) {
    return Answer{CmpBody::rp, pki::revocation_answer(CmpStatus::rejection, failure, id)};
  };
  for (const ca::Authority& authority : exchange.authorities) {
    if (authority.certificate.subject().der() != issuer) continue;
    const auto found = lifecycle::read_from(
        options_.services.store, [&](lifecycle::Reader& reader) { return reader.find_by_serial(authority.id, serial); });
    if (!found) return std::unexpected(refusal_of(found.error()));
    if (!*found || (*found)->holder != asker.verdict->holder->id) continue;
    const auto done =
        lifecycle::Holders(options_.services).revoke(authority.id, serial, wanted->reason, lifecycle::actor_of((*found)->holder));
    if (done) return Answer{CmpBody::rp, pki::revocation_answer(CmpStatus::accepted, {}, {})};
    const CmpRefusal why = refusal_of(done.error());
    return done.error().id == "certificate.already_revoked" ? rejected(CmpFailure::cert_revoked, why.id)
                                                            : rejected(why.failure, why.id);
  }
  return rejected(CmpFailure::bad_cert_id, "certificate.unknown");
}

std::expected<Cmp::Answer, CmpRefusal> Cmp::answer_question(Exchange& exchange) {
  const auto questions = pki::parse_questions(exchange.message.content());
  if (!questions) return std::unexpected(refusal_of(questions.error()));
  if (!transactions_.begin(exchange.message.transaction_id(), {.asker = exchange.asker->who,
                                                               .kind = CmpBody::genm,
                                                               .stage = CmpTransaction::Stage::ended,
                                                               .our_nonce = {},
                                                               .request_id = {},
                                                               .touched = options_.services.clock.now()}))
    return refuse(CmpFailure::transaction_id_in_use, "cmp.transaction_in_use");
  std::vector<pki::GeneralAnswer> answers;
  for (const pki::GeneralQuestion& question : *questions) {
    auto answer =
        answer_cmp_info({.options = options_, .authorities = exchange.authorities, .signing = exchange.authority->id}, question);
    if (!answer && answer.error().id == "cmp.info_type") return refuse(CmpFailure::add_info_not_available, "cmp.info_type");
    if (!answer) return std::unexpected(refusal_of(answer.error()));
    answers.push_back(std::move(*answer));
  }
  return Answer{CmpBody::genp, pki::general_answer(answers)};
}

/// chain_of is what an asker needs to verify us, whichever of our roots it trusts (RFC 9483 3.3).
std::vector<pki::Certificate> Cmp::chain_of(const Exchange& exchange) const {
  const pki::Certificate& root = exchange.authority->root;
  std::vector<pki::Certificate> chain{exchange.signer->certificate, exchange.authority->certificate};
  for (const PublishedCa& ca : options_.roots) {
    const bool crossed = ca.certificate.issuer().der() != ca.certificate.subject().der();
    if (crossed && ca.certificate.subject().der() == root.subject().der()) chain.push_back(ca.certificate);
  }
  return chain;
}

net::Response Cmp::reply(const Exchange& exchange, const Answer& answer) {
  const pki::CmpMessage& message = exchange.message;
  const bool by_mac = exchange.asker && exchange.asker->kind == CmpAsker::Kind::reference;
  const pki::Certificate& signer = exchange.signer->certificate;
  const pki::CmpReply out({.sender = signer.subject().der(),
                           .recipient = message.sender(),
                           .sender_kid = by_mac ? message.sender_kid() : signer.key_id(),
                           .transaction_id = message.transaction_id(),
                           .sender_nonce = exchange.our_nonce,
                           .recip_nonce = message.sender_nonce(),
                           .time = (options_.message_clock ? *options_.message_clock : options_.services.clock).now(),
                           .body = answer.body,
                           .content = answer.content});
  Result<Bytes> der = fail(Code::internal, "cmp.reply");
  if (by_mac) {
    der = out.with_mac(message, exchange.asker->secret, {exchange.authority->certificate});
  } else {
    const ByteView algorithm = pki::signature_algorithm(pki::KeyAlgorithm::p256);
    const auto signature = exchange.signer->sign(out.to_sign(algorithm));
    if (signature)
      der = out.signed_by(algorithm, *signature, chain_of(exchange));
    else
      der = fail(signature);
  }
  if (!der) return make_problem(der.error(), options_.services.rng);
  net::Response response = net::make_response(200, "application/pkixcmp", std::string(as_text(*der)));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

net::Response Cmp::serve(const Institution& institution, const net::Request& request) {
  if (!request.peer.tls) return make_problem(403, "wire.needs_tls");
  if (request.method != "POST") return make_method_problem("POST");
  if (!has_media_type(request, "application/pkixcmp")) return make_problem(415, "wire.media_type");
  const auto message = pki::CmpMessage::parse(as_bytes(request.body));
  if (!message) return make_problem(message.error(), options_.services.rng);
  Exchange exchange{.institution = institution,
                    .request = request,
                    .message = *message,
                    .authorities = lifecycle::authorities_of(options_.services.issuer, institution),
                    .our_nonce = make_bytes(options_.services.rng, 16)};
  for (const ca::Authority& authority : exchange.authorities)
    if (authority.id == institution.authority) exchange.authority = &authority;
  const auto signer = options_.cmp_signers.find(institution.authority);
  if (exchange.authority == nullptr || signer == options_.cmp_signers.end()) return make_problem(503, "cmp.not_set_up");
  exchange.signer = &signer->second;
  const bool by_mac = message->protection() == pki::CmpMessage::Protection::mac;
  if (by_mac && options_.tries)
    if (const auto wait = options_.tries->take(request.peer.address)) return make_wait_problem(*wait);
  const auto answered = answer(exchange);
  if (by_mac && options_.tries && exchange.asker) options_.tries->give_back(request.peer.address);
  if (answered) return reply(exchange, *answered);
  log(LogLevel::warning, "wire", "cmp.refused", {{"institution", institution.id}, {"id", answered.error().id}});
  return reply(exchange, {CmpBody::error, pki::error_content(answered.error().failure, answered.error().id)});
}

net::Response Cmp::serve_reference(const Institution& institution, const net::Request& request) {
  const auto credentials = parse_credentials(request);
  if (!credentials) return make_problem(credentials.error(), options_.services.rng);
  if (!*credentials) return make_challenge(institution.id, "est.no_credentials");
  if (const auto wait = options_.tries ? options_.tries->take(request.peer.address) : std::nullopt)
    return make_wait_problem(*wait);
  const PasswordAndCode typed = split_code((*credentials)->password);
  const auto opened = options_.enrolment.open_acquisition(institution, (*credentials)->login_id, typed.password, typed.code,
                                                          request.peer.fingerprint);
  const int status = opened ? 200 : to_status(opened.error());
  if (options_.tries && status != 401 && status != 403 && status != 429) options_.tries->give_back(request.peer.address);
  if (!opened && opened.error().id == "service.closed") return make_closed_problem(opened.error(), options_.services.clock.now());
  if (status == 401) return make_challenge(institution.id, opened.error().id);
  if (!opened) return make_problem(opened.error(), options_.services.rng);
  return make_json(201, {{"reference", opened->ticket.id},
                         {"secret", reference_secret(reference_key_, institution.id, opened->ticket.id)},
                         {"expires_at", to_rfc3339(opened->ticket.expires_at, institution.zone)}});
}

}  // namespace inkan::wire
