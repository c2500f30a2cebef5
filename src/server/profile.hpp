#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ca/ceremony.hpp"
#include "lifecycle/institution.hpp"

namespace inkan::server {

/// Profile is one institutions/ID.toml: the policy and words that the story works with, and what its issuing CA is made with.
struct Profile {
  lifecycle::Institution institution;
  pki::KeyAlgorithm ca_key = pki::KeyAlgorithm::rsa2048;
  std::string policy_oid;
};

/// parse_profile reads a profile strictly. Errors: `config.*` with file and line.
Result<Profile> parse_profile(std::string_view text, const std::string& name);

/// load_profiles reads every *.toml of a folder, in order of file name. Errors: parse_profile's, `config.no_institution`.
Result<std::vector<Profile>> load_profiles(const std::filesystem::path& folder);

/// shipped_profiles are the profiles in the binary.
Result<std::vector<Profile>> shipped_profiles();

/// catalogue parses a page catalogue (web/pages/ja.toml) into dotted keys and texts.
Result<std::map<std::string, std::string>> parse_catalogue(std::string_view text, const std::string& name);

}  // namespace inkan::server
