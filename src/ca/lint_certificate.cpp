#include "ca/lint_certificate.hpp"

#include <algorithm>
#include <array>

#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerReader;
using pki::same;

/// The octets of a URI GeneralName.
ByteView take_uri(DerReader& reader) { return reader.take(tag::context_primitive(6)).content; }

}  // namespace

CertificateLint::CertificateLint(ByteView tbs) {
  hold(pki::is_der(tbs), "cert.der", "RFC 5280 4.1; X.690 10", "not exactly one element in DER");
  read(tbs);
}

void CertificateLint::read(ByteView bytes) {
  DerReader outer(bytes);
  DerReader tbs = outer.enter(tag::kSequence);
  if (tbs.has(tag::context(0))) {
    DerReader version = tbs.enter(tag::context(0));
    fields_.version = version.take(tag::kInteger).content;
  }
  fields_.serial = tbs.take(tag::kInteger).content;
  fields_.algorithm = tbs.take(tag::kSequence).whole;
  fields_.issuer = tbs.take(tag::kSequence).whole;
  DerReader validity = tbs.enter(tag::kSequence);
  fields_.not_before = validity.take_any();
  fields_.not_after = validity.take_any();
  fields_.subject = tbs.take(tag::kSequence).whole;
  fields_.spki = tbs.take(tag::kSequence).whole;
  const bool unique_ids = tbs.has(tag::context_primitive(1)) || tbs.has(tag::context_primitive(2));
  hold(!unique_ids, "cert.unique_id", "RFC 5280 4.1.2.8", "unique identifiers must not be there");
  while (tbs.has(tag::context_primitive(1)) || tbs.has(tag::context_primitive(2))) tbs.take_any();
  DerReader holder = tbs.enter(tag::context(3));
  read_extensions(holder.enter(tag::kSequence));
  hold(outer.done() && tbs.done() && validity.done() && holder.done(), "cert.structure", "RFC 5280 4.1", "TBSCertificate");
}

void CertificateLint::read_extensions(DerReader list) {
  while (!list.empty()) {
    DerReader reader = list.enter(tag::kSequence);
    Extension extension;
    extension.id = reader.take(tag::kOid).content;
    if (reader.has(tag::kBoolean)) {
      extension.critical = same(reader.take(tag::kBoolean).content, std::array<std::uint8_t, 1>{0xff});
      hold(extension.critical, "cert.extension.default", "X.690 11.5", "a default value is written out");
    }
    extension.octets = reader.take(tag::kOctetString).content;
    hold(reader.done() && pki::is_der(extension.octets), "cert.extension.structure", "RFC 5280 4.2", "Extension");
    hold(find(extension.id) == nullptr, "cert.extension.duplicate", "RFC 5280 4.2", "an extension twice");
    fields_.extensions.push_back(extension);
  }
  hold(list.done(), "cert.extension.structure", "RFC 5280 4.2", "Extensions");
}

const Extension* CertificateLint::find(ByteView id) const {
  const auto found = std::ranges::find_if(fields_.extensions, [&](const Extension& each) { return same(each.id, id); });
  return found == fields_.extensions.end() ? nullptr : &*found;
}

ByteView CertificateLint::required(const Expected& expected) {
  const Extension* extension = find(expected.id);
  hold(extension != nullptr, expected.missing, expected.source, "the extension is missing");
  if (extension == nullptr) return {};
  hold(extension->critical == expected.critical, expected.criticality, expected.source,
       expected.critical ? "must be critical" : "must not be critical");
  return extension->octets;
}

void CertificateLint::body(pki::KeyAlgorithm signer) {
  hold(same(fields_.version, std::array<std::uint8_t, 1>{2}), "cert.version", "RFC 5280 4.1.2.1", "version 3");
  hold(same(fields_.algorithm, pki::signature_algorithm(signer)), "cert.algorithm", "RFC 4055 5; RFC 5758 3.2",
       "not the authority's signature algorithm");
  hold(fields_.subject.size() > 2, "cert.subject.empty", "RFC 5280 4.1.2.6", "an empty subject");
  // BR 7.1: at least 64 random bits. Ours are 20 octets with the top bits 01, and a shorter one was not made by us.
  hold(fields_.serial.size() == 20 && (fields_.serial[0] & 0xc0) == 0x40, "cert.serial.form", "RFC 5280 4.1.2.2; BR 7.1",
       "20 octets, positive, of full length");

  const auto not_before = pki::read_time(fields_.not_before), not_after = pki::read_time(fields_.not_after);
  hold(not_before && not_after, "cert.validity.form", "RFC 5280 4.1.2.5", "Zulu, with seconds, without fractions");
  if (!not_before || !not_after) return;
  const Instant generalized_from = std::chrono::sys_days{std::chrono::year{2050} / 1 / 1};
  for (const auto& [element, instant] : {std::pair{fields_.not_before, *not_before}, std::pair{fields_.not_after, *not_after}})
    hold((element.tag == tag::kGeneralizedTime) == (instant >= generalized_from), "cert.validity.form", "RFC 5280 4.1.2.5",
         "UTCTime to 2049, GeneralizedTime from 2050");
  hold(*not_before < *not_after, "cert.validity.reversed", "RFC 5280 4.1.2.5", "it ends before it begins");
}

void CertificateLint::issuer(ByteView name) {
  hold(same(fields_.issuer, name), "cert.issuer", "RFC 5280 4.1.2.4",
       "the issuer is not, octet for octet, the authority's subject");
}

void CertificateLint::within(Term term) {
  const auto not_before = pki::read_time(fields_.not_before), not_after = pki::read_time(fields_.not_after);
  hold(!not_before || !not_after || (*not_before >= term.not_before && *not_after <= term.not_after), "cert.validity.issuer",
       "RFC 5280 6.1.3", "outside the authority's own validity");
}

void CertificateLint::ordered(const pki::SerialNumber& serial, Term term, const pki::Name& subject, ByteView spki) {
  hold(same(fields_.serial, serial.bytes()), "cert.serial.order", "RFC 5280 4.1.2.2", "not the serial ordered");
  const auto not_before = pki::read_time(fields_.not_before), not_after = pki::read_time(fields_.not_after);
  hold(not_before == term.not_before && not_after == term.not_after, "cert.validity.order", "RFC 5280 4.1.2.5",
       "not the dates ordered");
  hold(same(fields_.subject, subject.der()), "cert.subject.order", "RFC 5280 4.1.2.6", "not the subject ordered");
  hold(same(fields_.spki, spki), "cert.key.order", "RFC 5280 4.1.2.7", "not the key ordered");
}

void CertificateLint::key_usage(ByteView bits, const char* detail) {
  const ByteView usage =
      required({oid::kKeyUsage, true, "cert.key_usage.missing", "cert.key_usage.criticality", "RFC 5280 4.2.1.3"});
  hold(usage.empty() || same(usage, bits), "cert.key_usage.bits", "RFC 5280 4.2.1.3", detail);
}

void CertificateLint::purposes(std::initializer_list<ByteView> wanted, const char* detail) {
  const ByteView octets =
      required({oid::kExtendedKeyUsage, false, "cert.eku.missing", "cert.eku.criticality", "RFC 5280 4.2.1.12"});
  DerReader outer(octets);
  DerReader list = outer.enter(tag::kSequence);
  const bool all = std::ranges::all_of(wanted, [&](ByteView id) { return same(list.take(tag::kOid).content, id); });
  hold(octets.empty() || (all && list.done() && outer.done()), "cert.eku.purpose", "RFC 5280 4.2.1.12", detail);
}

void CertificateLint::subject_key_id(ByteView key_id) {
  const ByteView octets =
      required({oid::kSubjectKeyIdentifier, false, "cert.ski.missing", "cert.ski.criticality", "RFC 5280 4.2.1.2"});
  DerReader reader(octets);
  hold(octets.empty() || same(reader.take(tag::kOctetString).content, key_id), "cert.ski.value", "RFC 5280 4.2.1.2",
       "not the key's identifier");
}

void CertificateLint::authority_key_id(ByteView key_id) {
  const ByteView octets =
      required({oid::kAuthorityKeyIdentifier, false, "cert.aki.missing", "cert.aki.criticality", "RFC 5280 4.2.1.1"});
  DerReader outer(octets);
  DerReader reader = outer.enter(tag::kSequence);
  const ByteView identifier = reader.take(tag::context_primitive(0)).content;
  hold(octets.empty() || (reader.done() && outer.done() && same(identifier, key_id)), "cert.aki.value", "RFC 5280 4.2.1.1",
       "not the authority's key identifier, or more than it");
}

void CertificateLint::policy(ByteView wanted) {
  const ByteView octets =
      required({oid::kCertificatePolicies, false, "cert.policy.missing", "cert.policy.criticality", "RFC 5280 4.2.1.4"});
  DerReader outer(octets);
  DerReader list = outer.enter(tag::kSequence);
  DerReader one = list.enter(tag::kSequence);
  const ByteView id = one.take(tag::kOid).content;
  hold(octets.empty() || (!wanted.empty() && same(id, wanted) && one.done() && list.done() && outer.done()), "cert.policy.value",
       "RFC 5280 4.2.1.4", "not the authority's one policy");
}

void CertificateLint::distribution_point(std::string_view url, const char* detail) {
  const ByteView octets =
      required({oid::kCrlDistributionPoints, false, "cert.crl_dp.missing", "cert.crl_dp.criticality", "RFC 5280 4.2.1.13"});
  DerReader outer(octets);
  DerReader list = outer.enter(tag::kSequence);
  DerReader point = list.enter(tag::kSequence);
  DerReader name = point.enter(tag::context(0));
  DerReader full_name = name.enter(tag::context(0));
  const ByteView is = take_uri(full_name);
  const bool alone = full_name.done() && name.done() && point.done() && list.done() && outer.done();
  hold(octets.empty() || (alone && as_text(is) == url), "cert.crl_dp.value", "RFC 5280 4.2.1.13", detail);
}

void CertificateLint::access(std::initializer_list<Access> wanted, const char* detail) {
  const ByteView octets =
      required({oid::kAuthorityInfoAccess, false, "cert.aia.missing", "cert.aia.criticality", "RFC 5280 4.2.2.1"});
  DerReader outer(octets);
  DerReader list = outer.enter(tag::kSequence);
  const bool all = std::ranges::all_of(wanted, [&](const Access& each) {
    DerReader description = list.enter(tag::kSequence);
    const bool method = same(description.take(tag::kOid).content, each.method);
    return method && as_text(take_uri(description)) == each.url && description.done();
  });
  hold(octets.empty() || (all && list.done() && outer.done()), "cert.aia.value", "RFC 5280 4.2.2.1", detail);
}

void CertificateLint::only(std::initializer_list<ByteView> known) {
  for (const Extension& extension : fields_.extensions)
    hold(std::ranges::any_of(known, [&](ByteView id) { return same(id, extension.id); }), "cert.extension.unknown",
         "promises.md C4", "an extension that is not of the profile");
}

}  // namespace inkan::ca
