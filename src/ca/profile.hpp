#pragma once

#include "ca/issuer.hpp"

/// Private to ca: what a holder's certificate is made of (RFC 5280 4; promises.md C1 to C5). It cannot say "CA".
namespace inkan::ca {

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
  Bytes extensions_;  ///< before the CRL distribution point, which is the serial's shard
  Bytes access_;      ///< after it; the subject key identifier comes last
  Addresses addresses_;
};

}  // namespace inkan::ca
