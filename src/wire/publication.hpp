#pragma once

#include <string_view>

#include "net/http.hpp"
#include "wire/crl_cache.hpp"
#include "wire/door_options.hpp"

/// What certificates point at: revocation lists, CA certificates and OCSP (RFC 5280 4.2.1.13, 4.2.2.1). All of it is signed, so
/// all of it may go over plain HTTP.
namespace inkan::wire {

/// serve_crl answers "AUTHORITY.crl" with the newest published list, DER, "AUTHORITY/SHARD.crl" with a shard's, and "root.crl" or
/// "root-g2.crl" with a root's own: before ".crl" stands the ListId.
net::Response serve_crl(const DoorOptions& options, CrlCache& lists, std::string_view name, const net::Request& request);

/// serve_ca answers "AUTHORITY.cer" with one issuing CA's certificate in DER, "root.cer" and "root-g2-by-root.cer" with a root's
/// and a cross-certificate, and "ID-ca.pem" with every CA certificate of an institution that is to be trusted, and its root, in
/// PEM.
net::Response serve_ca(const DoorOptions& options, std::string_view name, const net::Request& request);

/// serve_ocsp answers POST to "ID" and GET of "ID/BASE64" (RFC 6960 appendix A.1). `rest` is the path decoded once, in which
/// base64 keeps its own '/' and "//". A GET without a nonce may be cached until nextUpdate (RFC 9919 section 5).
net::Response serve_ocsp(const DoorOptions& options, std::string_view rest, const net::Request& request);

/// parse_question reads the base64 of an OCSP request from a path that is decoded already. Errors: `ocsp.too_large`,
/// `base64.malformed`.
Result<Bytes> parse_question(std::string_view text);

}  // namespace inkan::wire
