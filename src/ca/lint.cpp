#include "ca/lint.hpp"

#include <algorithm>

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

/// One extension as read; `octets` is what is inside its OCTET STRING.
struct Extension {
  ByteView id;
  bool critical = false;
  ByteView octets;
};

/// TBSCertificate taken apart. Views are empty where a field did not read.
struct Fields {
  ByteView version, serial, algorithm, issuer, subject, spki;
  DerElement not_before, not_after;
  std::vector<Extension> extensions;
};

/// Lint collects findings; every check is one line with its id, its rule and what must hold.
class Lint {
 public:
  void hold(bool truth, const char* id, const char* source, const char* detail) {
    inkan::hold(findings_, truth, id, source, detail);
  }
  Findings take() { return std::move(findings_); }

  Fields read_tbs(ByteView bytes);
  void names(const Fields& fields, const Authority& authority);
  void holder_only(const Fields& fields);
  void body(const Fields& fields, const Authority& authority);
  void ordered(const Fields& fields, const CertificateOrder& order);
  void identifiers(const Fields& fields, ByteView key_id, const Authority& authority);
  void ruled(const Fields& fields, const HolderRules& rules, Instant now);
  void pointers(const Fields& fields, const Authority& authority);

 private:
  void read_extensions(DerReader list, Fields& fields);
  /// The octets of an extension that must be there, with the given criticality; empty when absent.
  ByteView required(const Fields& fields, ByteView id, bool critical, const char* missing, const char* criticality,
                    const char* source);
  Findings findings_;
};

const Extension* find(const Fields& fields, ByteView id) {
  const auto found = std::ranges::find_if(fields.extensions, [&](const Extension& e) { return same(e.id, id); });
  return found == fields.extensions.end() ? nullptr : &*found;
}

Fields Lint::read_tbs(ByteView bytes) {
  Fields fields;
  DerReader outer(bytes);
  DerReader tbs = outer.enter(tag::kSequence);
  if (tbs.has(tag::context(0))) {
    DerReader version = tbs.enter(tag::context(0));
    fields.version = version.take(tag::kInteger).content;
  }
  fields.serial = tbs.take(tag::kInteger).content;
  fields.algorithm = tbs.take(tag::kSequence).whole;
  fields.issuer = tbs.take(tag::kSequence).whole;
  DerReader validity = tbs.enter(tag::kSequence);
  fields.not_before = validity.take_any();
  fields.not_after = validity.take_any();
  fields.subject = tbs.take(tag::kSequence).whole;
  fields.spki = tbs.take(tag::kSequence).whole;
  const bool unique_ids = tbs.has(tag::context_primitive(1)) || tbs.has(tag::context_primitive(2));
  hold(!unique_ids, "cert.unique_id", "RFC 5280 4.1.2.8", "unique identifiers must not be there");
  while (tbs.has(tag::context_primitive(1)) || tbs.has(tag::context_primitive(2))) tbs.take_any();
  DerReader holder = tbs.enter(tag::context(3));
  read_extensions(holder.enter(tag::kSequence), fields);
  hold(outer.done() && tbs.done() && validity.done() && holder.done(), "cert.structure", "RFC 5280 4.1", "TBSCertificate");
  return fields;
}

void Lint::read_extensions(DerReader list, Fields& fields) {
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
    hold(find(fields, extension.id) == nullptr, "cert.extension.duplicate", "RFC 5280 4.2", "an extension twice");
    fields.extensions.push_back(extension);
  }
  hold(list.done(), "cert.extension.structure", "RFC 5280 4.2", "Extensions");
}

ByteView Lint::required(const Fields& fields, ByteView id, bool critical, const char* missing, const char* criticality,
                        const char* source) {
  const Extension* extension = find(fields, id);
  hold(extension != nullptr, missing, source, "the extension is missing");
  if (extension == nullptr) return {};
  hold(extension->critical == critical, criticality, source, critical ? "must be critical" : "must not be critical");
  return extension->octets;
}

void Lint::names(const Fields& fields, const Authority& authority) {
  hold(same(fields.issuer, authority.certificate.subject().der()), "cert.issuer", "RFC 5280 4.1.2.4",
       "the issuer is not, octet for octet, the authority's subject");
}

void Lint::holder_only(const Fields& fields) {
  hold(find(fields, oid::kBasicConstraints) == nullptr, "cert.basic_constraints", "RFC 5280 4.2.1.9",
       "a holder's certificate says nothing of being a CA");

  const ByteView usage =
      required(fields, oid::kKeyUsage, true, "cert.key_usage.missing", "cert.key_usage.criticality", "RFC 5280 4.2.1.3");
  constexpr std::uint8_t kDigitalSignatureOnly[] = {0x03, 0x02, 0x07, 0x80};
  hold(usage.empty() || same(usage, kDigitalSignatureOnly), "cert.key_usage.bits", "RFC 5280 4.2.1.3", "digitalSignature alone");

  const ByteView purposes =
      required(fields, oid::kExtendedKeyUsage, false, "cert.eku.missing", "cert.eku.criticality", "RFC 5280 4.2.1.12");
  DerReader outer(purposes);
  DerReader list = outer.enter(tag::kSequence);
  const bool client = same(list.take(tag::kOid).content, oid::kClientAuth);
  hold(purposes.empty() || (client && list.done() && outer.done()), "cert.eku.purpose", "RFC 5280 4.2.1.12", "clientAuth alone");
}

void Lint::body(const Fields& fields, const Authority& authority) {
  hold(same(fields.version, std::array<std::uint8_t, 1>{2}), "cert.version", "RFC 5280 4.1.2.1", "version 3");
  hold(same(fields.algorithm, pki::signature_algorithm(authority.algorithm)), "cert.algorithm", "RFC 4055 5; RFC 5758 3.2",
       "not the authority's signature algorithm");
  hold(fields.subject.size() > 2, "cert.subject.empty", "RFC 5280 4.1.2.6", "an empty subject");
  // BR 7.1: at least 64 random bits. Ours are 20 octets with the top bits 01, and a shorter one was not made by us.
  hold(fields.serial.size() == 20 && (fields.serial[0] & 0xc0) == 0x40, "cert.serial.form", "RFC 5280 4.1.2.2; BR 7.1",
       "20 octets, positive, of full length");

  const auto not_before = pki::read_time(fields.not_before), not_after = pki::read_time(fields.not_after);
  hold(not_before && not_after, "cert.validity.form", "RFC 5280 4.1.2.5", "Zulu, with seconds, without fractions");
  if (!not_before || !not_after) return;
  const Instant generalized_from = std::chrono::sys_days{std::chrono::year{2050} / 1 / 1};
  for (const auto& [element, instant] : {std::pair{fields.not_before, *not_before}, std::pair{fields.not_after, *not_after}})
    hold((element.tag == tag::kGeneralizedTime) == (instant >= generalized_from), "cert.validity.form", "RFC 5280 4.1.2.5",
         "UTCTime to 2049, GeneralizedTime from 2050");
  hold(*not_before < *not_after, "cert.validity.reversed", "RFC 5280 4.1.2.5", "it ends before it begins");
  hold(*not_before >= authority.certificate.not_before() && *not_after <= authority.certificate.not_after(),
       "cert.validity.issuer", "RFC 5280 6.1.3", "outside the authority's own validity");
}

void Lint::ordered(const Fields& fields, const CertificateOrder& order) {
  hold(same(fields.serial, order.serial.bytes()), "cert.serial.order", "RFC 5280 4.1.2.2", "not the serial ordered");
  const auto not_before = pki::read_time(fields.not_before), not_after = pki::read_time(fields.not_after);
  hold(not_before == order.not_before && not_after == order.not_after, "cert.validity.order", "RFC 5280 4.1.2.5",
       "not the dates ordered");
  hold(same(fields.subject, order.subject.der()), "cert.subject.order", "RFC 5280 4.1.2.6", "not the subject ordered");
  hold(same(fields.spki, order.key.der()), "cert.key.order", "RFC 5280 4.1.2.7", "not the key ordered");
}

void Lint::identifiers(const Fields& fields, ByteView key_id, const Authority& authority) {
  const ByteView subject_id =
      required(fields, oid::kSubjectKeyIdentifier, false, "cert.ski.missing", "cert.ski.criticality", "RFC 5280 4.2.1.2");
  DerReader subject_reader(subject_id);
  const ByteView subject_octets = subject_reader.take(tag::kOctetString).content;
  hold(subject_id.empty() || same(subject_octets, key_id), "cert.ski.value", "RFC 5280 4.2.1.2", "not the key's identifier");

  const ByteView authority_id =
      required(fields, oid::kAuthorityKeyIdentifier, false, "cert.aki.missing", "cert.aki.criticality", "RFC 5280 4.2.1.1");
  DerReader outer(authority_id);
  DerReader reader = outer.enter(tag::kSequence);
  const ByteView octets = reader.take(tag::context_primitive(0)).content;
  hold(authority_id.empty() || (reader.done() && same(octets, authority.certificate.key_id())), "cert.aki.value",
       "RFC 5280 4.2.1.1", "not the authority's key identifier, or more than it");
}

/// The octets of a URI GeneralName.
ByteView take_uri(DerReader& reader) { return reader.take(tag::context_primitive(6)).content; }

void Lint::pointers(const Fields& fields, const Authority& authority) {
  const Addresses& addresses = authority.addresses;
  const ByteView policies =
      required(fields, oid::kCertificatePolicies, false, "cert.policy.missing", "cert.policy.criticality", "RFC 5280 4.2.1.4");
  DerReader policy_outer(policies);
  DerReader policy_list = policy_outer.enter(tag::kSequence);
  DerReader policy = policy_list.enter(tag::kSequence);
  const ByteView policy_id = policy.take(tag::kOid).content;
  const Result<Bytes> expected = pki::encode_oid(addresses.policy_oid);
  hold(policies.empty() || (expected && same(policy_id, *expected) && policy.done() && policy_list.done()), "cert.policy.value",
       "RFC 5280 4.2.1.4", "not the authority's one policy");

  const ByteView points =
      required(fields, oid::kCrlDistributionPoints, false, "cert.crl_dp.missing", "cert.crl_dp.criticality", "RFC 5280 4.2.1.13");
  DerReader point_outer(points);
  DerReader point_list = point_outer.enter(tag::kSequence);
  DerReader point = point_list.enter(tag::kSequence);
  DerReader point_name = point.enter(tag::context(0));
  DerReader full_name = point_name.enter(tag::context(0));
  const ByteView crl_url = take_uri(full_name);
  hold(points.empty() || (as_text(crl_url) == addresses.crl_url && full_name.done() && point.done() && point_list.done()),
       "cert.crl_dp.value", "RFC 5280 4.2.1.13", "not the authority's one address");

  const ByteView access =
      required(fields, oid::kAuthorityInfoAccess, false, "cert.aia.missing", "cert.aia.criticality", "RFC 5280 4.2.2.1");
  DerReader access_outer(access);
  DerReader access_list = access_outer.enter(tag::kSequence);
  DerReader ocsp = access_list.enter(tag::kSequence);
  const bool ocsp_method = same(ocsp.take(tag::kOid).content, oid::kAdOcsp);
  const ByteView ocsp_url = take_uri(ocsp);
  DerReader issuers = access_list.enter(tag::kSequence);
  const bool issuers_method = same(issuers.take(tag::kOid).content, oid::kAdCaIssuers);
  const ByteView ca_url = take_uri(issuers);
  hold(access.empty() || (ocsp_method && issuers_method && access_list.done() && as_text(ocsp_url) == addresses.ocsp_url &&
                          as_text(ca_url) == addresses.ca_url),
       "cert.aia.value", "RFC 5280 4.2.2.1", "not the authority's OCSP and caIssuers addresses");

  for (const Extension& extension : fields.extensions) {
    const ByteView known[] = {oid::kSubjectKeyIdentifier, oid::kKeyUsage,
                              oid::kBasicConstraints,     oid::kCrlDistributionPoints,
                              oid::kCertificatePolicies,  oid::kAuthorityKeyIdentifier,
                              oid::kExtendedKeyUsage,     oid::kAuthorityInfoAccess};
    hold(std::ranges::any_of(known, [&](ByteView id) { return same(id, extension.id); }), "cert.extension.unknown",
         "promises.md C4", "an extension that is not of the profile");
  }
}

void Lint::ruled(const Fields& fields, const HolderRules& rules, Instant now) {
  const auto not_before = pki::read_time(fields.not_before), not_after = pki::read_time(fields.not_after);
  hold(not_before && *not_before <= now - kBackdate + kSkew && *not_before >= now - kBackdate - kLongestAct,
       "cert.validity.start", "promises.md I11", "it does not begin five minutes before now");
  hold(not_before && not_after && ends_by_the_calendar(rules, *not_before + kBackdate, *not_after), "cert.validity.term",
       "promises.md C3, I11", "it does not end on the day that the profile's calendar gives");
  const Result<pki::Name> subject = pki::Name::parse(fields.subject);
  hold(subject && fits(rules.subject, subject->parts()), "cert.subject.rule", "promises.md T14",
       "not a subject that the profile makes");
}

}  // namespace

Findings lint(ByteView certificate_der, const CertificateOrder& order, const Authority& authority) {
  Lint lint;
  lint.hold(pki::is_der(certificate_der), "cert.der", "RFC 5280 4.1; X.690 10", "not exactly one element in DER");
  DerReader outer(certificate_der);
  DerReader parts = outer.enter(tag::kSequence);
  const ByteView tbs = parts.take(tag::kSequence).whole;
  const ByteView algorithm = parts.take(tag::kSequence).whole;
  const auto signature = pki::read_bits(parts.take(tag::kBitString));
  lint.hold(parts.done() && signature && !signature->empty(), "cert.structure", "RFC 5280 4.1", "Certificate");

  const Fields fields = lint.read_tbs(tbs);
  lint.hold(same(fields.algorithm, algorithm), "cert.algorithm.differs", "RFC 5280 4.1.1.2", "two signature algorithms");
  lint.names(fields, authority);
  lint.body(fields, authority);
  lint.ordered(fields, order);
  lint.identifiers(fields, order.key.key_id(), authority);
  lint.holder_only(fields);
  lint.pointers(fields, authority);
  return lint.take();
}

Findings lint_tbs(ByteView tbs, const Authority& authority) {
  Lint lint;
  lint.hold(pki::is_der(tbs), "cert.der", "RFC 5280 4.1; X.690 10", "not exactly one element in DER");
  const Fields fields = lint.read_tbs(tbs);
  lint.names(fields, authority);
  lint.holder_only(fields);
  return lint.take();
}

Findings lint_by_rules(ByteView tbs, const Authority& authority, const HolderRules& rules, Instant now) {
  Lint lint;
  lint.hold(pki::is_der(tbs), "cert.der", "RFC 5280 4.1; X.690 10", "not exactly one element in DER");
  const Fields fields = lint.read_tbs(tbs);
  lint.names(fields, authority);
  lint.body(fields, authority);
  lint.holder_only(fields);
  lint.pointers(fields, authority);
  lint.ruled(fields, rules, now);
  const Result<pki::PublicKey> key = pki::PublicKey::parse(fields.spki);
  lint.hold(key && std::ranges::find(rules.keys, key->algorithm()) != rules.keys.end(), "cert.key.rule", "promises.md E5",
            "not a key that the profile accepts");
  lint.identifiers(fields, key ? key->key_id() : Bytes(), authority);
  return lint.take();
}

}  // namespace inkan::ca
