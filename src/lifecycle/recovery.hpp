#pragma once

#include <string>

#include "base/secret.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Recovery is what a holder can do alone when the certificate is lost, expired or on another PC (O7, O11, O25). Each way ends in
/// a one-time code, or in taking power away; none in a certificate.
class Recovery {
 public:
  Recovery(const Services& services, Login& login) : services_(services), login_(login) {}

  struct Asked {
    std::string stop_number;  ///< 取消番号: what stops it, told to every address
    Instant sent_at;          ///< when the code will be sent
  };
  /// ask_mail_code asks for a code by mail alone. It is made and sent after 24 hours; every address is told now. A running one is
  /// given again. Errors: `recovery.closed` (the profile has no such way), `acquisition.refused` (ID or password, never which),
  /// `login.locked`, `acquisition.has_certificate`, `acquisition.closed`, `recovery.no_address`.
  Result<Asked> ask_mail_code(const Institution& institution, const std::string& login_id, const Secret& password);
  /// stop_mail_code ends it. Nothing is asked but the number, for stopping only takes power away. Error: `recovery.unknown`.
  Result<void> stop_mail_code(const Institution& institution, const std::string& login_id, const std::string& stop_number);
  /// send_codes makes and sends the codes whose delay is over; gives their number. The daily jobs call it.
  Result<int> send_codes();
  /// hold_lost is 紛失・盗難: ID and password put the holder's certificates on hold at once, at any hour; a running transaction
  /// ends. Only the bank, or another 管理者, ends the hold. The last usable 管理者 certificate of the contract goes only with
  /// `knowing` (O26). Errors: `acquisition.refused`, `login.locked`, `hold.nothing`, `company.last_administrator`.
  Result<CertificateRecord> hold_lost(const Institution& institution, const std::string& login_id, const Secret& password,
                                      bool knowing = false);

  /// make_computer_code is パソコンの変更 by the holder on the old PC: the password again, then a code of an hour for the new
  /// one; every address is told. Errors: `recovery.closed` (the profile leaves it to the 管理者 or the bank), `login.password`,
  /// `login.locked`.
  Result<std::string> make_computer_code(const Institution& institution, const LoggedIn& who, const Secret& password);

 private:
  Services services_;
  Login& login_;
};

}  // namespace inkan::lifecycle
