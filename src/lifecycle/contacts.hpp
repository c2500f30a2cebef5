#pragma once

#include <string>
#include <vector>

#include "base/secret.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// BounceReport is one mail that came back (RFC 3464), matched to its letter by the mail room.
struct BounceReport {
  long long letter = 0;        ///< id of the letter
  std::string recipient = {};  ///< as the report says, or empty; one that is not the letter's own changes nothing
  bool hard = false;           ///< 5.x.x; else 4.x.x
  std::string status;          ///< "5.1.1"
  std::string text;            ///< what the other side said, one line of plain text
};

/// Contacts are the mail addresses of holders: kept by themselves and their company, checked before use, flagged when mail comes
/// back.
class Contacts {
 public:
  explicit Contacts(const Services& services) : services_(services) {}

  Result<std::vector<Contact>> list(const HolderId& holder);

  /// add puts an address beside the others and mails a code there; it counts once `check` has seen the code. The known addresses
  /// are told. At most five, and five codes a day. Errors: `contact.address` (malformed), `contact.exists`, `contact.too_many`,
  /// `contact.too_many_codes`.
  Result<void> add(const Institution& institution, const LoggedIn& who, const std::string& address);
  /// check takes the code that was mailed. Errors: `contact.unknown`, `contact.code` (wrong, used, late, or tried five times).
  Result<void> check(const Institution& institution, const LoggedIn& who, const std::string& address, const Secret& code);
  /// make_main makes a checked address the one that reminders go to. Errors: `contact.unknown`, `contact.unchecked`.
  Result<void> make_main(const Institution& institution, const LoggedIn& who, const std::string& address);
  /// remove takes an address away; the main one stays. The remaining and the removed one are told. Errors: `contact.unknown`,
  /// `contact.main`.
  Result<void> remove(const Institution& institution, const LoggedIn& who, const std::string& address);

  /// record_bounce keeps what came back: an address fails at once for good, or at the third passing failure. The company's 管理者
  /// are told once (O15). A report for a letter that is not ours changes nothing: `letter.unknown`.
  Result<void> record_bounce(const BounceReport& report);

  /// undeliverable lists the addresses of an institution that mail does not reach.
  Result<std::vector<Contact>> undeliverable(const Institution& institution);

 private:
  Services services_;
};

}  // namespace inkan::lifecycle
