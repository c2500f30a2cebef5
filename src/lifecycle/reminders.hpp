#pragma once

#include "lifecycle/services.hpp"

/// The parts of the daily job beside the days before and after expiry. Private to notices.cpp. Each adds the notices it made to
/// `decided`.
namespace inkan::lifecycle {

/// remind_unfetched calls first certificates to mind that nobody fetched yet (O27).
Result<void> remind_unfetched(const Services& services, const Institution& institution, Day today, long long& decided);

/// remind_unconfirmed tells who was issued a certificate seven days ago and never used it (O1).
Result<void> remind_unconfirmed(const Services& services, const Institution& institution, Day today, long long& decided);

/// write_post writes a letter on paper to each ID that mail does not reach, once its certificate ends within the profile's
/// post_days (O15). `inkan notice print` hands it to the printer.
Result<void> write_post(const Services& services, const Institution& institution, Day today, long long& decided);

/// tell_digests gives every 管理者 the waiting lines about the company's users, in one list (O16).
Result<void> tell_digests(const Services& services, const Institution& institution, Day today, long long& decided);

}  // namespace inkan::lifecycle
