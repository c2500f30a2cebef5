#include "server/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "server/toml.hpp"

namespace inkan::server {

std::span<const EmbeddedFile> embedded_files();

namespace {

const std::set<std::string> kDocuments = {"D1", "D2", "D3", "D4", "D5"};
const std::map<std::string, std::string> kSubjectSample = {
    {"company", "株式会社サンプル"}, {"login_id", "keiri01"}, {"role", "管理者"}, {"name", "経理担当者"}};

pki::KeyAlgorithm read_key(Section& section, const std::string& key, pki::KeyAlgorithm otherwise) {
  const auto algorithm = pki::parse_key_algorithm(section.text(key, std::string(pki::to_text(otherwise))));
  if (!algorithm) section.refuse(key, "must be rsa2048, rsa3072, p256 or p384");
  return algorithm.value_or(otherwise);
}

void read_certificate(Section section, Profile& profile) {
  lifecycle::Institution& institution = profile.institution;
  institution.authority = section.text("authority");
  profile.ca_key = read_key(section, "ca_key", pki::KeyAlgorithm::rsa2048);
  profile.policy_oid = section.text("policy_oid");
  institution.page_key = read_key(section, "page_key", pki::KeyAlgorithm::rsa2048);
  for (const std::string& name : section.texts("keys")) {
    const auto algorithm = pki::parse_key_algorithm(name);
    if (algorithm)
      institution.holder_keys.push_back(*algorithm);
    else
      section.refuse("keys", "unknown key algorithm " + name);
  }
  const auto& keys = institution.holder_keys;
  if (std::find(keys.begin(), keys.end(), institution.page_key) == keys.end()) section.refuse("page_key", "must be one of keys");
  for (Section part : section.sections("subject")) {
    institution.subject.push_back({part.text("type"), part.text("value")});
    if (const auto filled = fill(institution.subject.back().value, kSubjectSample); !filled)
      part.refuse("value", "knows only {company} {login_id} {role} {name}");
  }
  if (institution.subject.empty()) section.refuse("subject", "is missing");
}

void read_renewal(Section section, lifecycle::RenewalPolicy& policy) {
  policy.window_days = section.number("window_days", 1, 180, policy.window_days);
  policy.mail_days = section.numbers("mail_days");
  policy.asks_password = section.flag("asks_password", policy.asks_password);
  policy.resume_hours = section.number("resume_hours", 1, 24 * 14, policy.resume_hours);
  policy.finish_minutes = section.number("finish_minutes", 0, 24 * 60, policy.finish_minutes);
  std::set<int> seen;
  for (const int days : policy.mail_days) {
    if (days > policy.window_days) section.refuse("mail_days", "a mail before the first day of the window leads nowhere");
    if (!seen.insert(days).second) section.refuse("mail_days", "the same day twice");
  }
}

void read_acquisition(Section section, lifecycle::AcquisitionPolicy& policy) {
  policy.grace_days = section.number("grace_days", 0, 365, policy.grace_days);
  policy.deadline_days = section.number("deadline_days", 1, 365, policy.deadline_days);
  policy.code_days = section.number("code_days", 1, 30, policy.code_days);
}

void read_letters(Section section, lifecycle::Institution& institution) {
  for (const char* kind : {"renewal"}) {
    Section letter = section.section(kind);
    institution.letters[kind] = {letter.text("subject"), letter.text("body")};
  }
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos && text.front() != '-' &&
         text.back() != '-';
}

}  // namespace

Result<Profile> parse_profile(std::string_view text, const std::string& name) {
  auto file = Section::parse(text, name);
  if (!file) return fail(file);
  const std::string zone_name = file->text("zone");
  const auto zone = Zone::find(zone_name);
  if (!zone) return fail(Code::invalid, "config.value", fmt::format("{}: zone: unknown time zone \"{}\"", name, zone_name));

  Profile profile{.institution = {.id = file->text("id"),
                                  .document = file->text("document"),
                                  .name = file->text("name"),
                                  .zone = *zone,
                                  .authority = {},
                                  .holder_keys = {},
                                  .subject = {},
                                  .renewal = {},
                                  .acquisition = {},
                                  .letters = {},
                                  .words = {},
                                  .screens = {}},
                  .policy_oid = {}};
  lifecycle::Institution& institution = profile.institution;
  if (!is_label(institution.id)) file->refuse("id", "must be a host label: small letters, digits and '-'");
  if (!kDocuments.contains(institution.document)) file->refuse("document", "must be D1 to D5");
  read_certificate(file->section("certificate"), profile);
  read_renewal(file->section("renewal"), institution.renewal);
  read_acquisition(file->section("acquisition"), institution.acquisition);
  read_letters(file->section("letters"), institution);
  institution.words = file->section("words").all_texts();
  institution.words.try_emplace("term.self", file->text("self"));
  institution.screens = file->section("screens").all_texts();
  if (file->text("form", "literal") != "literal") file->refuse("form", "knows only \"literal\"");
  if (file->texts("ways") != std::vector<std::string>{"file"}) file->refuse("ways", "knows only [\"file\"]");
  if (auto closed = file->close(); !closed) return fail(closed);
  return profile;
}

Result<std::vector<Profile>> load_profiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".toml") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Profile> profiles;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto profile = parse_profile(text, path.string());
    if (!profile) return fail(profile);
    profiles.push_back(std::move(*profile));
  }
  if (profiles.empty()) return fail(Code::not_found, "config.no_institution", folder.string());
  return profiles;
}

Result<std::vector<Profile>> shipped_profiles() {
  std::vector<Profile> profiles;
  for (const EmbeddedFile& file : embedded_files()) {
    auto profile = parse_profile(file.content, std::string(file.name));
    if (!profile) return fail(profile);
    profiles.push_back(std::move(*profile));
  }
  return profiles;
}

Result<std::map<std::string, std::string>> parse_catalogue(std::string_view text, const std::string& name) {
  auto file = Section::parse(text, name);
  if (!file) return fail(file);
  auto texts = file->all_texts();
  if (auto closed = file->close(); !closed) return fail(closed);
  return texts;
}

}  // namespace inkan::server
