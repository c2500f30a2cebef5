#pragma once

#include <string_view>

#include "net/http.hpp"
#include "pki/csr.hpp"
#include "wire/door_options.hpp"
#include "wire/metrics.hpp"

/// Enrollment over Secure Transport (RFC 7030, with the encodings as RFC 8951 clarifies them).
namespace inkan::wire {

/// serve_est answers one operation of an institution: cacerts, csrattrs, simpleenroll, simplereenroll. serverkeygen is refused by
/// policy: a private key is made by its holder and never leaves it.
///
/// simpleenroll wants HTTP Basic: the login ID, and as password the login password, a space, the one-time code. simplereenroll
/// wants the present certificate in the handshake, and the password too where the profile asks for it. Both may be repeated with
/// the same request: a lost answer is given again, byte for byte the same certificate.
net::Response serve_est(const DoorOptions& options, Metrics& metrics, const lifecycle::Institution& institution,
                        std::string_view operation, const net::Request& request);

/// parse_est_request reads a body of base64, in lines or in one, as a certification request. Content-Transfer-Encoding is not
/// looked at (RFC 8951 section 3). Errors: `csr.too_large`, `base64.malformed`, and Csr's.
Result<pki::Csr> parse_est_request(std::string_view body);

/// judge_shown is the judgement of the certificate in the handshake, as an Error where it cannot stand for a renewal:
/// `certificate.none`,
/// `certificate.unknown`, `certificate.other_bank`, `certificate.expired_grace`, `certificate.expired_closed`,
/// `certificate.revoked`, `certificate.superseded`, `certificate.terminated`.
Result<lifecycle::CertificateVerdict> judge_shown(const DoorOptions& options, const lifecycle::Institution& institution,
                                                  const net::Request& request);

/// check_basic_password asks for the holder's own password in HTTP Basic, where the profile wants it beside the certificate.
/// Errors: `est.no_credentials`, `credentials.malformed`, `login.password`, `login.locked`.
Result<void> check_basic_password(const DoorOptions& options, const lifecycle::Holder& holder, const net::Request& request);

/// refusal_id is the id of such a refusal; empty for a good certificate.
std::string refusal_id(lifecycle::CertificateVerdict::Kind kind);

}  // namespace inkan::wire
