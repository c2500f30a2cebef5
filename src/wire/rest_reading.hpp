#pragma once

#include "wire/rest.hpp"

namespace inkan::wire {

/// What the bank's systems may read. Nothing here changes anything.
/// - holders?after=LOGIN&limit=N: in order of login ID, `next` to go on with
/// - a holder, and a holder's certificates, newest first
/// - a certificate by its serial (hexadecimal): JSON, or by Accept as DER (application/pkix-cert) or with its chain as PEM
///   (application/pem-certificate-chain, RFC 8555 9.1)
/// - renewal-info (RFC 9773 4): when to renew; in the past once it is revoked
/// - events?after=CURSOR&limit=N (lifecycle/events.hpp), with an ETag; Retry-After says when to look again
net::Response serve_holders(const RestCall& call);
net::Response serve_holder(const RestCall& call);
net::Response serve_certificates(const RestCall& call);
net::Response serve_certificate(const RestCall& call);
net::Response serve_renewal_info(const RestCall& call);
net::Response serve_events(const RestCall& call);
/// - what the bank's people decide by two: a holder's requests, newest first, and one by its number
net::Response serve_requests(const RestCall& call);
net::Response serve_request(const RestCall& call);

/// find_certificate is an issued certificate of the institution, of its own CAs or of one it accepts. Error:
/// `certificate.unknown`.
Result<lifecycle::CertificateRecord> find_certificate(const DoorOptions& options, const lifecycle::Institution& institution,
                                                      const std::string& serial);

}  // namespace inkan::wire
