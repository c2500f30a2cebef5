#pragma once

#include "lifecycle/institution.hpp"
#include "server/toml.hpp"

namespace inkan::server {

/// read_service_hours reads [service_hours] of a profile (O19). Hours read "08:00-23:00" or "closed"; saturday and sunday are
/// like weekdays where nothing is said, and so are the holidays, which holiday_days names one by one.
/// [[service_hours.maintenance]] holds `from` and `until`, each with its offset. What makes no sense is refused by its key.
void read_service_hours(Section section, lifecycle::Institution& institution);

}  // namespace inkan::server
