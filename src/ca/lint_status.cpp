#include "ca/lint_status.hpp"

#include <algorithm>
#include <array>

#include "ca/rules.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerElement;
using pki::DerReader;
using pki::same;
using pki::StatusAnswer;

constexpr std::size_t kMostAnswers = 16;
constexpr std::size_t kLongestNonce = 128;  // RFC 9654 2.1

/// One extension of a list, of an entry or of an answer; ours are never critical but a shard's distribution point, and a false is
/// never written out.
struct Extension {
  ByteView id;
  ByteView octets;
  bool critical = false;
  bool sound = false;
  bool plain() const { return sound && !critical; }
};

Extension take_extension(DerReader& list) {
  DerReader reader = list.enter(tag::kSequence);
  Extension extension;
  extension.id = reader.take(tag::kOid).content;
  bool written = true;
  if (reader.has(tag::kBoolean)) {
    extension.critical = same(reader.take(tag::kBoolean).content, std::array<std::uint8_t, 1>{0xff});
    written = extension.critical;
  }
  extension.octets = reader.take(tag::kOctetString).content;
  extension.sound = written && reader.done() && pki::is_der(extension.octets);
  return extension;
}

/// in_form tells whether a time is written as RFC 5280 4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime after.
bool in_form(const DerElement& element) {
  static const Instant kFrom2050 = parse_rfc3339("2050-01-01T00:00:00Z").value();
  const auto time = pki::read_time(element);
  return time && element.tag == (*time < kFrom2050 ? tag::kUtcTime : tag::kGeneralizedTime);
}

// ---- lists ----------------------------------------------------------------------------------------------------------------

/// What is wrong with any entry, once for all of them.
struct Entries {
  bool sound = true, in_form = true, plain = true, given = true, ordered = true;
  std::vector<ByteView> serials;
};

std::optional<unsigned long long> read_reason(const Extension& extension) {
  DerReader value(extension.octets);
  const auto number = pki::read_number(value.take(tag::kEnumerated));
  return value.done() ? number : std::nullopt;
}

void read_entry(DerReader entry, const pki::RevokedEntry* ordered, Entries& entries) {
  const ByteView serial = entry.take(tag::kInteger).content;
  const DerElement revoked_at = entry.take_any();
  unsigned long long reason = 0;
  if (!entry.empty()) {
    DerReader extensions = entry.enter(tag::kSequence);
    const Extension extension = take_extension(extensions);
    const auto number = read_reason(extension);
    entries.plain = entries.plain && extension.plain() && extensions.done() && same(extension.id, oid::kReasonCode) && number;
    reason = number.value_or(0);
    entries.given = entries.given && reason != 0;
  }
  entries.sound = entries.sound && entry.done() && !serial.empty() && serial.size() <= 20 && (serial[0] & 0x80) == 0;
  entries.in_form = entries.in_form && in_form(revoked_at);
  entries.ordered = entries.ordered && ordered != nullptr && same(serial, ordered->serial.bytes()) &&
                    pki::read_time(revoked_at) == ordered->revoked_at &&
                    reason == static_cast<unsigned long long>(ordered->reason);
  entries.serials.push_back(serial);
}

bool less(ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); }

void lint_entries(DerReader list, const CrlOrder& order, unsigned shards, Findings& findings) {
  Entries entries;
  entries.serials.reserve(order.revoked.size());
  hold(findings, !list.empty(), "crl.entries.empty", "RFC 5280 5.1.2.6", "an empty list must be absent");
  while (!list.empty()) {
    const std::size_t place = entries.serials.size();
    read_entry(list.enter(tag::kSequence), place < order.revoked.size() ? &order.revoked[place] : nullptr, entries);
  }
  hold(findings, list.done() && entries.sound, "crl.entry.structure", "RFC 5280 5.1.2.6", "revokedCertificates");
  hold(findings, entries.in_form, "crl.entry.date.form", "RFC 5280 5.1.2.6", "UTCTime through 2049, GeneralizedTime after");
  hold(findings, entries.plain, "crl.entry.extension", "RFC 5280 5.3.1", "a reason, not critical, and nothing else");
  hold(findings, entries.given, "crl.entry.reason.unspecified", "RFC 5280 5.3.1", "unspecified is told by saying nothing");
  hold(findings, entries.ordered && entries.serials.size() == order.revoked.size(), "crl.entry.ordered", "promises.md I8",
       "not the entries that were ordered");
  const bool its_own = order.shard == 0 || std::ranges::all_of(entries.serials, [&](ByteView serial) {
                         return shard_of(serial, shards) == order.shard;
                       });
  hold(findings, its_own, "crl.entry.shard", "RFC 5280 5.2.5", "an entry of another shard");
  std::ranges::sort(entries.serials, less);
  const bool twice = std::ranges::adjacent_find(entries.serials, same) != entries.serials.end();
  hold(findings, !twice, "crl.entry.twice", "RFC 5280 5.1.2.6", "a serial number twice");
}

void lint_list_extensions(DerReader list, const CrlOrder& order, const Authority& authority, Findings& findings) {
  int identifiers = 0, numbers = 0, points = 0;
  while (!list.empty()) {
    const Extension extension = take_extension(list);
    const bool scope = same(extension.id, oid::kIssuingDistributionPoint);
    hold(findings, extension.sound && extension.critical == scope, "crl.extension.structure", "RFC 5280 5.2",
         "of ours the distribution point alone is critical");
    DerReader value(extension.octets);
    if (same(extension.id, oid::kAuthorityKeyIdentifier)) {
      ++identifiers;
      DerReader identifier = value.enter(tag::kSequence);
      const ByteView key = identifier.take(tag::context_primitive(0)).content;
      hold(findings, identifier.done() && value.done() && same(key, authority.certificate.key_id()), "crl.aki.value",
           "RFC 5280 5.2.1", "not the authority's key identifier alone");
    } else if (same(extension.id, oid::kCrlNumber)) {
      ++numbers;
      const auto number = pki::read_number(value.take(tag::kInteger));
      hold(findings, value.done() && number && *number > 0 && *number == order.number, "crl.number.value", "RFC 5280 5.2.3",
           "not the number that was ordered, or none");
    } else if (scope) {
      ++points;
      DerReader point = value.enter(tag::kSequence);
      DerReader name = point.enter(tag::context(0));
      DerReader full_name = name.enter(tag::context(0));
      const ByteView url = full_name.take(tag::context_primitive(6)).content;
      const bool alone = full_name.done() && name.done() && point.done() && value.done();
      hold(findings, alone && order.shard != 0 && as_text(url) == list_url(authority.addresses, order.shard), "crl.idp.value",
           "RFC 5280 5.2.5; BR 7.2.2.1", "not the address in the shard's certificates, alone");
    } else {
      hold(findings, false, "crl.extension.unknown", "promises.md C6", "an extension that is not of the profile");
    }
  }
  hold(findings, list.done(), "crl.extension.structure", "RFC 5280 5.2", "crlExtensions");
  hold(findings, identifiers == 1, "crl.aki.missing", "RFC 5280 5.2.1", "the authority key identifier, once");
  hold(findings, numbers == 1, "crl.number.missing", "RFC 5280 5.2.3", "the CRL number, once");
  hold(findings, points == (order.shard == 0 ? 0 : 1), "crl.idp.missing", "RFC 5280 5.2.5; BR 7.2.2.1",
       "a shard's distribution point, once, and none on the whole list");
}

// ---- status answers -------------------------------------------------------------------------------------------------------

bool names_us(const pki::CertId& id, const Authority& authority) {
  if (!id.serial) return false;
  switch (id.hash) {
    case pki::CertId::Hash::sha1: return id.issuer_name_hash == authority.name_sha1 && id.issuer_key_hash == authority.key_sha1;
    case pki::CertId::Hash::sha256:
      return id.issuer_name_hash == authority.name_sha256 && id.issuer_key_hash == authority.key_sha256;
    case pki::CertId::Hash::other: return false;
  }
  return false;
}

/// What one CertStatus says; nothing where it does not read.
struct Said {
  StatusAnswer::Status status = StatusAnswer::Status::unknown;
  std::optional<Instant> revoked_at;
  unsigned long long reason = 0;
};

std::optional<Said> read_status(DerReader& answer) {
  Said said;
  if (answer.has(tag::context(1))) {
    said.status = StatusAnswer::Status::revoked;
    DerReader info = answer.enter(tag::context(1));
    said.revoked_at = pki::read_time(info.take(tag::kGeneralizedTime));
    if (info.has(tag::context(0))) {
      DerReader reason = info.enter(tag::context(0));
      said.reason = pki::read_number(reason.take(tag::kEnumerated)).value_or(0);
      if (!reason.done() || said.reason == 0) return std::nullopt;
    }
    return info.done() && said.revoked_at ? std::optional(said) : std::nullopt;
  }
  const DerElement element = answer.take_any();
  if (element.tag == tag::context_primitive(0)) said.status = StatusAnswer::Status::good;
  const bool known = element.tag == tag::context_primitive(0) || element.tag == tag::context_primitive(2);
  return known && element.content.empty() ? std::optional(said) : std::nullopt;
}

bool is_ordered(const Said& said, const StatusAnswer& ordered) {
  if (said.status != ordered.status) return false;
  if (said.status != StatusAnswer::Status::revoked) return true;
  return said.revoked_at == ordered.revoked_at && said.reason == static_cast<unsigned long long>(ordered.reason);
}

void lint_one(DerReader answer, const StatusAnswer* ordered, const OcspOrder& order, const Authority& authority,
              Findings& findings) {
  const ByteView id_der = answer.take(tag::kSequence).whole;
  const auto said = read_status(answer);
  const auto this_update = pki::read_time(answer.take(tag::kGeneralizedTime));
  DerReader next = answer.enter(tag::context(0));
  const auto next_update = pki::read_time(next.take(tag::kGeneralizedTime));
  hold(findings, answer.done() && next.done() && said, "ocsp.answer.structure", "RFC 6960 4.2.1", "SingleResponse");
  hold(findings, next_update.has_value(), "ocsp.next_update.missing", "RFC 5019 2.2.4", "until when it may be kept");
  hold(findings, this_update && next_update && *this_update < *next_update, "ocsp.dates", "RFC 6960 4.2.2.1",
       "nextUpdate does not follow thisUpdate");
  hold(findings, this_update == order.this_update && next_update == order.next_update, "ocsp.dates.ordered", "promises.md I8",
       "not the dates that were ordered");
  const Result<pki::CertId> id = pki::parse_cert_id(id_der);
  hold(findings, id.has_value(), "ocsp.answer.id", "RFC 6960 4.1.1", "CertID");
  hold(findings, !said || said->status == StatusAnswer::Status::unknown || (id && names_us(*id, authority)), "ocsp.answer.issuer",
       "RFC 6960 4.2.2.2", "it vouches for another authority's certificate");
  hold(findings, !said || !said->revoked_at || *said->revoked_at <= order.produced_at + kSkew, "ocsp.answer.revoked_at",
       "RFC 6960 4.2.2.1", "a revocation in the future");
  hold(findings, said && ordered != nullptr && same(id_der, ordered->cert_id_der) && is_ordered(*said, *ordered),
       "ocsp.answer.ordered", "promises.md I8", "not the answer that was ordered");
}

void lint_nonce(DerReader extensions, const OcspOrder& order, Findings& findings) {
  const Extension extension = take_extension(extensions);
  DerReader value(extension.octets);
  const ByteView nonce = value.take(tag::kOctetString).content;
  hold(findings, extension.plain() && extensions.done() && same(extension.id, oid::kOcspNonce), "ocsp.extension.unknown",
       "promises.md C6", "an extension that is not of the profile");
  hold(findings, value.done() && !nonce.empty() && nonce.size() <= kLongestNonce && same(nonce, order.nonce), "ocsp.nonce",
       "RFC 9654 2.1", "not the nonce that was sent, of 1 to 128 octets");
}

}  // namespace

Findings lint_list(ByteView tbs, const CrlOrder& order, const Authority& authority) {
  Findings findings;
  hold(findings, order.shard <= authority.addresses.crl_shards, "crl.shard", "promises.md I8", "the authority has no such shard");
  hold(findings, pki::is_der(tbs), "crl.der", "RFC 5280 5.1; X.690 10", "not exactly one element in DER");
  DerReader outer(tbs);
  DerReader list = outer.enter(tag::kSequence);
  hold(findings, pki::read_number(list.take(tag::kInteger)) == 1ULL, "crl.version", "RFC 5280 5.1.2.1", "version 2");
  hold(findings, same(list.take(tag::kSequence).whole, pki::signature_algorithm(authority.algorithm)), "crl.algorithm",
       "RFC 5280 5.1.2.2", "not the authority's signature algorithm");
  hold(findings, same(list.take(tag::kSequence).whole, authority.certificate.subject().der()), "crl.issuer", "RFC 5280 5.1.2.3",
       "the issuer is not, octet for octet, the authority's subject");
  const DerElement this_update = list.take_any(), next_update = list.take_any();
  hold(findings, in_form(this_update) && in_form(next_update), "crl.dates.form", "RFC 5280 5.1.2.4",
       "UTCTime through 2049, GeneralizedTime after, and a nextUpdate");
  const auto made = pki::read_time(this_update), ends = pki::read_time(next_update);
  hold(findings, made && ends && *made < *ends, "crl.dates", "RFC 5280 5.1.2.5", "nextUpdate does not follow thisUpdate");
  hold(findings, made == order.this_update && ends == order.next_update, "crl.dates.ordered", "promises.md I8",
       "not the dates that were ordered");
  if (list.has(tag::kSequence) || !order.revoked.empty())
    lint_entries(list.enter(tag::kSequence), order, authority.addresses.crl_shards, findings);
  DerReader field = list.enter(tag::context(0));
  lint_list_extensions(field.enter(tag::kSequence), order, authority, findings);
  hold(findings, outer.done() && list.done() && field.done(), "crl.structure", "RFC 5280 5.1", "TBSCertList");
  return findings;
}

Findings lint_answer(ByteView data, const OcspOrder& order, const Authority& authority, ByteView responder_key_id) {
  Findings findings;
  hold(findings, pki::is_der(data), "ocsp.der", "RFC 6960 4.2.1; X.690 10", "not exactly one element in DER");
  DerReader outer(data);
  DerReader fields = outer.enter(tag::kSequence);
  DerReader responder = fields.enter(tag::context(2));
  hold(findings, same(responder.take(tag::kOctetString).content, responder_key_id) && responder.done(), "ocsp.responder",
       "RFC 5019 2.2.1", "not the responder by its key's hash");
  const auto produced_at = pki::read_time(fields.take(tag::kGeneralizedTime));
  hold(findings, produced_at == order.produced_at && order.produced_at >= order.this_update, "ocsp.produced_at",
       "RFC 6960 4.2.2.1", "before thisUpdate, or not what was ordered");
  DerReader answers = fields.enter(tag::kSequence);
  std::size_t count = 0;
  for (; !answers.empty() && count <= kMostAnswers; ++count)
    lint_one(answers.enter(tag::kSequence), count < order.answers.size() ? &order.answers[count] : nullptr, order, authority,
             findings);
  hold(findings, answers.done() && count > 0 && count <= kMostAnswers && count == order.answers.size(), "ocsp.answers",
       "RFC 6960 4.2.1", "1 to 16 answers, as many as were ordered");
  if (fields.has(tag::context(1)) || !order.nonce.empty()) {
    DerReader field = fields.enter(tag::context(1));
    lint_nonce(field.enter(tag::kSequence), order, findings);
    hold(findings, field.done(), "ocsp.structure", "RFC 6960 4.2.1", "responseExtensions");
  }
  hold(findings, outer.done() && fields.done(), "ocsp.structure", "RFC 6960 4.2.1", "ResponseData");
  return findings;
}

}  // namespace inkan::ca
