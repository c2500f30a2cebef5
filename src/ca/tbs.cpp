#include "ca/tbs.hpp"

#include "pki/oid.hpp"
#include "pki/signature.hpp"

namespace inkan::ca {
namespace {

namespace oid = pki::oid;
namespace tag = pki::tag;
using pki::DerWriter;

constexpr std::uint8_t kUriTag = tag::context_primitive(6);  // GeneralName uniformResourceIdentifier

enum class Critical { no, yes };

template <class Body>
void write_extension(DerWriter& out, ByteView id, Critical critical, Body body) {
  out.nest(tag::kSequence, [&] {
    out.oid(id);
    if (critical == Critical::yes) out.boolean_true();
    out.nest(tag::kOctetString, body);
  });
}

/// DistributionPointName: one URI.
void write_point_name(DerWriter& out, const std::string& url) {
  out.nest(tag::context(0), [&] {                                               // distributionPoint
    out.nest(tag::context(0), [&] { out.primitive(kUriTag, as_bytes(url)); });  // fullName
  });
}

}  // namespace

void write_authority_key_id(DerWriter& out, ByteView key_id) {
  write_extension(out, oid::kAuthorityKeyIdentifier, Critical::no,
                  [&] { out.nest(tag::kSequence, [&] { out.primitive(tag::context_primitive(0), key_id); }); });
}

void write_subject_key_id(DerWriter& out, ByteView key_id) {
  write_extension(out, oid::kSubjectKeyIdentifier, Critical::no, [&] { out.octets(key_id); });
}

void write_key_usage(DerWriter& out, ByteView bits) {
  write_extension(out, oid::kKeyUsage, Critical::yes, [&] { out.primitive(tag::kBitString, bits); });
}

void write_extended_key_usage(DerWriter& out, std::initializer_list<ByteView> purposes) {
  write_extension(out, oid::kExtendedKeyUsage, Critical::no, [&] {
    out.nest(tag::kSequence, [&] {
      for (ByteView purpose : purposes) out.oid(purpose);
    });
  });
}

void write_basic_constraints(DerWriter& out, std::optional<unsigned> path_length) {
  write_extension(out, oid::kBasicConstraints, Critical::yes, [&] {
    out.nest(tag::kSequence, [&] {
      out.boolean_true();
      if (path_length) out.number(*path_length);
    });
  });
}

void write_policy(DerWriter& out, ByteView id) {
  write_extension(out, oid::kCertificatePolicies, Critical::no,
                  [&] { out.nest(tag::kSequence, [&] { out.nest(tag::kSequence, [&] { out.oid(id); }); }); });
}

void write_crl_distribution_point(DerWriter& out, const std::string& url) {
  write_extension(out, oid::kCrlDistributionPoints, Critical::no,
                  [&] { out.nest(tag::kSequence, [&] { out.nest(tag::kSequence, [&] { write_point_name(out, url); }); }); });
}

void write_issuing_distribution_point(DerWriter& out, const std::string& url) {
  write_extension(out, oid::kIssuingDistributionPoint, Critical::yes,
                  [&] { out.nest(tag::kSequence, [&] { write_point_name(out, url); }); });
}

void write_information_access(DerWriter& out, const std::string& ocsp_url, const std::string& ca_url) {
  const auto description = [&](ByteView method, const std::string& url) {
    if (url.empty()) return;
    out.nest(tag::kSequence, [&] {
      out.oid(method);
      out.primitive(kUriTag, as_bytes(url));
    });
  };
  write_extension(out, oid::kAuthorityInfoAccess, Critical::no, [&] {
    out.nest(tag::kSequence, [&] {
      description(oid::kAdOcsp, ocsp_url);
      description(oid::kAdCaIssuers, ca_url);
    });
  });
}

void write_ocsp_no_check(DerWriter& out) {
  write_extension(out, oid::kOcspNoCheck, Critical::no, [&] { out.null(); });
}

Bytes head_of(pki::KeyAlgorithm signer, const pki::Name& issuer) {
  Bytes head = to_bytes(pki::signature_algorithm(signer));
  head.insert(head.end(), issuer.der().begin(), issuer.der().end());
  return head;
}

Bytes write_tbs(const pki::SerialNumber& serial, ByteView head, Term term, const pki::Name& subject, const pki::PublicKey& key,
                const std::function<void(DerWriter&)>& extensions) {
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

ByteView signed_part(ByteView der) {
  pki::DerReader outer(der);
  return outer.enter(tag::kSequence).take(tag::kSequence).whole;
}

}  // namespace inkan::ca
