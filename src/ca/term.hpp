#pragma once

#include "base/time.hpp"
#include "pki/certificate.hpp"

/// Private to ca: how long a certificate holds.
namespace inkan::ca {

/// Term is a certificate's validity, both ends included.
struct Term {
  Instant not_before;
  Instant not_after;
};

/// term_of is a term of whole years, one second short (both ends are included); 29 February ends on the 28th.
Term term_of(Instant now, int years);

inline Term term_of(const pki::Certificate& certificate) { return {certificate.not_before(), certificate.not_after()}; }

/// within is as much of a term as its issuer's certificate has.
Term within(Term term, const pki::Certificate& issuer);

inline constexpr int kMostYears = 40;  ///< of a CA's certificate

}  // namespace inkan::ca
