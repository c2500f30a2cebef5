#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Notices decides who is told what, on which calendar day. Sending is mail's work, through the outbox.
class Notices {
 public:
  explicit Notices(const Services& services) : services_(services) {}

  struct DayResult {
    long long decided = 0;  ///< notices made
    long long letters = 0;  ///< mails
  };
  /// run_day decides every notice that is due on `today` (a mail at each of mail_days before expiry; D1-03, D2-21). What an
  /// outage missed is sent late, once, with the true remaining days; a smaller kind that is due makes the bigger one unnecessary
  /// (O17). Nothing goes to who has renewed, was revoked or is on hold. Repeating a day changes nothing (I10). The profile's
  /// further days, before and after expiry, spare who muted them (O18). A reminder goes to the main address, or to the others
  /// that work while it does not (O15); who is not reached gets a letter on paper (`post`), and the company's 管理者 one list of
  /// their users a day (O16). Beside these: certificates that were approved and not fetched (O27), or issued and not used for
  /// seven days (O1).
  Result<DayResult> run_day(const Institution& institution, Day today);

  /// catch_up runs today's job when it has not run to its end yet.
  Result<DayResult> catch_up(const Institution& institution);

  /// set_mute stops, or lets go on, what is sent about the certificate of a live session beside the promised reminders (O18).
  /// Error: `login.certificate`.
  Result<void> set_mute(const Institution& institution, const LoggedIn& who, bool muted);
  Result<bool> is_muted(const LoggedIn& who);

  /// preview renders the letter a holder would get, without deciding anything.
  Result<Letter> preview(const Institution& institution, const std::string& login_id);

 private:
  Services services_;
};

/// ScreenNotice is the notice on screen: from window_days before the expiry day to the day itself, while no successor is
/// confirmed (D1-12, D2-03, D2-22).
struct ScreenNotice {
  int remaining = 0;
  Day expiry_day;
  std::string
      number;  ///< of the newest mail about this certificate, so that a letter can be held against the screen; may be empty
};
std::optional<ScreenNotice> screen_notice(const Institution& institution, const CertificateRecord& certificate,
                                          const std::vector<Notice>& notices, Day today);

}  // namespace inkan::lifecycle
