#pragma once

#include <array>

#include "ca/issuer.hpp"

/// Private to ca: what each kind of certificate is made of (RFC 5280 4; promises.md C1 to C5). A holder's profile cannot say
/// "CA".
namespace inkan::ca {

/// Term is a certificate's validity, both ends included.
struct Term {
  Instant not_before;
  Instant not_after;
};

/// Signer is who signs: the subject's name as the issuer's, and its key.
struct Signer {
  const pki::Name& name;
  const pki::PublicKey& key;
};

/// HolderProfile builds the to-be-signed bytes of holders' certificates of one authority. All that never varies is encoded once.
class HolderProfile {
 public:
  /// make refuses a policy that is no object identifier. Error: `oid.malformed`.
  static Result<HolderProfile> make(const pki::Certificate& authority, const pki::PublicKey& authority_key,
                                    const Addresses& addresses);

  Bytes tbs(const CertificateOrder& order) const;

 private:
  HolderProfile() = default;
  Bytes head_;        ///< after the serial: signature algorithm and issuer
  Bytes extensions_;  ///< all but the subject key identifier
};

/// The certificates of a ceremony, to be signed. An issuing CA's has no CRL distribution point where `root_crl_url` is empty.
/// Errors: `oid.malformed`.
Bytes root_tbs(const Signer& self, const pki::SerialNumber& serial, Term term);
Result<Bytes> authority_tbs(const Signer& root, const Signer& subject, const pki::SerialNumber& serial, Term term,
                            const std::string& policy_oid, const std::string& root_crl_url);
Bytes responder_tbs(const Signer& authority, const Signer& subject, const pki::SerialNumber& serial, Term term);
/// delegate_tbs is the certificate of who answers CMP for an authority: id-kp-cmcCA, digitalSignature, and nothing else.
Bytes delegate_tbs(const Signer& authority, const Signer& subject, const pki::SerialNumber& serial, Term term);

/// assemble joins signed bytes with their signature, as certificates and revocation lists do (RFC 5280 4.1, 5.1).
Bytes assemble(ByteView tbs, pki::KeyAlgorithm signer, ByteView signature);

}  // namespace inkan::ca
