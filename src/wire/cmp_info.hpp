#pragma once

#include "pki/cmp_body.hpp"
#include "wire/door_options.hpp"

/// What CMP's general messages ask for (RFC 9810 5.3.19, RFC 9483 4.3).
namespace inkan::wire {

/// CmpInfoSource is who is asked.
struct CmpInfoSource {
  const DoorOptions& options;
  const std::vector<ca::Authority>& authorities;  ///< the institution's
  const ca::AuthorityId& signing;                 ///< the one that issues now
};

/// answer_cmp_info answers caCerts (the issuing CAs that are not revoked, and the cross-certificates), currentCRL (of the one
/// that issues now) and rootCaCert with rootCaKeyUpdate: the next root after the one that was sent, or after the oldest, with
/// both cross-certificates; without a value where there is none, or where that root is not ours. Errors: `cmp.info_type`,
/// `crl.*`.
Result<pki::GeneralAnswer> answer_cmp_info(const CmpInfoSource& source, const pki::GeneralQuestion& question);

}  // namespace inkan::wire
