#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "lifecycle/grant.hpp"
#include "pki/key.hpp"

namespace inkan::wire {

/// IdTokenKeys is what signs ID tokens (ES256, RFC 7518 3.4), and what further ones are still or soon held against. All are
/// P-256.
struct IdTokenKeys {
  pki::PublicKey key;
  std::function<Result<Bytes>(ByteView)> sign;  ///< gives ECDSA's DER
  std::vector<pki::PublicKey> others = {};
};

/// kAcr and kAmr say what every login proved: possession of the certificate's key, and the password (RFC 8176). Whether the key
/// lies in hardware or in a file is not ours to know, so neither "hwk" nor "swk" is said.
inline constexpr const char* kAcr = "urn:inkan:acr:certificate-and-password";
inline constexpr std::string_view kAmr[] = {"pop", "pwd", "mfa"};

/// make_id_token writes an ID token (OpenID Connect Core 1.0, 2) over a grant, for the access token it goes with. It is good for
/// five minutes. Errors: of the signature.
Result<std::string> make_id_token(const IdTokenKeys& keys, const std::string& issuer, const lifecycle::Grant& grant,
                                  std::string_view access_token, Instant now);

/// make_logout_token writes a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4) for one application and one login. `id`
/// is its jti, another for each. It is good for two minutes. Errors: of the signature.
Result<std::string> make_logout_token(const IdTokenKeys& keys, const std::string& issuer, const lifecycle::IdTokenHint& login,
                                      const std::string& id, Instant now);

/// read_id_token reads one of our own back, as a hint: its time does not matter any more (RP-Initiated Logout 1.0, 4). Error:
/// `id_token.malformed`, whatever is wrong.
Result<lifecycle::IdTokenHint> read_id_token(const IdTokenKeys& keys, const std::string& issuer, std::string_view text);

/// to_jwks is the key set that applications read (RFC 7517), as JSON.
std::string to_jwks(const IdTokenKeys& keys);

}  // namespace inkan::wire
