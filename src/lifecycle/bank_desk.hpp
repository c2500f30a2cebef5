#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"
#include "lifecycle/unreached.hpp"

namespace inkan::lifecycle {

/// NewStaff is one person of the bank to be put on record.
struct NewStaff {
  StaffId id;
  StaffRole role = StaffRole::clerk;
  std::string name;
  Secret password;
  Bytes certificate;  ///< DER, of the bank's own PKI
};

/// StaffOnDuty is a live session of a person of the bank.
struct StaffOnDuty {
  Staff staff;
  StaffSession session;
};

/// Signed is a person's signature over a statement: by the key of the own certificate, over the statement's UTF-8 bytes; RSA
/// PKCS#1 v1.5 with SHA-256, or ECDSA with SHA-256 in DER.
struct Signed {
  std::string by;  ///< login ID of the person
  Bytes signature;
};

/// BankDesk is the bank's side of the life: finding, reading, holding and revoking by one person at once; a first code, re-issue
/// and the end of a hold by two, each of whom signs (O26, T5). Every verb reads the person's role anew: one taken away counts
/// from the next call.
class BankDesk {
 public:
  BankDesk(const Services& services, Login& login) : services_(services), login_(login) {}

  /// add_staff puts a person on record. The login ID of somebody who left stays taken: what was signed under it is theirs.
  /// Errors: `staff.exists`, `login_id.malformed`, `staff.certificate` (unreadable, or another person's), `staff.text`.
  Result<void> add_staff(const NewStaff& person, const std::string& actor);
  /// remove_staff ends a person's rights and sessions at once. Error: `staff.unknown`.
  Result<void> remove_staff(const StaffId& id, const std::string& actor);
  /// change_password gives a person another desk password, against the present one, and ends the sessions of that person. Errors:
  /// `staff.unknown`, `login.password`, `login.locked`, `staff.password` (under eight characters, or the same as before).
  Result<void> change_password(const StaffId& id, const Secret& present, const Secret& wanted);
  Result<std::vector<Staff>> list_staff(const Institution& institution);

  struct Opened {
    std::string token;
    StaffOnDuty on_duty;
  };
  /// open is a person's login: certificate and password. Errors: `staff.certificate` (none, unknown, of another institution, or
  /// of a person who left), `login.password`, `login.locked`.
  Result<Opened> open(const Institution& institution, const std::optional<Digest>& fingerprint, const Secret& password);
  /// resume finds the session of a cookie; it ends after 15 idle minutes. Errors: `login.no_session`, `staff.certificate`.
  Result<StaffOnDuty> resume(const Institution& institution, const std::string& token, const std::optional<Digest>& fingerprint);
  Result<void> close(const std::string& token);

  /// find looks for a company, login ID, serial (hexadecimal), notice number or 受付番号; up to 50.
  Result<std::vector<HolderView>> find(const StaffOnDuty& who, const Institution& institution, const std::string& text);

  /// File is all the bank knows of one ID. `timeline` is its audit trail, newest first.
  struct File {
    HolderView view;
    std::vector<CertificateRecord> certificates;
    std::vector<Contact> contacts;
    std::vector<std::string> shared;  ///< those of the addresses that another ID has too (O16)
    std::vector<Notice> notices;
    std::vector<StaffRequest> requests;
    std::vector<AuditRecord> timeline;
  };
  /// open_file gives the file of an ID; that it was read is audited. Error: `holder.unknown`.
  Result<File> open_file(const StaffOnDuty& who, const Institution& institution, const std::string& login_id);

  /// unreached lists whose certificate expires within the window and whom mail does not reach (O15, O16): of up to 500.
  Result<UnreachedList> unreached(const StaffOnDuty& who, const Institution& institution);

  /// hold and revoke work at once, by one person. A hold takes over what a 管理者 or the holder holds: afterwards the bank alone
  /// ends it, by two (O25). The last usable 管理者 certificate of a contract goes only with `knowing` (O26). Errors: `staff.role`
  /// (an auditor), `holder.unknown`, `hold.nothing`, `certificate.unknown`, `company.last_administrator`.
  Result<CertificateRecord> hold(const StaffOnDuty& who, const Institution& institution, const std::string& login_id,
                                 const std::string& why, bool knowing = false);
  Result<CertificateRecord> revoke(const StaffOnDuty& who, const Institution& institution, const std::string& login_id,
                                   pki::RevocationReason reason, const std::string& why, bool knowing = false);

  struct Wanted {
    RequestAct act = RequestAct::reissue;
    std::string login_id;
    std::string identity_check;
    std::string call_back;
  };
  /// draft gives the statement that the asking person is to sign, in the request's final words. Errors: `staff.role`,
  /// `holder.unknown`, `request.text` (identity check or call-back empty, or not plain text), `code.not_needed` (a valid
  /// certificate exists), `recovery.no_address` (the code goes to the customer's registered address and there is none),
  /// `recovery.address_new` (an address changed within seven days: T5), `code.first`, `code.not_first` (`first` is for an ID that
  /// never had a certificate, `reissue` for all others), `hold.not_held`, `request.running`. Nothing is written.
  Result<StaffRequest> draft(const Institution& institution, const StaffId& who, const Wanted& wanted);
  /// ask puts the request on record under the 受付番号 of its draft. Errors: draft's, `request.signature`.
  Result<StaffRequest> ask(const Institution& institution, const StaffRequest& draft, const Signed& signature);
  /// approve does what was asked for: `first` and `reissue` make the ID acquirable and send a code to the customer, never to
  /// staff: to the registered address, or sealed for the printer; a release ends the hold. Errors: `request.unknown`,
  /// `request.decided`, `request.same_person`, `staff.role` (not an approver), `request.signature`, `request.asker_gone` (who
  /// asked has left since), and draft's, for the case is judged anew.
  Result<StaffRequest> approve(const Institution& institution, const std::string& number, const Signed& signature);
  /// refuse ends a request; the asking person may withdraw the own one. Errors: as approve's.
  Result<StaffRequest> refuse(const Institution& institution, const std::string& number, const StaffId& who,
                              const std::string& why);
  Result<std::vector<StaffRequest>> waiting(const StaffOnDuty& who, const Institution& institution);
  Result<StaffRequest> find_request(const Institution& institution, const std::string& number);

 private:
  Result<void> try_password(const Staff& staff, const Secret& password);
  Result<void> carry_release(Writer& writer, const Institution& institution, const Holder& holder, Instant now,
                             const std::string& actor);
  Result<void> carry_code(Writer& writer, const Institution& institution, RequestAct act, const Holder& holder, Instant now,
                          const std::string& actor);

  Services services_;
  Login& login_;
};

/// statement_of is what the asking person signs; decision_of what the approving one signs: the statement, its signature's hash
/// and the number. Plain UTF-8 lines, each "name: value".
std::string statement_of(const Institution& institution, const StaffRequest& request);
std::string decision_of(const Institution& institution, const StaffRequest& request);

}  // namespace inkan::lifecycle
