#include "wire/cmp_asker.hpp"

#include "base/text.hpp"
#include "lifecycle/read_from.hpp"
#include "pki/hmac.hpp"
#include "wire/est.hpp"

namespace inkan::wire {
namespace {

using lifecycle::CertificateVerdict;
using pki::CmpFailure;

std::unexpected<CmpRefusal> refuse(CmpFailure failure, std::string id) {
  return std::unexpected(CmpRefusal{failure, std::move(id)});
}

std::expected<CmpAsker, CmpRefusal> identify_reference(const DoorOptions& options, const lifecycle::Institution& institution,
                                                       const Secret& reference_key, const pki::CmpMessage& message) {
  const std::string reference(as_text(message.sender_kid()));
  std::optional<lifecycle::Ticket> ticket;
  if (reference.size() == 32 && is_plain_text(reference)) {
    auto found =
        lifecycle::read_from(options.services.store, [&](lifecycle::Reader& reader) { return reader.find_ticket(reference); });
    if (!found) return std::unexpected(refusal_of(found.error()));
    if (*found && (*found)->holder.institution == institution.id) ticket = std::move(*found);
  }
  // The work is the same whether there is such a ticket or not.
  CmpAsker asker{.kind = CmpAsker::Kind::reference,
                 .who = institution.id + " reference " + reference,
                 .secret = Secret(reference_secret(reference_key, institution.id, reference))};
  const auto right = message.verify_mac(asker.secret);
  if (!right && right.error().id == "cmp.mac_algorithm") return refuse(CmpFailure::bad_alg, "cmp.mac_algorithm");
  if (!right || !ticket) return refuse(CmpFailure::bad_message_check, "cmp.mac");
  asker.ticket = std::move(ticket);
  return asker;
}

std::expected<CmpAsker, CmpRefusal> identify_signer(const DoorOptions& options, const lifecycle::Institution& institution,
                                                    const pki::CmpMessage& message) {
  if (message.extra_certs().empty()) return refuse(CmpFailure::signer_not_trusted, "certificate.none");
  const pki::Certificate& shown = message.extra_certs().front();
  if (message.sender() != shown.subject().der()) return refuse(CmpFailure::bad_message_check, "cmp.sender");
  if (!message.sender_kid().empty() && message.sender_kid() != shown.key_id())
    return refuse(CmpFailure::bad_message_check, "cmp.sender");
  CmpAsker asker{.certificate = shown};
  if (is_among(options.registration_authorities, institution.id, shown.fingerprint())) {
    asker.kind = CmpAsker::Kind::registration_authority;
    asker.who = institution.id + " ra " + shown.fingerprint().hex();
  } else {
    auto verdict = options.login.judge(institution, shown.fingerprint());
    if (!verdict) return std::unexpected(refusal_of(verdict.error()));
    using Kind = CertificateVerdict::Kind;
    if (verdict->kind == Kind::none || verdict->kind == Kind::unknown || verdict->kind == Kind::other_bank)
      return refuse(CmpFailure::signer_not_trusted, refusal_id(verdict->kind));
    asker.who = institution.id + " certificate " + shown.fingerprint().hex();
    asker.verdict = std::move(*verdict);
  }
  const auto right = message.verify_by(shown);
  if (!right && right.error().id != "signature.bad") return refuse(CmpFailure::bad_alg, right.error().id);
  if (!right) return refuse(CmpFailure::bad_message_check, "cmp.signature");
  if (asker.verdict && !asker.verdict->may_renew()) {
    using Kind = CertificateVerdict::Kind;
    const bool gone = asker.verdict->kind == Kind::revoked || asker.verdict->kind == Kind::superseded;
    return refuse(gone ? CmpFailure::cert_revoked : CmpFailure::not_authorized, refusal_id(asker.verdict->kind));
  }
  return asker;
}

}  // namespace

std::string reference_secret(const Secret& reference_key, const std::string& institution, const std::string& ticket) {
  return pki::hmac_sha256(reference_key, as_bytes("cmp reference\n" + institution + "\n" + ticket)).hex().substr(0, 32);
}

std::expected<CmpAsker, CmpRefusal> identify(const DoorOptions& options, const lifecycle::Institution& institution,
                                             const Secret& reference_key, const pki::CmpMessage& message) {
  switch (message.protection()) {
    case pki::CmpMessage::Protection::none: return refuse(CmpFailure::bad_message_check, "cmp.unprotected");
    case pki::CmpMessage::Protection::mac: return identify_reference(options, institution, reference_key, message);
    case pki::CmpMessage::Protection::signature: return identify_signer(options, institution, message);
  }
  return refuse(CmpFailure::bad_message_check, "cmp.unprotected");
}

CmpRefusal refusal_of(const Error& error) {
  const std::string& id = error.id;
  if (id == "csr.bad_signature") return {CmpFailure::bad_pop, id};
  if (id == "csr.weak_hash" || id == "signature.unsupported") return {CmpFailure::bad_alg, id};
  if (id == "cmp.template" || id.starts_with("key.") || id.starts_with("csr.")) return {CmpFailure::bad_cert_template, id};
  switch (error.code) {
    case Code::invalid:
    case Code::too_large: return {CmpFailure::bad_data_format, id};
    case Code::unauthenticated:
    case Code::forbidden:
    case Code::refused:
    case Code::expired: return {CmpFailure::not_authorized, id};
    case Code::not_found:
    case Code::conflict: return {CmpFailure::bad_request, id};
    case Code::too_many:
    case Code::unavailable: return {CmpFailure::system_unavail, id};
    case Code::corrupt:
    case Code::internal: return {CmpFailure::system_failure, "wire.failed"};
  }
  return {CmpFailure::system_failure, "wire.failed"};
}

}  // namespace inkan::wire
