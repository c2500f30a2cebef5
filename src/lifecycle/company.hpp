#pragma once

#include <string>
#include <vector>

#include "base/secret.hpp"
#include "lifecycle/holders.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Company is what a 管理者 may do for the IDs of the same contract, and any holder for the own certificate (O26). Every verb
/// takes the live session; one that is not a 管理者's gets `company.not_administrator`, an ID of another contract
/// `holder.unknown`, as if it did not exist.
class Company {
 public:
  Company(const Services& services, Login& login) : services_(services), login_(login) {}

  struct Member {
    HolderView view;
    bool self = false;
    bool mail_undeliverable = false;
  };
  /// members are all IDs of the contract in order of login ID.
  Result<std::vector<Member>> members(const Institution& institution, const LoggedIn& who);

  /// allow_reissue gives a one-time code for another ID of the contract: after expiry within the grace days, for another PC while
  /// the certificate is valid (where the profile lets a 管理者), for a first certificate the bank approved. After revocation or
  /// past the grace days only the bank re-issues. It asks the 管理者's password again. The code is shown once; the ID's addresses
  /// are told. Errors: `company.self` (never for oneself), `company.bank_only`, `login.password`, `login.locked`.
  Result<std::string> allow_reissue(const Institution& institution, const LoggedIn& who, const std::string& login_id,
                                    const Secret& password);

  /// hold is 一時停止 of an own or a user's certificate, at once. The last usable 管理者 certificate of the contract goes only
  /// with `knowing`: `company.last_administrator` names the consequence first. Error: `hold.nothing` (no valid certificate).
  Result<CertificateRecord> hold(const Institution& institution, const LoggedIn& who, const std::string& login_id, bool knowing);
  /// release ends a hold of another ID; a 管理者 other than the one who held it, and never the held one. Errors: `hold.not_held`,
  /// `company.self`, `company.second_person`.
  Result<CertificateRecord> release(const Institution& institution, const LoggedIn& who, const std::string& login_id);
  /// revoke is 失効, for good. `knowing` as in hold. Errors: `certificate.unknown`, `company.last_administrator`.
  Result<CertificateRecord> revoke(const Institution& institution, const LoggedIn& who, const std::string& login_id,
                                   pki::RevocationReason reason, bool knowing);

  /// remind sends a letter about the renewal to an ID, at most once a day. Errors: `company.no_address`, `company.reminded`,
  /// `company.not_due`.
  Result<void> remind(const Institution& institution, const LoggedIn& who, const std::string& login_id);

 private:
  Services services_;
  Login& login_;
};

}  // namespace inkan::lifecycle
