#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/findings.hpp"
#include "ca/term.hpp"
#include "pki/der.hpp"

/// Private to ca: what the lints of certificates have in common, whomever a certificate is for.
namespace inkan::ca {

/// One extension as read; `octets` is what is inside its OCTET STRING.
struct Extension {
  ByteView id;
  bool critical = false;
  ByteView octets;
};

/// TBSCertificate taken apart. Views are empty where a field did not read.
struct Fields {
  ByteView version, serial, algorithm, issuer, subject, spki;
  pki::DerElement not_before, not_after;
  std::vector<Extension> extensions;
};

/// Expected is what an extension must be, with the ids of what may be wrong with it.
struct Expected {
  ByteView id;
  bool critical;
  const char* missing;
  const char* criticality;
  const char* source;
};

/// CertificateLint reads a TBSCertificate back and collects findings; every check is one line with its id, its rule and what must
/// hold. It knows nothing of the code that wrote the bytes.
class CertificateLint {
 public:
  /// Takes the bytes apart; what has not the form of RFC 5280 4.1 is found here.
  explicit CertificateLint(ByteView tbs);

  const Fields& fields() const { return fields_; }
  void hold(bool truth, const char* id, const char* source, const char* detail) {
    inkan::hold(findings_, truth, id, source, detail);
  }
  Findings take() { return std::move(findings_); }

  const Extension* find(ByteView id) const;
  /// required gives the octets of an extension that must be there; empty when absent.
  ByteView required(const Expected& expected);

  /// What holds for every certificate: version, algorithm, serial's form, subject, dates' form.
  void body(pki::KeyAlgorithm signer);
  void issuer(ByteView name);
  /// within holds the dates against the validity of whoever signs.
  void within(Term term);
  void ordered(const pki::SerialNumber& serial, Term term, const pki::Name& subject, ByteView spki);
  void key_usage(ByteView bits, const char* detail);
  void purposes(std::initializer_list<ByteView> wanted, const char* detail);
  void subject_key_id(ByteView key_id);
  void authority_key_id(ByteView key_id);
  /// policy holds the one policy, without qualifiers, against an OID's content octets; empty matches none.
  void policy(ByteView wanted);
  void distribution_point(std::string_view url, const char* detail);
  /// access holds authorityInfoAccess against one address for each method, in this order.
  struct Access {
    ByteView method;
    std::string_view url;
  };
  void access(std::initializer_list<Access> wanted, const char* detail);
  /// only finds every extension that is not of the profile.
  void only(std::initializer_list<ByteView> known);

 private:
  void read(ByteView tbs);
  void read_extensions(pki::DerReader list);
  Fields fields_;
  Findings findings_;
};

}  // namespace inkan::ca
