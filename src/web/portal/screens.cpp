#include "web/portal/screens.hpp"

#include <algorithm>
#include <set>

#include "base/result.hpp"
#include "base/text.hpp"

namespace inkan::web {
namespace {

using Screens = std::map<std::string, std::string>;

const ScreenChoice* find_choice(const std::string& key) {
  const auto& all = screen_choices();
  const auto found = std::ranges::find(all, key, &ScreenChoice::key);
  return found == all.end() ? nullptr : &*found;
}

std::string default_of(const ScreenChoice& choice) { return std::string(choice.values.front()); }

std::vector<std::string> words_of(const std::string& list) {
  return list.empty() ? std::vector<std::string>() : split(list, ' ');
}

bool knows(const ScreenChoice& choice, const std::string& value) {
  const auto known = [&](std::string_view one) { return std::ranges::find(choice.values, one) != choice.values.end(); };
  if (!choice.several) return known(value);
  const auto words = words_of(value);
  return std::ranges::all_of(words, known) && std::set(words.begin(), words.end()).size() == words.size();
}

/// Judge gathers what is wrong with one set of choices.
class Judge {
 public:
  Judge(const lifecycle::Institution& institution, Screens chosen) : institution_(institution), chosen_(std::move(chosen)) {}

  Findings run() {
    for (const auto& [key, value] : chosen_) {
      const ScreenChoice* choice = find_choice(key);
      if (!choice)
        find(key, "is no choice that the pages know");
      else if (!knows(*choice, value))
        find(key, "\"" + value + "\" is none that the pages know, or stands twice");
    }
    if (findings_.empty()) contradictions();
    return std::move(findings_);
  }

 private:
  std::string of(const std::string& key) const {
    const auto found = chosen_.find(key);
    return found == chosen_.end() ? default_of(*find_choice(key)) : found->second;
  }
  bool has(const std::string& key, const std::string& word) const {
    const auto words = words_of(of(key));
    return std::ranges::find(words, word) != words.end();
  }
  void find(const std::string& key, const std::string& why) {
    findings_.push_back(
        {.severity = Severity::error, .id = "web.screens", .detail = key + ": " + why, .source = "journeys.md 1.6"});
  }

  void contradictions() {
    const bool short_form = of("form") == "short";
    if (of("ways").empty()) find("ways", "names no way to a certificate");
    if (has("ways", "token") && !has("ways", "app")) find("ways", "a token is renewed by the program: \"token\" needs \"app\"");
    if (short_form && of("issue.steps") == "yes") find("issue.steps", "the short form has no steps to show");
    if (short_form && chosen_.contains("issue.asks")) find("issue.asks", "the short form asks once, on a page of its own");
    const bool key = has("issue.asks", "key") && has("issue.asks", "request");
    const bool both = has("issue.asks", "both") && !has("issue.asks", "key") && !has("issue.asks", "request");
    if (!key && !both) find("issue.asks", "must hold \"key\" and \"request\", or \"both\"");
    if (!has("issue.asks", "file")) find("issue.asks", "must hold \"file\": a download is asked for");
    if (has("issue.asks", "protection") && !is_rsa())
      find("issue.asks", "\"protection\" speaks of an RSA key: page_key must be one");
    if (of("notice.warns") == "yes" && institution_.acquisition.grace_days == 0)
      find("notice.warns", "warns of grace days that acquisition.grace_days does not give");
    if (of("completion.fields").empty()) find("completion.fields", "shows nothing of the certificate");
  }

  bool is_rsa() const {
    return institution_.page_key == pki::KeyAlgorithm::rsa2048 || institution_.page_key == pki::KeyAlgorithm::rsa3072;
  }

  const lifecycle::Institution& institution_;
  Screens chosen_;
  Findings findings_;
};

}  // namespace

const std::vector<ScreenChoice>& screen_choices() {
  static const std::vector<ScreenChoice> choices = {
      {"form", {"literal", "short"}},
      {"ways", {"file", "app", "token"}, true},
      {"notice.placement", {"notices", "interstitial+main", "renewal_choice"}},
      {"notice.opens", {"body", "list"}},
      {"notice.changed", {"no", "yes"}},
      {"notice.warns", {"no", "yes"}},
      {"issue.screen", {"own", "inline"}},
      {"issue.brand", {"bank", "authority"}},
      {"issue.steps", {"no", "yes"}},
      {"issue.aborts", {"no", "yes"}},
      {"issue.asks", {"key request file", "key", "request", "both", "protection", "file"}, true},
      {"completion.screen", {"installed", "issued", "result", "renewed"}},
      {"completion.fields", {"C O OU CN serial expiry", "C", "O", "OU", "CN", "serial", "expiry"}, true},
      {"completion.restart", {"no", "yes"}},
  };
  return choices;
}

std::string screen_of(const lifecycle::Institution& institution, const std::string& key, Day today) {
  if (auto chosen = find_screen(institution, key, today)) return *chosen;
  const ScreenChoice* choice = find_choice(key);
  check(choice != nullptr, "a choice that exists: " + key);
  return default_of(*choice);
}

Findings check_screens(const lifecycle::Institution& institution) {
  Findings findings = Judge(institution, institution.screens).run();
  if (institution.former_screens.empty()) return findings;
  if (!institution.effective_from)
    findings.push_back({.severity = Severity::error,
                        .id = "web.screens",
                        .detail = "former: says what was before a day that effective_from does not name",
                        .source = "journeys.md O37"});
  Screens former = institution.screens;
  for (const auto& [key, value] : institution.former_screens) former[key] = value;
  for (Finding& finding : Judge(institution, std::move(former)).run()) {
    finding.detail = "former." + finding.detail;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace inkan::web
