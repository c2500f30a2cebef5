#include "ca/profile.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerWriter;

constexpr std::uint8_t kDigitalSignature[] = {7, 0x80};  // BIT STRING: unused bits, then the bits
constexpr std::uint8_t kKeyCertSignAndCrlSign[] = {1, 0x06};
constexpr std::uint8_t kUriTag = tag::context_primitive(6);  // GeneralName uniformResourceIdentifier

enum class Critical { no, yes };

template <class Body>
void extension(DerWriter& out, ByteView id, Critical critical, Body body) {
  out.nest(tag::kSequence, [&] {
    out.oid(id);
    if (critical == Critical::yes) out.boolean_true();
    out.nest(tag::kOctetString, body);
  });
}

void authority_key_id(DerWriter& out, ByteView key_id) {
  extension(out, oid::kAuthorityKeyIdentifier, Critical::no,
            [&] { out.nest(tag::kSequence, [&] { out.primitive(tag::context_primitive(0), key_id); }); });
}

void subject_key_id(DerWriter& out, ByteView key_id) {
  extension(out, oid::kSubjectKeyIdentifier, Critical::no, [&] { out.octets(key_id); });
}

void key_usage(DerWriter& out, ByteView bits) {
  extension(out, oid::kKeyUsage, Critical::yes, [&] { out.primitive(tag::kBitString, bits); });
}

void extended_key_usage(DerWriter& out, std::initializer_list<ByteView> purposes) {
  extension(out, oid::kExtendedKeyUsage, Critical::no, [&] {
    out.nest(tag::kSequence, [&] {
      for (ByteView purpose : purposes) out.oid(purpose);
    });
  });
}

/// basicConstraints of a CA; a path length of zero where it issues to holders only.
void certificate_authority(DerWriter& out, bool path_length_zero) {
  extension(out, oid::kBasicConstraints, Critical::yes, [&] {
    out.nest(tag::kSequence, [&] {
      out.boolean_true();
      if (path_length_zero) out.number(0);
    });
  });
}

void policy(DerWriter& out, ByteView id) {
  extension(out, oid::kCertificatePolicies, Critical::no,
            [&] { out.nest(tag::kSequence, [&] { out.nest(tag::kSequence, [&] { out.oid(id); }); }); });
}

void crl_distribution_point(DerWriter& out, const std::string& url) {
  extension(out, oid::kCrlDistributionPoints, Critical::no, [&] {
    out.nest(tag::kSequence, [&] {
      out.nest(tag::kSequence, [&] {                                                  // DistributionPoint
        out.nest(tag::context(0), [&] {                                               // distributionPoint
          out.nest(tag::context(0), [&] { out.primitive(kUriTag, as_bytes(url)); });  // fullName
        });
      });
    });
  });
}

void information_access(DerWriter& out, const Addresses& addresses) {
  const auto description = [&](ByteView method, const std::string& url) {
    out.nest(tag::kSequence, [&] {
      out.oid(method);
      out.primitive(kUriTag, as_bytes(url));
    });
  };
  extension(out, oid::kAuthorityInfoAccess, Critical::no, [&] {
    out.nest(tag::kSequence, [&] {
      description(oid::kAdOcsp, addresses.ocsp_url);
      description(oid::kAdCaIssuers, addresses.ca_url);
    });
  });
}

/// Signature algorithm and issuer, which follow one another in TBSCertificate.
Bytes head_of(pki::KeyAlgorithm signer, const pki::Name& issuer) {
  Bytes head = to_bytes(pki::signature_algorithm(signer));
  head.insert(head.end(), issuer.der().begin(), issuer.der().end());
  return head;
}

/// TBSCertificate (RFC 5280 4.1): version 3, then the fields in their order; `extensions` writes the list's content.
template <class Extensions>
Bytes build(const pki::SerialNumber& serial, ByteView head, Term term, const pki::Name& subject, const pki::PublicKey& key,
            Extensions extensions) {
  DerWriter out;
  out.reserve(1536);
  out.nest(tag::kSequence, [&] {
    out.nest(tag::context(0), [&] { out.number(2); });
    out.primitive(tag::kInteger, serial.bytes());
    out.raw(head);
    out.nest(tag::kSequence, [&] {
      out.time(term.not_before);
      out.time(term.not_after);
    });
    out.raw(subject.der());
    out.raw(key.der());
    out.nest(tag::context(3), [&] { out.nest(tag::kSequence, [&] { extensions(out); }); });
  });
  return out.take();
}

}  // namespace

Result<HolderProfile> HolderProfile::make(const pki::Certificate& authority, const pki::PublicKey& authority_key,
                                          const Addresses& addresses) {
  const Result<Bytes> policy_id = pki::encode_oid(addresses.policy_oid);
  if (!policy_id) return fail(policy_id);
  HolderProfile profile;
  profile.head_ = head_of(authority_key.algorithm(), authority.subject());
  DerWriter out;
  authority_key_id(out, authority.key_id());
  key_usage(out, kDigitalSignature);
  extended_key_usage(out, {oid::kClientAuth});
  policy(out, *policy_id);
  crl_distribution_point(out, addresses.crl_url);
  information_access(out, addresses);
  profile.extensions_ = out.take();
  return profile;
}

Bytes HolderProfile::tbs(const CertificateOrder& order) const {
  return build(order.serial, head_, {order.not_before, order.not_after}, order.subject, order.key, [&](DerWriter& out) {
    out.raw(extensions_);
    subject_key_id(out, order.key.key_id());
  });
}

Bytes root_tbs(const Signer& self, const pki::SerialNumber& serial, Term term) {
  return build(serial, head_of(self.key.algorithm(), self.name), term, self.name, self.key, [&](DerWriter& out) {
    certificate_authority(out, false);
    key_usage(out, kKeyCertSignAndCrlSign);
    subject_key_id(out, self.key.key_id());
  });
}

Result<Bytes> authority_tbs(const Signer& root, const Signer& subject, const pki::SerialNumber& serial, Term term,
                            const std::string& policy_oid, const std::string& root_crl_url) {
  const Result<Bytes> policy_id = pki::encode_oid(policy_oid);
  if (!policy_id) return fail(policy_id);
  return build(serial, head_of(root.key.algorithm(), root.name), term, subject.name, subject.key, [&](DerWriter& out) {
    certificate_authority(out, true);
    key_usage(out, kKeyCertSignAndCrlSign);
    // OCSPSigning too, or the delegated responder below it would not chain where purposes are nested.
    extended_key_usage(out, {oid::kClientAuth, oid::kOcspSigning});
    policy(out, *policy_id);
    if (!root_crl_url.empty()) crl_distribution_point(out, root_crl_url);
    authority_key_id(out, root.key.key_id());
    subject_key_id(out, subject.key.key_id());
  });
}

Bytes responder_tbs(const Signer& authority, const Signer& subject, const pki::SerialNumber& serial, Term term) {
  return build(serial, head_of(authority.key.algorithm(), authority.name), term, subject.name, subject.key, [&](DerWriter& out) {
    key_usage(out, kDigitalSignature);
    extended_key_usage(out, {oid::kOcspSigning});
    extension(out, oid::kOcspNoCheck, Critical::no, [&] { out.null(); });  // RFC 6960 4.2.2.2.1
    authority_key_id(out, authority.key.key_id());
    subject_key_id(out, subject.key.key_id());
  });
}

Bytes delegate_tbs(const Signer& authority, const Signer& subject, const pki::SerialNumber& serial, Term term) {
  return build(serial, head_of(authority.key.algorithm(), authority.name), term, subject.name, subject.key, [&](DerWriter& out) {
    key_usage(out, kDigitalSignature);
    extended_key_usage(out, {oid::kCmcCa});
    authority_key_id(out, authority.key.key_id());
    subject_key_id(out, subject.key.key_id());
  });
}

Bytes assemble(ByteView tbs, pki::KeyAlgorithm signer, ByteView signature) {
  DerWriter out;
  out.reserve(tbs.size() + signature.size() + 64);
  out.nest(tag::kSequence, [&] {
    out.raw(tbs);
    out.raw(pki::signature_algorithm(signer));
    out.bits(signature);
  });
  return out.take();
}

}  // namespace inkan::ca
