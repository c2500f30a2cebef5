#include "pki/certificate.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::pki {
namespace {

constexpr std::size_t kCertificateLimit = 16 * 1024;
constexpr std::size_t kPemLimit = 1024 * 1024;
constexpr std::string_view kPemLabel = "CERTIFICATE";

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "certificate.malformed", std::move(what)); }

/// The three parts of Certificate (RFC 5280 4.1).
struct Envelope {
  ByteView tbs, algorithm, signature;
};

Result<Envelope> open_envelope(ByteView der) {
  DerReader outer(der);
  DerReader parts = outer.enter(tag::kSequence);
  Envelope envelope;
  envelope.tbs = parts.take(tag::kSequence).whole;
  envelope.algorithm = parts.take(tag::kSequence).whole;
  const auto bits = read_bits(parts.take(tag::kBitString));
  if (!outer.done() || !parts.done() || !bits) return malformed("Certificate");
  envelope.signature = *bits;
  return envelope;
}

/// The subject key identifier's octets; empty when absent. Any extension twice is malformed (RFC 5280 4.2).
Result<Bytes> read_extensions(DerReader list) {
  Bytes key_id;
  std::vector<ByteView> seen;
  if (list.empty()) return malformed("no extensions in Extensions");
  while (!list.empty()) {
    DerReader extension = list.enter(tag::kSequence);
    const ByteView id = extension.take(tag::kOid).content;
    if (extension.has(tag::kBoolean)) extension.take(tag::kBoolean);
    const ByteView value = extension.take(tag::kOctetString).content;
    if (!extension.done()) return malformed("Extension");
    for (ByteView other : seen)
      if (same(other, id)) return malformed("an extension twice");
    seen.push_back(id);
    if (!same(id, oid::kSubjectKeyIdentifier)) continue;
    DerReader inner(value);
    key_id = to_bytes(inner.take(tag::kOctetString).content);
    if (!inner.done()) return malformed("SubjectKeyIdentifier");
  }
  if (!list.done()) return malformed("Extensions");
  return key_id;
}

}  // namespace

Certificate::Certificate(Bytes der, SerialNumber serial, Name subject, Name issuer)
    : der_(std::move(der)),
      fingerprint_(sha256(der_)),
      serial_(std::move(serial)),
      subject_(std::move(subject)),
      issuer_(std::move(issuer)) {}

Result<Certificate> Certificate::parse(ByteView der) {
  if (der.size() > kCertificateLimit || !is_der(der)) return malformed("over 16 KiB, or not DER");
  const Result<Envelope> envelope = open_envelope(der);
  if (!envelope) return fail(envelope);

  DerReader outer(envelope->tbs);
  DerReader tbs = outer.enter(tag::kSequence);
  unsigned long long version = 0;  // v1
  if (tbs.has(tag::context(0))) {
    DerReader field = tbs.enter(tag::context(0));
    version = read_number(field.take(tag::kInteger)).value_or(0);
    if (!field.done() || version < 1 || version > 2) return malformed("version");
  }
  const Result<SerialNumber> serial = SerialNumber::parse(tbs.take(tag::kInteger).content);
  if (!serial) return malformed("serial: " + serial.error().detail);
  if (!same(tbs.take(tag::kSequence).whole, envelope->algorithm)) return malformed("two signature algorithms");
  const Result<Name> issuer = Name::parse(tbs.take(tag::kSequence).whole);
  DerReader validity = tbs.enter(tag::kSequence);
  const auto not_before = read_time(validity.take_any()), not_after = read_time(validity.take_any());
  const Result<Name> subject = Name::parse(tbs.take(tag::kSequence).whole);
  const ByteView spki = tbs.take(tag::kSequence).whole;
  if (!issuer || !subject || !validity.done() || !not_before || !not_after || tbs.failed()) return malformed("TBSCertificate");

  Certificate certificate(to_bytes(der), *serial, *subject, *issuer);
  certificate.not_before_ = *not_before;
  certificate.not_after_ = *not_after;
  certificate.spki_ = to_bytes(spki);
  for (unsigned number : {1u, 2u})  // issuerUniqueID, subjectUniqueID: obsolete, skipped
    if (version >= 1 && tbs.has(tag::context_primitive(number))) tbs.take_any();
  if (version == 2 && tbs.has(tag::context(3))) {
    DerReader field = tbs.enter(tag::context(3));
    const Result<Bytes> key_id = read_extensions(field.enter(tag::kSequence));
    if (!key_id) return fail(key_id);
    if (!field.done()) return malformed("Extensions");
    certificate.key_id_ = *key_id;
  }
  if (!tbs.done()) return malformed("more after TBSCertificate's fields");
  return certificate;
}

Result<std::vector<Certificate>> Certificate::parse_pem(std::string_view pem) {
  if (pem.size() > kPemLimit) return malformed("over 1 MiB");
  std::vector<Certificate> certificates;
  while (true) {
    const Result<std::optional<Bytes>> der = take_pem_block(pem, kPemLabel);
    if (!der) return malformed(der.error().detail);
    if (!*der) break;
    Result<Certificate> certificate = parse(**der);
    if (!certificate) return fail(certificate);
    certificates.push_back(std::move(*certificate));
  }
  if (certificates.empty()) return malformed("no CERTIFICATE block");
  return certificates;
}

std::string Certificate::to_pem() const { return to_pem_block(kPemLabel, der_); }

Result<void> Certificate::verify_by(const Certificate& issuer) const {
  const Result<Envelope> envelope = open_envelope(der_);
  check(envelope.has_value(), "a Certificate that does not read back");
  const Result<void> verified = verify_signature(issuer.spki(), envelope->algorithm, envelope->tbs, envelope->signature);
  if (!verified) return fail(Code::invalid, "certificate.bad_signature", verified.error().id);
  return {};
}

}  // namespace inkan::pki
