#include "web/console/screens.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "web/portal/page_kinds.hpp"

namespace inkan::web::console {
namespace {

std::string upper(std::string_view typed) {
  std::string folded = fold_width(typed);
  std::string out(trim(folded));
  for (char& letter : out)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  return out;
}

/// without_person puts "…" for what a page fills in for one person.
std::string without_person(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    const auto close = text.find('}', open);
    out += text.substr(0, open);
    if (close == std::string_view::npos) break;
    out += "…";
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string words(const Catalogue& catalogue, const std::string& key) {
  const auto text = catalogue.text(key);
  return text ? without_person(*text) : std::string();
}

bool is_named(const Catalogue& catalogue, std::string_view code, const std::string& wanted) {
  if (code == wanted) return true;
  const auto alias = catalogue.text("code." + std::string(code));
  return alias && upper(*alias) == wanted;
}

}  // namespace

std::vector<ScreenNamed> find_screens(const Catalogue& catalogue, std::string_view typed) {
  const std::string wanted = upper(typed);
  std::vector<ScreenNamed> found;
  const auto add = [&](ScreenNamed screen) {
    const auto same = [&](const ScreenNamed& other) { return other.title == screen.title && other.lead == screen.lead; };
    if (std::ranges::none_of(found, same)) found.push_back(std::move(screen));
  };
  for (const PageKind& kind : portal_pages().kinds) {
    const std::string name(kind.name);
    if (is_named(catalogue, kind.code, wanted))
      add({std::string(kind.code), words(catalogue, name + ".title"), words(catalogue, name + ".lead"),
           words(catalogue, name + ".next")});
    for (const Stage& stage : kind.stages)
      if (is_named(catalogue, stage.code, wanted))
        add({.code = std::string(stage.code), .title = words(catalogue, std::string(stage.title)), .lead = {}, .next = {}});
  }
  return found;
}

}  // namespace inkan::web::console
