#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "web/values.hpp"

namespace inkan::web {

/// Outline is what a template asks for: its variables, and its sections with what they ask for.
struct Outline {
  std::vector<std::string> variables;
  struct Section;
  std::vector<Section> sections;
};

struct Outline::Section {
  std::string name;
  Outline inside;
};

/// parse_outline reads ctemplate's marks. Error: `web.template` (a section that is not closed, or a mark we do not use).
Result<Outline> parse_outline(std::string_view text);

/// check_values makes sure that every variable on the page has a value and that somebody decided about every section; ctemplate
/// itself would leave both out silently (D4-17). Error: `web.unfilled` with the name.
Result<void> check_values(const Outline& outline, const Values& values);

/// sample_values fills everything that an outline asks for, every section shown: for tests that look at whole pages.
Values sample_values(const Outline& outline);

}  // namespace inkan::web
