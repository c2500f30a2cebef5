#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "ca/issuer.hpp"

/// The responders' own life. Whoever relies on an OCSP answer does not ask whether its signer was revoked (id-pkix-ocsp-nocheck),
/// so its certificate lives shortly and is renewed often (RFC 6960 4.2.2.2.1): by the process that has the CA's key, by itself.
/// Nobody can ask for it, and so nobody can ask for another.
namespace inkan::ca {

inline constexpr std::chrono::days kResponderLife{90};
inline constexpr std::chrono::days kResponderRenewal{30};  ///< so long before its end it is renewed

/// ResponderWitness is told of a responder's certificate before it is used. Its error keeps the certificate from being used.
using ResponderWitness = std::function<Result<void>(const AuthorityId&, const pki::SerialNumber&, const Digest& tbs_hash)>;

/// ResponderKeeper is an issuer that has the keys of its responders and of their CAs.
class ResponderKeeper {
 public:
  virtual ~ResponderKeeper() = default;
  /// renew_responders renews each responder's certificate that ends within kResponderRenewal, for the key that it has: it never
  /// outlives its CA's. Gives how many. Errors: `issuer.unavailable`, and the witness's.
  virtual Result<int> renew_responders(Instant now, const ResponderWitness& witness) const = 0;
};

/// renew_responders asks an issuer to; where its keys are in another process, that one does it by itself, and this gives 0.
Result<int> renew_responders(const Issuer& issuer, Instant now);

/// ResponderTerm says until when a responder can sign.
struct ResponderTerm {
  AuthorityId authority;
  Instant not_after;
};

/// responder_terms reads the responders' certificates of a ceremony's folder as they are now. Error: `issuer.corrupt`.
Result<std::vector<ResponderTerm>> responder_terms(const std::filesystem::path& folder);

}  // namespace inkan::ca
