#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// Notices decides who is told what, on which calendar day. Sending is mail's work, through the outbox.
class Notices {
 public:
  explicit Notices(const Services& services) : services_(services) {}

  struct DayResult {
    long long decided = 0;  ///< notices made
    long long letters = 0;  ///< of them with a mail address
  };
  /// run_day decides every notice that is due on `today` (a mail at each of mail_days before expiry; D1-03, D2-21). What an
  /// outage missed is sent late, once, with the true remaining days; a smaller kind that is due makes the bigger one unnecessary
  /// (O17). Nothing goes to who has renewed or was revoked. Repeating a day changes nothing (I10). A certificate that was
  /// approved and not fetched is called to mind 20 and 5 days before its deadline (O27).
  Result<DayResult> run_day(const Institution& institution, Day today);

  /// catch_up runs today's job when it has not run to its end yet.
  Result<DayResult> catch_up(const Institution& institution);

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
