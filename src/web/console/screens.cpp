#include "web/console/screens.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/grammar.hpp"
#include "web/portal/page_kinds.hpp"

namespace inkan::web::console {
namespace {

/// folded is a number as it is compared, in whatever width and case somebody wrote it.
std::string folded(std::string_view typed) { return net::lower_case(trim(fold_width(typed))); }

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
  if (folded(code) == wanted) return true;
  const auto alias = catalogue.text("code." + std::string(code));
  return alias && folded(*alias) == wanted;
}

}  // namespace

std::vector<ScreenNamed> find_screens(const Catalogue& catalogue, std::string_view typed) {
  const std::string wanted = folded(typed);
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
  for (const Saying& saying : portal_pages().sayings)
    if (folded(saying.code) == wanted)
      add({.code = std::string(saying.code),
           .title = words(catalogue, std::string(saying.title)),
           .lead = words(catalogue, std::string(saying.text)),
           .next = {}});
  return found;
}

}  // namespace inkan::web::console
