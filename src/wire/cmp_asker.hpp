#pragma once

#include <optional>
#include <string>

#include "pki/cmp.hpp"
#include "pki/cmp_body.hpp"
#include "wire/door_options.hpp"

/// Who sent a CMP message, and how it is known.
namespace inkan::wire {

/// CmpRefusal is a refusal as CMP says it: the bit of PKIFailureInfo, and our stable id as text.
struct CmpRefusal {
  pki::CmpFailure failure;
  std::string id;
};

/// CmpAsker is one of three: a holder by the certificate that signed, a registration authority by its own, or whoever was given a
/// reference and its secret after proving ID, password and code.
struct CmpAsker {
  enum class Kind { holder, registration_authority, reference } kind = Kind::holder;
  std::string who;                                            ///< "d1 certificate HEX", "d1 ra HEX", "d1 reference ID"
  std::optional<pki::Certificate> certificate = {};           ///< that signed
  std::optional<lifecycle::CertificateVerdict> verdict = {};  ///< on it, for a holder
  std::optional<lifecycle::Ticket> ticket = {};               ///< of a reference
  Secret secret = {};                                         ///< of a reference
};

/// identify finds who protected a message and checks the protection. A stranger's certificate is refused before its key is used,
/// an unknown reference in the same words as a wrong secret.
std::expected<CmpAsker, CmpRefusal> identify(const DoorOptions& options, const lifecycle::Institution& institution,
                                             const Secret& reference_key, const pki::CmpMessage& message);

/// reference_secret is the shared secret that goes with a ticket: 128 bits, from the door's key.
std::string reference_secret(const Secret& reference_key, const std::string& institution, const std::string& ticket);

/// refusal_of says an Error in CMP's words.
CmpRefusal refusal_of(const Error& error);

}  // namespace inkan::wire
