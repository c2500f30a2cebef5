#include "pki/crl.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::pki {
namespace {

constexpr std::size_t kCrlLimit = 128u * 1024 * 1024;

constexpr std::array<std::pair<RevocationReason, std::string_view>, 6> kReasons{
    {{RevocationReason::unspecified, "unspecified"},
     {RevocationReason::key_compromise, "keyCompromise"},
     {RevocationReason::ca_compromise, "cACompromise"},
     {RevocationReason::affiliation_changed, "affiliationChanged"},
     {RevocationReason::superseded, "superseded"},
     {RevocationReason::cessation_of_operation, "cessationOfOperation"}}};

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "crl.malformed", std::move(what)); }

std::optional<RevocationReason> reason_of(unsigned long long number) {
  for (const auto& [reason, text] : kReasons)
    if (static_cast<unsigned long long>(reason) == number) return reason;
  return std::nullopt;
}

/// One extension, its critical flag and the octets inside.
struct Extension {
  ByteView id;
  bool critical = false;
  ByteView value;
};

std::optional<Extension> take_extension(DerReader& list) {
  DerReader reader = list.enter(tag::kSequence);
  Extension extension;
  extension.id = reader.take(tag::kOid).content;
  if (reader.has(tag::kBoolean)) extension.critical = reader.take(tag::kBoolean).content[0] != 0;
  extension.value = reader.take(tag::kOctetString).content;
  if (!reader.done()) return std::nullopt;
  return extension;
}

Result<RevokedEntry> read_entry(DerReader entry) {
  const Result<SerialNumber> serial = SerialNumber::parse(entry.take(tag::kInteger).content);
  const auto revoked_at = read_time(entry.take_any());
  if (!serial || !revoked_at) return malformed("revokedCertificates");
  RevokedEntry read{*serial, *revoked_at};
  if (!entry.empty()) {
    DerReader extensions = entry.enter(tag::kSequence);
    while (!extensions.empty()) {
      const auto extension = take_extension(extensions);
      if (!extension) return malformed("crlEntryExtensions");
      if (!same(extension->id, oid::kReasonCode)) {
        if (extension->critical) return malformed("a critical entry extension");
        continue;
      }
      DerReader value(extension->value);
      const auto number = read_number(value.take(tag::kEnumerated));
      const auto reason = number ? reason_of(*number) : std::nullopt;
      if (!reason || !value.done()) return malformed("a reason that is not ours");
      read.reason = *reason;
    }
    if (!extensions.done()) return malformed("crlEntryExtensions");
  }
  if (!entry.done()) return malformed("revokedCertificates");
  return read;
}

/// read_point reads an issuing distribution point that is one URI: a list that is narrower in another way is not ours to read.
std::optional<std::string> read_point(ByteView octets) {
  DerReader value(octets);
  DerReader point = value.enter(tag::kSequence);
  DerReader name = point.enter(tag::context(0));
  DerReader full_name = name.enter(tag::context(0));
  const ByteView uri = full_name.take(tag::context_primitive(6)).content;
  if (!value.done() || !point.done() || !name.done() || !full_name.done() || uri.empty()) return std::nullopt;
  return std::string(as_text(uri));
}

}  // namespace

std::string_view to_text(RevocationReason reason) {
  for (const auto& [value, text] : kReasons)
    if (value == reason) return text;
  return "unspecified";
}

Result<RevocationReason> parse_revocation_reason(std::string_view text) {
  for (const auto& [value, name] : kReasons)
    if (name == text && value != RevocationReason::ca_compromise) return value;
  return fail(Code::invalid, "revocation.unknown_reason", std::string(text));
}

Result<Crl> Crl::parse(ByteView der) {
  if (der.size() > kCrlLimit || !is_der(der)) return malformed("over 128 MiB, or not DER");
  DerReader outer(der);
  DerReader parts = outer.enter(tag::kSequence);
  DerReader tbs = parts.enter(tag::kSequence);
  const ByteView algorithm = parts.take(tag::kSequence).whole;
  parts.take(tag::kBitString);
  if (!outer.done() || !parts.done()) return malformed("CertificateList");

  if (read_number(tbs.take(tag::kInteger)) != 1ULL) return malformed("not version 2");
  if (!same(tbs.take(tag::kSequence).whole, algorithm)) return malformed("two signature algorithms");
  const Result<Name> issuer = Name::parse(tbs.take(tag::kSequence).whole);
  const auto this_update = read_time(tbs.take_any()), next_update = read_time(tbs.take_any());
  if (!issuer || !this_update || !next_update) return malformed("TBSCertList");
  Crl crl(to_bytes(der), *issuer);
  crl.this_update_ = *this_update;
  crl.next_update_ = *next_update;
  if (tbs.has(tag::kSequence)) {
    DerReader entries = tbs.enter(tag::kSequence);
    if (entries.empty()) return malformed("an empty list must be absent");  // RFC 5280 5.1.2.6
    while (!entries.empty()) {
      Result<RevokedEntry> entry = read_entry(entries.enter(tag::kSequence));
      if (!entry) return fail(entry);
      crl.entries_.push_back(std::move(*entry));
    }
  }
  DerReader field = tbs.enter(tag::context(0));
  DerReader extensions = field.enter(tag::kSequence);
  bool numbered = false;
  while (!extensions.empty()) {
    const auto extension = take_extension(extensions);
    const bool scope = extension && same(extension->id, oid::kIssuingDistributionPoint);
    if (!extension || extension->critical != scope) return malformed("crlExtensions");
    DerReader value(extension->value);
    if (scope) {
      auto point = read_point(extension->value);
      if (!point || !crl.distribution_point_.empty()) return malformed("issuingDistributionPoint");
      crl.distribution_point_ = std::move(*point);
    } else if (same(extension->id, oid::kCrlNumber)) {
      const auto number = read_number(value.take(tag::kInteger));
      if (!number || !value.done()) return malformed("CRLNumber");
      crl.number_ = *number;
      numbered = true;
    } else if (same(extension->id, oid::kAuthorityKeyIdentifier)) {
      DerReader identifier = value.enter(tag::kSequence);
      if (identifier.has(tag::context_primitive(0))) crl.authority_key_id_ = to_bytes(identifier.take_any().content);
    }
  }
  if (!numbered || !extensions.done() || !field.done() || !tbs.done()) return malformed("crlExtensions");
  return crl;
}

Result<void> Crl::verify_by(const Certificate& issuer) const {
  DerReader outer(der_);
  DerReader parts = outer.enter(tag::kSequence);
  const ByteView tbs = parts.take(tag::kSequence).whole;
  const ByteView algorithm = parts.take(tag::kSequence).whole;
  const auto signature = read_bits(parts.take(tag::kBitString));
  if (!signature) return fail(Code::invalid, "crl.bad_signature", "unused bits");
  const Result<void> verified = verify_signature(issuer.spki(), algorithm, tbs, *signature);
  if (!verified) return fail(Code::invalid, "crl.bad_signature", verified.error().id);
  return {};
}

}  // namespace inkan::pki
