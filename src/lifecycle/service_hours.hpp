#pragma once

#include <optional>
#include <set>
#include <vector>

#include "base/time.hpp"

/// When an institution takes requests for certificates (O19): hours by the kind of day, and maintenance that it declared. They
/// close renewal and 電子証明書取得, never login and never what takes power away: 一時停止, 失効 and stopping a code are always
/// open.
namespace inkan::lifecycle {

/// OpenSpan is the part of a day on which the service is open, in minutes from midnight; `until` is not part of it. An empty
/// one is a closed day.
struct OpenSpan {
  int from = 0;
  int until = 24 * 60;
  bool operator==(const OpenSpan&) const = default;
};

/// Maintenance closes the service from one instant up to, and without, another.
struct Maintenance {
  Instant from;
  Instant until;
};

/// ServiceHours are those of one institution; by default open at any time.
struct ServiceHours {
  OpenSpan weekdays = {};
  OpenSpan saturday = {};
  OpenSpan sunday = {};
  OpenSpan holidays = {};                     ///< on holiday_days, whichever day of the week they are
  std::set<Day> holiday_days = {};            ///< national holidays, and the bank's own
  std::vector<Maintenance> maintenance = {};  ///< declared ones, in order of time, apart from one another

  bool is_always_open() const;
};

bool is_open(const ServiceHours& hours, const Zone& zone, Instant now);

/// next_opening is the first instant from `now` on at which the service is open: `now` itself where it is. Nothing when it does
/// not open within 400 days.
std::optional<Instant> next_opening(const ServiceHours& hours, const Zone& zone, Instant now);

/// last_opening is the last second up to `until`, inclusive, at which the service is open. Nothing when there was none within 400
/// days.
std::optional<Instant> last_opening(const ServiceHours& hours, const Zone& zone, Instant until);

/// RenewalEnd is until when a certificate can be renewed.
struct RenewalEnd {
  Instant last;           ///< the last second
  bool extended = false;  ///< past the certificate's own end, because a declared maintenance covers the rest of its last day
};

/// renewal_end is the last second for a renewal of a certificate that ends at `not_after`. Where a declared maintenance takes the
/// rest of the last day's service time, the old key may renew for as long again after the service has opened (a certificate's
/// notAfter cannot be stretched); elsewhere it is the last open second of its life.
RenewalEnd renewal_end(const ServiceHours& hours, const Zone& zone, Instant not_after);

}  // namespace inkan::lifecycle
