#include "web/outline.hpp"

#include <algorithm>

namespace inkan::web {
namespace {

/// read_until reads marks up to the end of the text or of the section `open`.
Result<Outline> read_until(std::string_view& text, const std::string& open) {
  Outline outline;
  while (true) {
    const auto start = text.find("{{");
    if (start == std::string_view::npos) break;
    const auto end = text.find("}}", start);
    if (end == std::string_view::npos) return fail(Code::corrupt, "web.template", "unclosed {{");
    const std::string mark(text.substr(start + 2, end - start - 2));
    text.remove_prefix(end + 2);
    if (mark.empty()) return fail(Code::corrupt, "web.template", "empty {{}}");
    if (mark.front() == '%') continue;  // a pragma
    if (mark.front() == '/') {
      if (mark.substr(1) == open) return outline;
      return fail(Code::corrupt, "web.template", "closes " + mark + " inside " + open);
    }
    if (mark.front() == '#') {
      auto inside = read_until(text, mark.substr(1));
      if (!inside) return inside;
      outline.sections.push_back({mark.substr(1), std::move(*inside)});
    } else if (mark.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string::npos) {
      return fail(Code::corrupt, "web.template", "unknown mark " + mark);
    } else {
      outline.variables.push_back(mark);
    }
  }
  if (!open.empty()) return fail(Code::corrupt, "web.template", "unclosed section " + open);
  return outline;
}

using Scopes = std::vector<const Values*>;

Result<void> check(const Outline& outline, Scopes& scopes) {
  for (const std::string& name : outline.variables) {
    const bool known = std::ranges::any_of(scopes, [&](const Values* values) { return values->texts.contains(name); });
    if (!known) return fail(Code::internal, "web.unfilled", name);
  }
  for (const Outline::Section& section : outline.sections) {
    const std::vector<Values>* each = nullptr;
    for (const Values* values : scopes)
      if (const auto found = values->sections.find(section.name); found != values->sections.end()) each = &found->second;
    if (!each) return fail(Code::internal, "web.unfilled", "#" + section.name);
    for (const Values& inside : *each) {
      scopes.push_back(&inside);
      auto good = check(section.inside, scopes);
      scopes.pop_back();
      if (!good) return good;
    }
  }
  return {};
}

}  // namespace

Result<Outline> parse_outline(std::string_view text) { return read_until(text, {}); }

Result<void> check_values(const Outline& outline, const Values& values) {
  Scopes scopes{&values};
  return check(outline, scopes);
}

Values sample_values(const Outline& outline) {
  Values values;
  for (const std::string& name : outline.variables) values.set(name, "value-of-" + name);
  for (const Outline::Section& section : outline.sections) {
    Values inside = sample_values(section.inside);
    // The same section may stand on a page twice: what each asks for goes into one.
    if (auto& each = values.sections[section.name]; each.empty()) {
      each.push_back(std::move(inside));
    } else {
      each.front().texts.merge(inside.texts);
      each.front().sections.merge(inside.sections);
    }
  }
  return values;
}

}  // namespace inkan::web
