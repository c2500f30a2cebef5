#pragma once

#include <functional>
#include <string>

#include "lifecycle/services.hpp"
#include "pki/csr.hpp"

/// The act of issuing, in the one order that keeps I1–I5 of docs/issuance.md:
///
///   prepare and lint with a throw-away key → reserve serial and hash, commit → sign exactly that → record and audit in one
///   transaction → (deliver → confirmed by first use → the old certificate retires: enrolment.hpp)
///
/// Whatever dies in between, a reservation is never signed twice: it is abandoned, revoked, and the next try takes a new serial.
namespace inkan::lifecycle {

/// IssueOrder is one certificate to be issued for one holder.
struct IssueOrder {
  const Institution& institution;
  Holder holder;  ///< as read before the act; the subject is made of it, and the act fails if it changed meanwhile
  const pki::PublicKey& key;
  std::string actor;
  /// admit runs inside the reserving transaction, with the holder locked: it judges anew what the ticket stands on and gives the
  /// ticket. What it refuses leaves no trace.
  std::function<Result<Ticket>(Writer&, const Holder&)> admit;
  std::optional<Day> replaced = {};  ///< expiry day of the certificate that a renewal replaces, where it counts (O2)
};

/// issue performs the act. Errors: `issuance.running` (the same ticket or key is being worked on; try again),
/// `issuance.abandoned` (the reservation was closed meanwhile; try again), `holder.changed`, `key.not_allowed`, `key.on_record`,
/// `issuer.*`, `store.*`, and admit's.
Result<CertificateRecord> issue(const Services& services, const IssueOrder& order);

/// find_issued is the certificate already issued for a key, when it is this holder's: what makes repeats safe (I5). Empty when
/// the key is new. Errors: `issuance.running`, `key.on_record` (another holder's, or one that was revoked).
Result<std::optional<CertificateRecord>> find_issued(Reader& reader, const Institution& institution, const HolderId& holder,
                                                     const Digest& key_hash);

/// find_of_holder is a holder's certificate by its serial, whichever authority signed it: successor and predecessor may be of two
/// generations, or of two CAs (O32, O38).
Result<std::optional<CertificateRecord>> find_of_holder(Reader& reader, const HolderId& holder, const pki::SerialNumber& serial);

/// close_unfinished abandons and revokes reservations that were made before `before` and never recorded (I3); gives their number.
Result<int> close_unfinished(const Services& services, Instant before);

/// retire marks a certificate revoked in the running transaction, now or since a given moment, and ends its sessions; gives it as
/// it is then.
Result<CertificateRecord> retire(Writer& writer, CertificateRecord certificate, pki::RevocationReason reason,
                                 const std::optional<pki::SerialNumber>& successor, Instant now, const std::string& actor,
                                 std::optional<Instant> since = {});

/// retire_unused revokes what a holder was issued and never used, because another way is being taken: there is never more than
/// one successor (I5). `spared` stays.
Result<void> retire_unused(Writer& writer, const HolderId& holder, const std::optional<pki::SerialNumber>& spared, Instant now,
                           const std::string& actor);

/// confirm_first_use marks a certificate as used, in the running transaction, and retires the one its ticket replaces (O1). A
/// certificate that is confirmed already is given back as it is.
Result<CertificateRecord> confirm_first_use(Writer& writer, CertificateRecord certificate, Instant now);

}  // namespace inkan::lifecycle
