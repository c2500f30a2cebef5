#pragma once

#include "ca/issuer.hpp"

/// Private to ca: OCSP answers of the delegated responder (RFC 6960 4.2, RFC 9919).
namespace inkan::ca {

/// ocsp_data writes ResponseData: the responder by its key's hash, each answer, the nonce echoed.
Bytes ocsp_data(const OcspOrder& order, ByteView responder_key_id);

/// ocsp_response wraps signed data with the responder's certificate into a successful OCSPResponse.
Bytes ocsp_response(ByteView data, pki::KeyAlgorithm signer, ByteView signature, const pki::Certificate& responder);

}  // namespace inkan::ca
