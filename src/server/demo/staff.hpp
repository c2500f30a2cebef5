#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/chance.hpp"
#include "server/bank.hpp"
#include "server/demo/state.hpp"
#include "server/demo/trust.hpp"

namespace inkan::server::demo {

/// kConsoleHost is where the demo's desk stands.
inline constexpr const char* kConsoleHost = "desk.localhost";

/// plan_staff is the people of the chosen institutions: a clerk, two approvers and an auditor each, with random passwords.
std::vector<DemoStaff> plan_staff(const std::vector<std::string>& institutions, Rng& rng);

/// write_staff puts the CA's certificate and each person's key file where they are missing. Errors: `demo.trust`, `file.write`.
Result<void> write_staff(const std::filesystem::path& dir, const DemoState& state);

/// hire puts on record who is not yet, through the operator's verb. Errors: `staff.*`.
Result<void> hire(Bank& bank, const std::filesystem::path& dir, const DemoState& state);

}  // namespace inkan::server::demo
