#pragma once

#include <filesystem>
#include <string>

#include "server/bank.hpp"
#include "server/demo/state.hpp"

namespace inkan::server::demo {

/// kSender is the address the demo's letters come from; kSenderDomain signs them (DKIM).
inline constexpr const char* kSender = "notice@inkan.example";
inline constexpr const char* kSenderDomain = "inkan.example";

/// to_config_text is the demo's inkan.toml: an ordinary configuration, which `inkan serve` and every verb take too.
std::string to_config_text(const DemoState& state);

/// write_profiles puts the chosen profiles into a folder: the shipped ones, and ID.toml of `more`, which may be empty. Errors:
/// `file.write`, `config.not_found`.
Result<void> write_profiles(const std::filesystem::path& folder, const std::vector<std::string>& institutions,
                            const std::filesystem::path& more);

/// write_report writes DIR/demo.json and each institution's CA file, as contract.md gives them. Errors: `file.write`, `store.*`.
Result<void> write_report(const std::filesystem::path& dir, const DemoState& state, Bank& bank, const Zone& zone);

/// print_guide tells on stdout what stands where and what to try first.
void print_guide(const std::filesystem::path& dir, const DemoState& state);

}  // namespace inkan::server::demo
