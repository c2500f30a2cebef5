#include "server/profile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "pki/certificate.hpp"
#include "pki/seal.hpp"
#include "server/letters.hpp"
#include "server/service_hours.hpp"
#include "server/toml.hpp"
#include "web/portal/screens.hpp"
#include "web/portal/word_check.hpp"

namespace inkan::web {
std::span<const EmbeddedFile> embedded_files();
}

namespace inkan::server {

std::span<const EmbeddedFile> embedded_files();

namespace {

const std::set<std::string> kDocuments = {"D1", "D2", "D3", "D4", "D5", "own"};
const std::map<std::string, std::string> kSubjectSample = {
    {"company", "株式会社サンプル"}, {"login_id", "keiri01"}, {"role", "管理者"}, {"name", "経理担当者"}};

void read_accepted(Section part, lifecycle::Institution& institution);

void read_certificate(Section section, Profile& profile) {
  lifecycle::Institution& institution = profile.institution;
  institution.authority = section.text("authority");
  profile.ca_key = read_key_algorithm(section, "ca_key", pki::KeyAlgorithm::rsa2048);
  profile.policy_oid = section.text("policy_oid");
  institution.page_key = read_key_algorithm(section, "page_key", pki::KeyAlgorithm::rsa2048);
  for (const std::string& name : section.texts("keys")) {
    const auto algorithm = pki::parse_key_algorithm(name);
    if (algorithm)
      institution.holder_keys.push_back(*algorithm);
    else
      section.refuse("keys", "unknown key algorithm " + name);
  }
  const auto& keys = institution.holder_keys;
  if (std::find(keys.begin(), keys.end(), institution.page_key) == keys.end()) section.refuse("page_key", "must be one of keys");
  if (pki::family_of(institution.page_key) == pki::KeyFamily::ml_dsa)
    section.refuse("page_key", "must be RSA or ECDSA: browsers make no ML-DSA keys");
  for (const Section& part : section.sections("accept")) read_accepted(part, institution);
  for (Section part : section.sections("subject")) {
    institution.subject.push_back({part.text("type"), part.text("value")});
    if (const auto filled = fill(institution.subject.back().value, kSubjectSample); !filled)
      part.refuse("value", "knows only {company} {login_id} {role} {name}");
  }
  if (institution.subject.empty()) section.refuse("subject", "is missing");
}

void read_renewal(Section section, lifecycle::RenewalPolicy& policy, int grace_days) {
  policy.window_days = section.number("window_days", 1, 180, policy.window_days);
  policy.mail_days = section.numbers("mail_days");
  policy.asks_password = section.flag("asks_password", policy.asks_password);
  policy.quiet = section.flag("quiet", policy.quiet);
  if (policy.quiet && policy.asks_password) section.refuse("quiet", "nobody is there to type the password");
  policy.resume_hours = section.number("resume_hours", 1, 24 * 14, policy.resume_hours);
  policy.carry_over_remaining = section.flag("carry_over_remaining", policy.carry_over_remaining);
  policy.finish_minutes = section.number("finish_minutes", 0, 24 * 60, policy.finish_minutes);
  std::set<int> seen;
  for (const int days : policy.mail_days) {
    if (days > policy.window_days) section.refuse("mail_days", "a mail before the first day of the window leads nowhere");
    if (!seen.insert(days).second) section.refuse("mail_days", "the same day twice");
  }
  policy.more_mail_days = section.numbers("more_mail_days");
  for (const int days : policy.more_mail_days) {
    if (days > policy.window_days) section.refuse("more_mail_days", "a mail before the first day of the window leads nowhere");
    if (!seen.insert(days).second) section.refuse("more_mail_days", "the same day twice, or one of mail_days");
  }
  policy.grace_mail_days = section.numbers("grace_mail_days");
  std::set<int> after;
  for (const int days : policy.grace_mail_days) {
    if (days < 1 || days > grace_days) section.refuse("grace_mail_days", "must be from 1, the day after expiry, to grace_days");
    if (!after.insert(days).second) section.refuse("grace_mail_days", "the same day twice");
  }
  policy.post_days = section.number("post_days", 0, 180, std::min(policy.post_days, policy.window_days));
  if (policy.post_days > policy.window_days)
    section.refuse("post_days", "a letter before the first day of the window leads nowhere");
  const auto digest =
      lifecycle::parse_company_digest(section.text("company_digest", std::string(to_text(policy.company_digest))));
  if (digest) policy.company_digest = *digest;
  if (!digest) section.refuse("company_digest", "must be none, unreached or all");
}

void read_acquisition(Section section, lifecycle::AcquisitionPolicy& policy) {
  policy.grace_days = section.number("grace_days", 0, 365, policy.grace_days);
  policy.deadline_days = section.number("deadline_days", 1, 365, policy.deadline_days);
  policy.code_days = section.number("code_days", 1, 30, policy.code_days);
  policy.new_computer_minutes = section.number("new_computer_minutes", 5, 24 * 60, policy.new_computer_minutes);
  if (section.has("methods")) {
    policy.methods.clear();
    for (const std::string& name : section.texts("methods")) {
      const auto method = lifecycle::parse_recovery_method(name);
      if (method) policy.methods.push_back(*method);
      if (!method) section.refuse("methods", "\"" + name + "\" is none of old_key, code, mail_code, password");
    }
  }
  const auto first = lifecycle::parse_first_code(section.text("first_code", std::string(to_text(policy.first_code))));
  if (first) policy.first_code = *first;
  if (!first) section.refuse("first_code", "must be mail, letter or operator");
  if (section.has("printer")) {
    const auto certificates = pki::Certificate::parse_pem(section.text("printer"));
    if (certificates && certificates->size() == 1) policy.printer = certificates->front().der();
    if (policy.printer.empty() || !pki::seal({}, certificates->front()))
      section.refuse("printer", "must be one certificate in PEM whose key can decrypt: RSA, or EC for key agreement");
  }
  if (policy.first_code == lifecycle::FirstCode::letter && policy.printer.empty())
    section.refuse("first_code", "letter needs a printer: the certificate that sealed letters are encrypted to");
  const auto change =
      lifecycle::parse_computer_change(section.text("computer_change", std::string(to_text(policy.computer_change))));
  if (change) policy.computer_change = *change;
  if (!change) section.refuse("computer_change", "must be administrator, staff or self");
}

/// read_accepted reads the CAs whose certificates the bank's customers hold already (O38): [[certificate.accept]].
void read_accepted(Section part, lifecycle::Institution& institution) {
  const std::string id = part.text("id");
  const auto certificates = pki::Certificate::parse_pem(part.text("pem"));
  if (!certificates || certificates->size() != 1) {
    part.refuse("pem", "must be one certificate in PEM");
    return;
  }
  if (id == institution.authority) part.refuse("id", "is our own authority");
  institution.accepted.push_back({.id = id, .certificate = certificates->front().der()});
}

/// Choices reads the choices of placement of one set: those at the head of the profile, or what was different before
/// effective_from.
class Choices {
 public:
  Choices(Section& head, std::map<std::string, std::string>& chosen) : head_(head), chosen_(chosen) {}

  void read() {
    for (const web::ScreenChoice& choice : web::screen_choices()) {
      const auto dot = choice.key.find('.');
      const std::string table(choice.key.substr(0, dot == std::string_view::npos ? 0 : dot));
      const std::string key(choice.key.substr(dot == std::string_view::npos ? 0 : dot + 1));
      if (!table.empty() && !tables_.contains(table)) tables_.emplace(table, head_.section(table));
      Section& section = table.empty() ? head_ : tables_.at(table);
      if (section.has(key)) chosen_[std::string(choice.key)] = read_one(section, key, choice);
    }
  }

 private:
  static std::string read_one(Section& section, const std::string& key, const web::ScreenChoice& choice) {
    const std::vector<std::string> given = choice.several ? section.texts(key) : std::vector{section.text(key)};
    const std::vector<std::string> known(choice.values.begin() + (choice.several ? 1 : 0), choice.values.end());
    std::string words;
    for (const std::string& word : given) {
      const auto& values = choice.values;
      if (std::find(values.begin(), values.end(), word) == values.end())
        section.refuse(key, fmt::format("\"{}\" is none of {}", word, fmt::join(known, ", ")));
      words += (words.empty() ? "" : " ") + word;
    }
    return words;
  }

  Section& head_;
  std::map<std::string, std::string>& chosen_;
  std::map<std::string, Section> tables_;
};

void read_words(Section& file, lifecycle::Institution& institution) {
  institution.words = file.section("words").all_texts();
  const auto put = [&](Section section, const std::string& prefix) {
    for (auto& [key, text] : section.all_texts()) {
      const bool english = key.starts_with("en.");
      institution.words[(english ? "en." : "") + prefix + (english ? key.substr(3) : key)] = text;
    }
  };
  Section terms = file.section("terms");
  for (const char* needed : {"login", "self"})
    if (!terms.has(needed)) terms.refuse(needed, "is missing");
  put(terms, "term.");
  put(file.section("codes"), "code.");
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos && text.front() != '-' &&
         text.back() != '-';
}

Zone read_zone(Section& file) {
  const std::string name = file.text("zone");
  const auto zone = Zone::find(name);
  if (!zone && !name.empty()) file.refuse("zone", fmt::format("unknown time zone \"{}\"", name));
  return zone ? *zone : *Zone::find("UTC");
}

void read_effect(Section& file, lifecycle::Institution& institution) {
  if (file.has("effective_from")) {
    const auto day = parse_day(file.text("effective_from"));
    if (day) institution.effective_from = *day;
    if (!day) file.refuse("effective_from", "must be a day such as \"2020-08-17\"");
  }
  Section former = file.section("former");
  Choices(former, institution.former_screens).read();
}

}  // namespace

Result<ReadProfile> read_profile(std::string_view text, const std::string& name) {
  auto file = Section::parse(text, name);
  if (!file) return fail(file);
  Profile profile{.institution = {.id = file->text("id"),
                                  .document = file->text("document"),
                                  .name = file->text("name"),
                                  .zone = read_zone(*file),
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
  if (!kDocuments.contains(institution.document)) file->refuse("document", "must be D1 to D5, or \"own\"");
  read_certificate(file->section("certificate"), profile);
  read_acquisition(file->section("acquisition"), institution.acquisition);
  read_renewal(file->section("renewal"), institution.renewal, institution.acquisition.grace_days);
  if (auto letters = read_letters(file->section("letters"), institution); !letters) return fail(letters);
  read_service_hours(file->section("service_hours"), institution);
  read_words(*file, institution);
  Choices(*file, institution.screens).read();
  read_effect(*file, institution);
  std::vector<Error> errors = file->close_all();
  if (errors.empty())
    for (const Finding& finding : web::check_screens(institution))
      errors.push_back({Code::invalid, "config.value", name + ": " + finding.detail});
  return ReadProfile{std::move(profile), std::move(errors)};
}

std::vector<Error> check_profile(std::string_view text, const std::string& name) {
  auto read = read_profile(text, name);
  if (!read) return {read.error()};
  const auto catalogue = load_catalogues();
  if (!catalogue) return {catalogue.error()};
  std::vector<Error> errors = std::move(read->errors);
  const auto add = [&](const Findings& findings) {
    for (const Finding& finding : findings) errors.push_back({Code::invalid, finding.id, name + ": " + finding.detail});
  };
  add(web::check_words(read->profile.institution, *catalogue));
  if (errors.empty()) add(web::check_pages(read->profile.institution, *catalogue));
  return errors;
}

Result<Profile> parse_profile(std::string_view text, const std::string& name) {
  auto read = read_profile(text, name);
  if (!read) return fail(read);
  if (!read->errors.empty()) return std::unexpected<Error>(std::move(read->errors.front()));
  return std::move(read->profile);
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
    if (file.name.find("/letters/") != std::string_view::npos) continue;
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

Result<std::map<std::string, std::map<std::string, std::string>>> load_catalogues() {
  std::map<std::string, std::map<std::string, std::string>> all;
  for (const EmbeddedFile& file : web::embedded_files()) {
    for (const std::string language : {"ja", "en"}) {  // both doors share one catalogue
      if (file.name != "pages/" + language + ".toml" && file.name != "pages/console/" + language + ".toml") continue;
      auto texts = parse_catalogue(file.content, std::string(file.name));
      if (!texts) return fail(texts);
      all[language].merge(*texts);
      if (!texts->empty()) return fail(Code::corrupt, "web.catalogue", "twice: " + texts->begin()->first);
    }
  }
  return all;
}

}  // namespace inkan::server
