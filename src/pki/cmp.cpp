#include "pki/cmp.hpp"

#include <algorithm>

#include "pki/cmp_mac.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::pki {
namespace {

constexpr std::size_t kMostExtraCerts = 16;
constexpr std::uint8_t kDirectoryName = tag::context(4);
const Bytes kNullName{tag::kSequence, 0};

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "cmp.malformed", std::move(what)); }

bool is_known(unsigned number) {
  constexpr CmpBody kKnown[] = {CmpBody::ir,    CmpBody::ip,        CmpBody::cr,       CmpBody::cp,
                                CmpBody::p10cr, CmpBody::kur,       CmpBody::kup,      CmpBody::rr,
                                CmpBody::rp,    CmpBody::pkiconf,   CmpBody::genm,     CmpBody::genp,
                                CmpBody::error, CmpBody::cert_conf, CmpBody::poll_req, CmpBody::poll_rep};
  return std::ranges::any_of(kKnown, [&](CmpBody known) { return static_cast<unsigned>(known) == number; });
}

/// read_name reads a GeneralName that must be a directoryName; the NULL-DN gives empty bytes.
std::optional<Bytes> read_name(DerReader& fields) {
  DerReader name = fields.enter(kDirectoryName);
  const ByteView der = name.take(tag::kSequence).whole;
  if (!name.done()) return std::nullopt;
  if (same(der, kNullName)) return Bytes();
  return Name::parse(der) ? std::optional(to_bytes(der)) : std::nullopt;
}

std::optional<Bytes> read_octets(DerReader& fields, unsigned number) {
  if (!fields.has(tag::context(number))) return Bytes();
  DerReader field = fields.enter(tag::context(number));
  const Bytes octets = to_bytes(field.take(tag::kOctetString).content);
  return field.done() ? std::optional(octets) : std::nullopt;
}

/// with_null gives RSA's AlgorithmIdentifier the NULL that OpenSSL's client leaves out of protectionAlg; RFC 4055 5: "MUST accept
/// the parameters being absent as well as present".
Bytes with_null(const Bytes& algorithm) {
  DerReader outer(algorithm);
  DerReader fields = outer.enter(tag::kSequence);
  const ByteView id = fields.take(tag::kOid).content;
  const bool is_rsa = same(id, oid::kSha256WithRsa) || same(id, oid::kSha384WithRsa) || same(id, oid::kSha512WithRsa);
  if (!is_rsa || !fields.done()) return algorithm;
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.oid(id);
    out.null();
  });
  return out.take();
}

void write_name(DerWriter& out, const Bytes& der) {
  out.nest(kDirectoryName, [&] { out.raw(der.empty() ? ByteView(kNullName) : ByteView(der)); });
}

void write_octets(DerWriter& out, unsigned number, const Bytes& octets) {
  if (!octets.empty()) out.nest(tag::context(number), [&] { out.octets(octets); });
}

Bytes finish(ByteView protected_part, ByteView protection, const std::vector<Certificate>& extra_certs) {
  DerReader whole(protected_part);
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.raw(whole.take(tag::kSequence).content);
    out.nest(tag::context(0), [&] { out.bits(protection); });
    if (extra_certs.empty()) return;
    out.nest(tag::context(1), [&] {
      out.nest(tag::kSequence, [&] {
        for (const Certificate& certificate : extra_certs) out.raw(certificate.der());
      });
    });
  });
  return out.take();
}

}  // namespace

Result<CmpMessage> CmpMessage::parse(ByteView der) {
  if (der.size() > kCmpLimit) return fail(Code::too_large, "cmp.too_large");
  if (!is_der(der)) return malformed("not DER");
  DerReader outer(der);
  DerReader parts = outer.enter(tag::kSequence);
  const DerElement header = parts.take(tag::kSequence);
  const DerElement body = parts.take_any();
  CmpMessage message;
  if (parts.has(tag::context(0))) {
    DerReader field = parts.enter(tag::context(0));
    const auto bits = read_bits(field.take(tag::kBitString));
    if (!bits || !field.done()) return malformed("protection");
    message.protection_ = to_bytes(*bits);
  }
  if (parts.has(tag::context(1))) {
    DerReader field = parts.enter(tag::context(1));
    DerReader list = field.enter(tag::kSequence);
    while (!list.empty()) {
      Result<Certificate> certificate = Certificate::parse(list.take(tag::kSequence).whole);
      if (!certificate || message.extra_certs_.size() == kMostExtraCerts) return malformed("extraCerts");
      message.extra_certs_.push_back(std::move(*certificate));
    }
    if (!field.done() || !list.done()) return malformed("extraCerts");
  }
  if (!outer.done() || !parts.done()) return malformed("PKIMessage");

  DerReader fields(header.content);
  const auto version = read_number(fields.take(tag::kInteger));
  const auto sender = read_name(fields), recipient = read_name(fields);
  if (!version || !sender || !recipient) return malformed("pvno, sender or recipient");
  message.version_ = *version;
  message.sender_ = *sender;
  message.recipient_ = *recipient;
  if (fields.has(tag::context(0))) {
    DerReader field = fields.enter(tag::context(0));
    message.message_time_ = read_time(field.take(tag::kGeneralizedTime));
    if (!message.message_time_ || !field.done()) return malformed("messageTime");
  }
  if (fields.has(tag::context(1))) {
    DerReader field = fields.enter(tag::context(1));
    const DerElement algorithm = field.take(tag::kSequence);
    DerReader inside(algorithm.content);
    const ByteView id = inside.take(tag::kOid).content;
    if (!field.done() || inside.failed()) return malformed("protectionAlg");
    message.protection_algorithm_ = to_bytes(algorithm.whole);
    message.protection_kind_ = same(id, oid::kPasswordBasedMac) ? Protection::mac : Protection::signature;
  }
  const auto sender_kid = read_octets(fields, 2), recip_kid = read_octets(fields, 3), transaction = read_octets(fields, 4);
  const auto sender_nonce = read_octets(fields, 5), recip_nonce = read_octets(fields, 6);
  if (!sender_kid || !recip_kid || !transaction || !sender_nonce || !recip_nonce) return malformed("identifiers and nonces");
  message.sender_kid_ = *sender_kid;
  message.transaction_id_ = *transaction;
  message.sender_nonce_ = *sender_nonce;
  message.recip_nonce_ = *recip_nonce;
  if (fields.has(tag::context(7))) fields.take_any();  // freeText, for people
  if (fields.has(tag::context(8))) fields.take_any();  // generalInfo: implicitConfirm and the like are offers, never duties
  if (!fields.done()) return malformed("PKIHeader");
  // Both or neither: a header that names a protection which is not there, or the other way round, is refused.
  if (message.protection_.empty() != message.protection_algorithm_.empty()) return malformed("protection");

  const unsigned number = body.tag & 0x1fU;
  if ((body.tag & 0xe0U) != 0xa0U || !is_known(number)) return malformed("a body we do not know");
  DerReader content(body.content);
  message.content_ = to_bytes(content.take_any().whole);
  if (!content.done()) return malformed("PKIBody");
  message.body_ = static_cast<CmpBody>(number);
  DerWriter part;
  part.nest(tag::kSequence, [&] {
    part.raw(header.whole);
    part.raw(body.whole);
  });
  message.protected_part_ = part.take();
  return message;
}

Result<void> CmpMessage::verify_by(const Certificate& signer) const {
  if (protection_kind_ != Protection::signature) return fail(Code::unauthenticated, "cmp.unprotected");
  return verify_signature(signer.spki(), with_null(protection_algorithm_), protected_part_, protection_);
}

Result<void> CmpMessage::verify_mac(const Secret& secret) const {
  if (protection_kind_ != Protection::mac) return fail(Code::unauthenticated, "cmp.unprotected");
  const Result<Bytes> mac = password_mac(protection_algorithm_, secret, protected_part_);
  if (!mac) return fail(mac);
  if (!same_secret(as_text(*mac), as_text(protection_))) return fail(Code::unauthenticated, "cmp.mac");
  return {};
}

Bytes cmp_certificate_hash(ByteView certificate, KeyAlgorithm signed_by) {
  return signed_by == KeyAlgorithm::p384 ? sha384(certificate) : to_bytes(sha256(certificate).view());
}

Bytes CmpReply::to_sign(ByteView algorithm) const {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.nest(tag::kSequence, [&] {
      out.number(2);  // cmp2000: nothing of version 3 is used (RFC 9810 7)
      write_name(out, fields_.sender);
      write_name(out, fields_.recipient);
      out.nest(tag::context(0), [&] { out.generalized_time(fields_.time); });
      out.nest(tag::context(1), [&] { out.raw(algorithm); });
      write_octets(out, 2, fields_.sender_kid);
      write_octets(out, 4, fields_.transaction_id);
      write_octets(out, 5, fields_.sender_nonce);
      write_octets(out, 6, fields_.recip_nonce);
    });
    out.nest(tag::context(static_cast<unsigned>(fields_.body)), [&] { out.raw(fields_.content); });
  });
  return out.take();
}

Bytes CmpReply::signed_by(ByteView algorithm, ByteView signature, const std::vector<Certificate>& extra_certs) const {
  return finish(to_sign(algorithm), signature, extra_certs);
}

Result<Bytes> CmpReply::with_mac(const CmpMessage& request, const Secret& secret,
                                 const std::vector<Certificate>& extra_certs) const {
  const Result<Bytes> algorithm = fresh_password_mac(request.protection_algorithm_);
  if (!algorithm) return fail(algorithm);
  const Bytes part = to_sign(*algorithm);
  const Result<Bytes> mac = password_mac(*algorithm, secret, part);
  if (!mac) return fail(mac);
  return finish(part, *mac, extra_certs);
}

}  // namespace inkan::pki
