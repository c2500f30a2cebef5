#pragma once

#include <optional>
#include <string>

#include "lifecycle/enrolment.hpp"

/// A renewal begun on a page and carried on by the customer's program. An `inkan:` link names the institution and the
/// transaction, which is the ticket's id and opens nothing by itself: the certificate of the handshake does
/// (docs/decisions/0012).
namespace inkan::lifecycle {

/// Handover is what the program is told of the renewal it takes over.
struct Handover {
  Ticket ticket;
  Holder holder;
  CertificateRecord present;
};

/// take_over gives a running renewal to the program that shows the certificate it stands on, and puts the first time on record,
/// so that the page sees it. While the renewal runs it may be repeated: a program that was closed comes back (O13). Errors:
/// `login.certificate`, `transaction.unknown` (none, or of another institution), `transaction.foreign` (another ID's, or of
/// another certificate), `transaction.used` (completed, given up, or past its time).
Result<Handover> take_over(const Services& services, const Institution& institution, const std::optional<Digest>& fingerprint,
                           const std::string& transaction);

/// renew_taken_over is EST's simplereenroll under a transaction: what is issued belongs to that ticket or is refused, and a
/// renewal that was given up on the page is not begun anew. Repeatable with the same request. Errors: take_over's and
/// Enrolment::submit's.
Result<CertificateRecord> renew_taken_over(const Services& services, Enrolment& enrolment, const Institution& institution,
                                           const std::optional<Digest>& fingerprint, const std::string& transaction,
                                           const pki::Csr& request);

}  // namespace inkan::lifecycle
