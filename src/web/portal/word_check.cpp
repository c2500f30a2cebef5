#include "web/portal/word_check.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "web/portal/page_kinds.hpp"

namespace inkan::web {
namespace {

constexpr std::string_view kEnglish = "en.";
constexpr std::string_view kTerm = "term.";
constexpr std::string_view kCode = "code.";

/// kMoreValues are values that a page fills in beside those in the catalogue's own text.
const std::map<std::string, std::set<std::string>> kMoreValues = {{"notice.changed_title", {"effective_from"}},
                                                                  {"notice.changed_body", {"effective_from"}},
                                                                  {"done.next_notice", {"window_days"}}};

/// names_in are the `{name}` of a text; an unclosed one is given as "{".
std::set<std::string> names_in(std::string_view text) {
  std::set<std::string> names;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return names.insert("{"), names;
    names.emplace(text.substr(open + 1, close - open - 1));
  }
  return names;
}

bool is_code(std::string_view code) {
  return std::ranges::any_of(portal_pages().kinds, [&](const PageKind& kind) {
    return kind.code == code || std::ranges::any_of(kind.stages, [&](const Stage& stage) { return stage.code == code; });
  });
}

/// key_in_profile writes a word's key as its author did: "terms.login", "codes.S302", "words.notice.days".
std::string key_in_profile(const std::string& key) {
  const bool english = key.starts_with(kEnglish);
  const std::string plain = english ? key.substr(kEnglish.size()) : key;
  const std::string language = english ? "en." : "";
  if (plain.starts_with(kTerm)) return "terms." + language + plain.substr(kTerm.size());
  if (plain.starts_with(kCode)) return "codes." + language + plain.substr(kCode.size());
  return "words." + key;
}

/// Reader holds one word after the other against the catalogue.
class Reader {
 public:
  Reader(const lifecycle::Institution& institution, const std::map<std::string, Texts>& catalogue)
      : institution_(institution), catalogue_(catalogue) {}

  Findings run() {
    for (const auto& [key, text] : institution_.words) read(key, text);
    return std::move(findings_);
  }

  Findings run_pages() {
    for (const auto& [language, texts] : catalogue_) {
      const auto pages = Pages::make(portal_pages(), Catalogue::make(texts, institution_, language), language, "/assets/0");
      if (!pages) {
        find("words", language + ": " + pages.error().detail + " is missing or cannot be read");
        continue;
      }
      for (const PageKind& kind : portal_pages().kinds) {
        const std::string name(kind.name);
        if (const auto html = pages->render(name, sample_values(pages->outline(name))); !html)
          find("words", language + ": page " + html.error().detail);
      }
    }
    return std::move(findings_);
  }

 private:
  void read(const std::string& key, const std::string& text) {
    const bool english = key.starts_with(kEnglish);
    const std::string plain = english ? key.substr(kEnglish.size()) : key;
    if (text.empty()) find(key_in_profile(key), "is empty");
    if (plain.starts_with(kCode)) {
      if (!is_code(plain.substr(kCode.size()))) find(key_in_profile(key), "there is no screen of this number");
      return;
    }
    if (plain == "term.bank") return find(key_in_profile(key), "is the institution's name");
    const Texts& texts = catalogue_.at(english ? "en" : "ja");
    const auto own = texts.find(plain);
    if (own == texts.end() && plain != "term.self") return find(key_in_profile(key), "no page says this" + hint(plain, texts));
    std::set<std::string> known = own == texts.end() ? std::set<std::string>() : names_in(own->second);
    if (const auto more = kMoreValues.find(plain); more != kMoreValues.end())
      known.insert(more->second.begin(), more->second.end());
    for (const std::string& name : names_in(text)) {
      const bool term = name.contains('.') && (texts.contains(name) || name == "term.bank" || name == "term.self");
      if (!term && !known.contains(name)) find(key_in_profile(key), "{" + name + "} is no value of this text");
    }
  }

  static std::string hint(const std::string& key, const Texts& texts) {
    std::vector<std::string> keys;
    for (const auto& [known, text] : texts) keys.push_back(known);
    const std::string_view near = nearest(key, keys);
    return near.empty() ? std::string() : "; did you mean \"" + std::string(near) + "\"?";
  }

  void find(const std::string& key, const std::string& why) {
    findings_.push_back({.severity = Severity::error, .id = "web.catalogue", .detail = key + ": " + why, .source = {}});
  }

  const lifecycle::Institution& institution_;
  const std::map<std::string, Texts>& catalogue_;
  Findings findings_;
};

}  // namespace

Findings check_words(const lifecycle::Institution& institution, const std::map<std::string, Texts>& catalogue) {
  return Reader(institution, catalogue).run();
}

Findings check_pages(const lifecycle::Institution& institution, const std::map<std::string, Texts>& catalogue) {
  return Reader(institution, catalogue).run_pages();
}

}  // namespace inkan::web
