#pragma once

#include <string>

#include "lifecycle/events.hpp"
#include "lifecycle/institution.hpp"

namespace inkan::wire {

/// write_delivery is the JSON of a page of the feed as a webhook carries it: `institution`, `events`, `next` (openapi.yaml,
/// webhooks).
std::string write_delivery(const lifecycle::Institution& institution, const lifecycle::EventPage& page);

}  // namespace inkan::wire
