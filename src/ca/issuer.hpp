#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "pki/certificate.hpp"
#include "pki/crl.hpp"
#include "pki/key.hpp"
#include "pki/name.hpp"
#include "pki/ocsp.hpp"
#include "pki/serial.hpp"

/// ca signs. Everything another room may ask of it stands in this header, in plain values, so that the signer can run as a
/// process of its own one day.
namespace inkan::ca {

/// AuthorityId names one issuing CA and its generation: "d1-g1".
using AuthorityId = std::string;

/// ListId names one CRL, and its series of numbers: "d1-g1" is the whole list of an issuing CA, "d1-g1/3" its third shard.
using ListId = std::string;

/// CertificateOrder is all that a holder's certificate is made of; every other field is fixed by the CA's own profile.
struct CertificateOrder {
  AuthorityId authority;
  pki::Name subject;
  pki::PublicKey key;
  pki::SerialNumber serial;
  Instant not_before;
  Instant not_after;
};

/// PreparedCertificate is a to-be-signed certificate that passed lint under a throw-away key. Its bytes are what sign() signs.
struct PreparedCertificate {
  AuthorityId authority;
  Bytes tbs;
  Digest tbs_hash;
};

/// CrlOrder is the content of one CRL. `number` must rise from CRL to CRL of one ListId (RFC 5280 5.2.3); the caller keeps it.
struct CrlOrder {
  AuthorityId authority;
  unsigned long long number = 0;
  Instant this_update;
  Instant next_update;
  std::vector<pki::RevokedEntry> revoked;
  unsigned shard = 0;  ///< 0: the whole list; else the entries are this shard's alone
};

/// OcspOrder is the content of one OCSP answer.
struct OcspOrder {
  AuthorityId authority;
  std::vector<pki::StatusAnswer> answers;
  Instant produced_at;
  Instant this_update;
  Instant next_update;
  Bytes nonce;  ///< empty: none
};

/// Addresses stand in every certificate of one authority.
struct Addresses {
  std::string crl_url;     ///< of the whole list; without shards every certificate's CRL distribution point
  std::string ocsp_url;    ///< authority information access: OCSP
  std::string ca_url;      ///< authority information access: caIssuers
  std::string policy_oid;  ///< certificate policy, dotted
  /// crl_shards is into how many shards the whole list is divided as well (0: none). It is fixed when the authority is made, so
  /// that a certificate's distribution point and shard never change.
  unsigned crl_shards = 0;

  bool operator==(const Addresses&) const = default;
};

inline constexpr unsigned kMostShards = 1024;

inline constexpr const char* kRootListName = "root.crl";  ///< the file of the root's own CRL, and the last part of its address

/// Authority is what the outside may know of an issuing CA.
struct Authority {
  AuthorityId id;
  pki::Certificate certificate;
  pki::Certificate root;
  Bytes root_list;  ///< the root's own CRL, DER; empty where no ceremony has made one
  /// revoked is what the root's list says of this CA: then it signs no certificate and vouches for none, but its lists and status
  /// answers go on (decisions/0026).
  std::optional<pki::RevokedEntry> revoked = {};
  /// hashes by which OCSP requests name this CA (RFC 6960 4.1.1): of its subject Name and of its public key's bits.
  Bytes name_sha1, key_sha1, name_sha256, key_sha256;
  Addresses addresses;
  pki::KeyAlgorithm algorithm = pki::KeyAlgorithm::rsa2048;  ///< of its key
};

/// shard_of is the shard that a certificate belongs to, by its serial alone: the serial as a number modulo the shards, plus one;
/// 0 where there are none. A serial has 158 random bits, so shards grow alike, and nobody chooses his own.
unsigned shard_of(ByteView serial, unsigned shards);
unsigned shard_of(const Authority& authority, const pki::SerialNumber& serial);
/// list_url is where a list is found: crl_url, and for a shard `…/d1-g1/3.crl` beside `…/d1-g1.crl`. It stands in the shard's
/// certificates and, octet for octet, in its list (RFC 5280 5.2.5).
std::string list_url(const Addresses& addresses, unsigned shard);
/// find_shard reads a list's distribution point: 0 where it has none, nothing where it is none of the authority's.
std::optional<unsigned> find_shard(const Addresses& addresses, std::string_view point);
ListId list_id(const AuthorityId& authority, unsigned shard);

/// Issuer is the CA's few verbs. Safe to call from several threads.
class Issuer {
 public:
  virtual ~Issuer() = default;

  /// prepare builds the to-be-signed bytes, signs them with a throw-away key of the same kind and lints the result.
  /// Errors: `issuer.unknown_authority`, `issuer.revoked_authority` (the root revoked it), `issuer.validity` (outside the CA's
  /// own), `issuer.lint` (detail lists finding ids).
  virtual Result<PreparedCertificate> prepare(const CertificateOrder& order) const = 0;

  /// sign signs exactly the prepared bytes and returns the certificate's DER. It refuses bytes whose hash does not match and
  /// bytes that are not a holder's certificate of this CA. Errors: `issuer.hash_mismatch`, `issuer.refused`,
  /// `issuer.revoked_authority`, `issuer.unavailable`.
  virtual Result<Bytes> sign(const PreparedCertificate& prepared) const = 0;

  /// make_crl builds, signs, re-reads and checks a CRL. Errors as sign's.
  virtual Result<Bytes> make_crl(const CrlOrder& order) const = 0;

  /// make_ocsp signs an answer with the CA's delegated responder key (RFC 6960 4.2.2.2). Errors as sign's.
  virtual Result<Bytes> make_ocsp(const OcspOrder& order) const = 0;

  /// authorities lists the issuing CAs whose keys are here.
  virtual std::vector<Authority> authorities() const = 0;

  /// health is empty when a signature can be made now.
  virtual Result<void> health() const = 0;
};

}  // namespace inkan::ca
