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

/// ReadProfile is a profile as far as it could be read, and everything that is wrong with it, each with file, line and key.
struct ReadProfile {
  Profile profile;
  std::vector<Error> errors;
};

/// read_profile reads on behind an error, so that an author sees them all. Error: `config.syntax` alone.
Result<ReadProfile> read_profile(std::string_view text, const std::string& name);

/// check_profile gives everything that is wrong with a profile: what read_profile finds, and words that no page says or pages
/// that cannot be made with them. Empty: it may serve.
std::vector<Error> check_profile(std::string_view text, const std::string& name);

/// parse_profile reads a profile strictly. Errors: `config.*` with file and line, the first that read_profile finds.
Result<Profile> parse_profile(std::string_view text, const std::string& name);

/// load_profiles reads every *.toml of a folder, in order of file name. Errors: parse_profile's, `config.no_institution`.
Result<std::vector<Profile>> load_profiles(const std::filesystem::path& folder);

/// shipped_profiles are the profiles in the binary.
Result<std::vector<Profile>> shipped_profiles();

/// parse_catalogue parses a page catalogue (web/pages/ja.toml) into dotted keys and texts.
Result<std::map<std::string, std::string>> parse_catalogue(std::string_view text, const std::string& name);

/// load_catalogues gives the words of the pages as they are in the binary, by language.
Result<std::map<std::string, std::map<std::string, std::string>>> load_catalogues();

}  // namespace inkan::server
