#pragma once

#include <string>

#include "base/secret.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"
#include "pki/csr.hpp"

namespace inkan::lifecycle {

/// Enrolment is how a holder comes to a certificate: renewal, 電子証明書取得, and the bank's bulk door. A ticket carries each
/// transaction; every verb may be repeated safely.
class Enrolment {
 public:
  Enrolment(const Services& services, Login& login) : services_(services), login_(login) {}

  /// Opened is a ticket to work with. `secret` is the cookie's value that ties the transaction to one browser; it is empty when a
  /// running ticket was resumed with the secret it already has.
  struct Opened {
    Ticket ticket;
    std::string secret;
  };

  /// open_renewal opens the renewal of the certificate shown, or resumes the one that runs (O13, O14: one successor per
  /// certificate). `secret` is the browser's cookie, or empty. A running ticket opened elsewhere gets a new secret: the newest
  /// browser carries on. Errors: `login.certificate`, `renewal.not_yet` (before the window), `service.closed` (O19; what was
  /// issued already is given all the same).
  Result<Opened> open_renewal(const Institution& institution, const std::optional<Digest>& fingerprint,
                              const std::string& secret);

  /// open_acquisition opens 電子証明書取得: login ID, password, and a one-time code, which is used up in the same transaction.
  /// For a first certificate, a re-issue, another PC, and after expiry within the grace days. Within the grace days the expired
  /// certificate `shown` over mutual TLS, or nothing at all, does in place of a code where the profile's methods say so (O7).
  /// Errors: `acquisition.refused` for anything
  /// wrong with ID, password or code (never which), `login.locked`, `acquisition.closed` (past grace or deadline: the bank must
  /// re-issue), `service.closed`, `acquisition.held` (on hold), `acquisition.has_certificate` (a valid certificate exists: renew
  /// it or ask the bank).
  Result<Opened> open_acquisition(const Institution& institution, const std::string& login_id, const Secret& password,
                                  const Secret& code, const std::optional<Digest>& shown = {});

  /// resume_acquisition finds the running ticket of a browser's secret. Error: `ticket.not_found`.
  Result<Ticket> resume(const Institution& institution, const std::string& secret);

  /// submit issues the certificate for a ticket, or gives back the one already issued when the key is the same (I5). The act is
  /// in issuance.hpp. Errors: `ticket.not_found`, `ticket.expired`, `ticket.other_key` (one was issued for another key:
  /// make_anew), `csr.*` and `key.*`, `key.not_allowed` (the profile does not take this kind), `key.on_record` (the key has or
  /// had a certificate), `service.closed`, `issuer.*`, `store.*`.
  Result<CertificateRecord> submit(const Institution& institution, const std::string& ticket_id, const pki::Csr& request,
                                   const std::string& actor);

  /// make_anew is 作り直す: revokes the ticket's unconfirmed certificate and opens it for another key. Errors:
  /// `ticket.not_found`, `ticket.stage` (nothing was issued, or it is confirmed already).
  Result<Ticket> make_anew(const Institution& institution, const std::string& ticket_id, const std::string& actor);

  /// cancel is いいえ: possible while nothing was issued; afterwards it changes nothing and gives the ticket as it stands.
  Result<Ticket> cancel(const Institution& institution, const std::string& ticket_id, const std::string& actor);

  /// confirm records the first use of the ticket's certificate and retires the one it replaces, all in one transaction. The
  /// certificate shown must be the ticket's own. Errors: `ticket.not_found`, `ticket.other_certificate`, `ticket.stage`.
  Result<Ticket> confirm(const Institution& institution, const std::string& ticket_id, const std::optional<Digest>& fingerprint);

  /// confirm_use does the same for whatever ticket the certificate shown was issued under: EST's self-test and the first login.
  Result<CertificateRecord> confirm_use(const Institution& institution, const Digest& fingerprint);

  /// acknowledge notes what the holder's program says of a certificate that was handed to it: that it arrived, or that it will
  /// not do. That one is revoked, and its transaction may ask again. The certificate it replaces is not touched: its use says
  /// that it may go (O1). Errors: `certificate.unknown`, make_anew's.
  Result<void> acknowledge(const Institution& institution, const Digest& fingerprint, bool accepted);

  /// certificate_of is the ticket's live certificate. Error: `ticket.no_certificate`.
  Result<CertificateRecord> certificate_of(const Institution& institution, const Ticket& ticket);

  /// renew is EST's simplereenroll: open_renewal and submit in one, repeatable with the same request. Errors as theirs.
  Result<CertificateRecord> renew(const Institution& institution, const std::optional<Digest>& fingerprint,
                                  const pki::Csr& request);

  /// acquire is EST's simpleenroll: open_acquisition and submit in one. A repeat with the same key, after the code was used,
  /// gives the same certificate when ID and password are right.
  Result<CertificateRecord> acquire(const Institution& institution, const std::string& login_id, const Secret& password,
                                    const Secret& code, const pki::Csr& request, const std::optional<Digest>& shown = {});

  /// enrol_approved is the bulk door: the bank's registration authority submits a request for a holder whom the bank approved
  /// (`acquirable`), and nothing else. The same key gives the same certificate. `ra` names the authority in evidence and audit.
  /// Errors: `bulk.not_approved`, `holder.unknown`, and submit's.
  Result<CertificateRecord> enrol_approved(const Institution& institution, const std::string& login_id, const pki::Csr& request,
                                           const std::string& ra);

 private:
  Result<std::optional<CertificateRecord>> repeat_of(const Institution& institution, const HolderId& holder,
                                                     const pki::Csr& request);

  Services services_;
  Login& login_;
};

/// last_finish is the last second in which a renewal of a certificate that was begun in time may finish (O4, O19).
Instant last_finish(const Institution& institution, const CertificateRecord& certificate);

/// late_days is how many days ago, at most, a certificate can have ended that may still renew now, because a declared maintenance
/// is made up for (O19); 0 where none can.
int late_days(const Institution& institution, Instant now);

/// renewed_expiry is the expiry day a certificate issued now would have: one year from the day of issue (D2-20); for a renewal,
/// where the profile carries the remaining days over, a year after the expiry day of the one it replaces (O2).
Day renewed_expiry(const Institution& institution, Instant now, std::optional<Day> replaced = {});

/// subject_of fills an institution's template from our own record (T14: never from the request). Error: `name.*`.
Result<pki::Name> subject_of(const Institution& institution, const Holder& holder);

}  // namespace inkan::lifecycle
