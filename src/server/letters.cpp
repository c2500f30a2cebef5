#include "server/letters.hpp"

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "lifecycle/letters.hpp"

namespace inkan::server {

std::span<const EmbeddedFile> embedded_files();

namespace {

/// check_letter refuses a placeholder that the letter has no value for.
void check_letter(Section& letter, const std::string& name) {
  std::map<std::string, std::string> sample;
  for (const std::string& placeholder : lifecycle::letter_placeholders()) sample[placeholder] = "x";
  for (const std::string& placeholder : lifecycle::own_placeholders(name)) sample[placeholder] = "x";
  for (const char* part : {"subject", "body"})
    if (const auto filled = fill(letter.text(part, ""), sample); !filled)
      letter.refuse(part, "{" + filled.error().detail + "} is no value of this letter");
}

lifecycle::LetterTemplate read_letter(Section letter, const std::string& name) {
  check_letter(letter, name);
  return {.subject = letter.text("subject"), .body = letter.text("body")};
}

/// load_shared reads the letters of events that every institution has.
Result<std::map<std::string, lifecycle::LetterTemplate>> load_shared() {
  std::map<std::string, lifecycle::LetterTemplate> letters;
  for (const EmbeddedFile& embedded : embedded_files()) {
    if (!embedded.name.ends_with("/letters/ja.toml")) continue;
    auto file = Section::parse(embedded.content, std::string(embedded.name));
    if (!file) return fail(file);
    for (const std::string& name : lifecycle::kEventLetters) letters[name] = read_letter(file->section(name), name);
    if (auto closed = file->close(); !closed) return fail(closed);
  }
  return letters;
}

}  // namespace

Result<void> read_letters(Section section, lifecycle::Institution& institution) {
  static const auto shared = load_shared();
  if (!shared) return fail(shared);
  institution.letters = *shared;
  institution.letters["renewal"] = read_letter(section.section("renewal"), "renewal");
  for (const std::string& name : lifecycle::kEventLetters)
    if (section.has(name)) institution.letters[name] = read_letter(section.section(name), name);
  return {};
}

}  // namespace inkan::server
