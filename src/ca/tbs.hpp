#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>

#include "ca/term.hpp"
#include "pki/der.hpp"
#include "pki/key.hpp"
#include "pki/name.hpp"
#include "pki/serial.hpp"

/// Private to ca: the pieces that certificates are written of (RFC 5280 4.1, 4.2).
namespace inkan::ca {

inline constexpr std::uint8_t kDigitalSignature[] = {7, 0x80};  ///< BIT STRING: unused bits, then the bits
inline constexpr std::uint8_t kKeyCertSignAndCrlSign[] = {1, 0x06};

void write_authority_key_id(pki::DerWriter& out, ByteView key_id);
void write_subject_key_id(pki::DerWriter& out, ByteView key_id);
void write_key_usage(pki::DerWriter& out, ByteView bits);
void write_extended_key_usage(pki::DerWriter& out, std::initializer_list<ByteView> purposes);
/// write_basic_constraints is a CA's: how many CAs may follow it, where that is limited.
void write_basic_constraints(pki::DerWriter& out, std::optional<unsigned> path_length);
void write_policy(pki::DerWriter& out, ByteView id);
void write_crl_distribution_point(pki::DerWriter& out, const std::string& url);
/// write_information_access leaves out an address that is empty.
void write_information_access(pki::DerWriter& out, const std::string& ocsp_url, const std::string& ca_url);
/// write_issuing_distribution_point says in a list which certificates it speaks of: those that name this address (RFC
/// 5280 5.2.5).
void write_issuing_distribution_point(pki::DerWriter& out, const std::string& url);
void write_ocsp_no_check(pki::DerWriter& out);  ///< RFC 6960 4.2.2.2.1

/// head_of is signature algorithm and issuer, which follow one another in TBSCertificate.
Bytes head_of(pki::KeyAlgorithm signer, const pki::Name& issuer);

/// write_tbs is TBSCertificate: version 3, then the fields in their order; `extensions` writes the list's content.
Bytes write_tbs(const pki::SerialNumber& serial, ByteView head, Term term, const pki::Name& subject, const pki::PublicKey& key,
                const std::function<void(pki::DerWriter&)>& extensions);

/// assemble joins signed bytes with their signature, as certificates and revocation lists do (RFC 5280 4.1, 5.1).
Bytes assemble(ByteView tbs, pki::KeyAlgorithm signer, ByteView signature);
/// signed_part is what such a signature is over: the first element of a certificate or list.
ByteView signed_part(ByteView der);

}  // namespace inkan::ca
