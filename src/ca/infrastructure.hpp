#pragma once

#include <string>

#include "ca/key_store.hpp"
#include "ca/term.hpp"
#include "pki/certificate.hpp"

/// Private to ca: the certificates of the PKI's own members, made by a ceremony or by an issuing CA for who answers in its name.
namespace inkan::ca {

/// Party is a name with its key.
struct Party {
  const pki::Name& name;
  const pki::PublicKey& key;
};

enum class Rank {
  root,
  issuing,    ///< under a root, with no CA below it
  cross,      ///< what one root says of another's key: a CA that has one more CA below it, under any policy (RFC 9810 4.4.1)
  responder,  ///< OCSP (RFC 6960 4.2.2.2)
  delegate,   ///< who answers CMP for an issuing CA: id-kp-cmcCA (RFC 9810 4.5, RFC 6402 2.10)
};

/// InfrastructureOrder is what such a certificate must be. A root's signer is itself.
struct InfrastructureOrder {
  Rank rank;
  Party signer;
  Term signer_term;  ///< of the signer's certificate; a cross-certificate alone may reach beyond it
  Party subject;
  pki::SerialNumber serial;
  Term term;
  std::string policy_oid = {};  ///< an issuing CA's
  std::string crl_url = {};     ///< of the signer's list: a cross-certificate's, and an issuing CA's where it has one
  std::string ca_url = {};      ///< the signer's certificate, in a cross-certificate
};

/// root_order is that of a certificate by which a root vouches for itself.
InfrastructureOrder root_order(const Party& self, pki::SerialNumber serial, Term term);

/// infrastructure_tbs writes it. Error: `oid.malformed`.
Result<Bytes> infrastructure_tbs(const InfrastructureOrder& order);

/// sign_infrastructure writes it, holds what is written against its order, signs, and verifies the signature by the signer's key.
/// Errors: infrastructure_tbs's, `issuer.lint` (detail: ids of the findings), SigningKey::sign's, `signature.bad`.
Result<pki::Certificate> sign_infrastructure(const SigningKey& signer, const InfrastructureOrder& order);

}  // namespace inkan::ca
