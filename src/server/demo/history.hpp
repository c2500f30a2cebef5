#pragma once

#include <filesystem>

#include "server/demo/demo_clock.hpp"
#include "server/demo/state.hpp"
#include "server/jobs.hpp"

namespace inkan::server::demo {

/// plan_holders invents the customers: per institution and role one in each of the six states (contract.md), with random
/// passwords.
std::vector<DemoHolder> plan_holders(const std::vector<lifecycle::Institution>& institutions, Rng& rng);

/// first_day is the day the oldest of these customers' certificates was issued: the CA must be older.
Instant history_begins(const std::vector<lifecycle::Institution>& institutions, Instant now);

/// make_history lives the customers' past up to `now` with the real verbs under an earlier time: IDs imported, codes released,
/// certificates acquired, used, noticed by mail, revoked. No row is written by hand. It writes each PKCS#12 file into `folder`,
/// fills in p12 and code of the holders, and leaves the clock running from `now`. Errors: those of every verb.
Result<void> make_history(Bank& bank, Jobs& jobs, DemoClock& clock, const std::filesystem::path& folder, DemoState& state,
                          Instant now);

}  // namespace inkan::server::demo
