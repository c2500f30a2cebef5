#pragma once

#include <map>
#include <string>

#include "lifecycle/institution.hpp"
#include "server/toml.hpp"

namespace inkan::server {

/// read_letters reads a profile's [letters]: `renewal` is its own, the letters of events are the shared ones of
/// institutions/letters unless it has words of its own. Every placeholder is tried (lifecycle/letters.hpp); a letter nobody knows
/// is refused. Error: the shared letters', which are ours.
Result<void> read_letters(Section section, lifecycle::Institution& institution);

}  // namespace inkan::server
