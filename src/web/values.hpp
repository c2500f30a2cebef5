#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace inkan::web {

/// Values is what a page is filled with: texts for `{{name}}`, and for `{{#name}}` how often the section stands, each time with
/// values of its own.
struct Values {
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<Values>> sections;

  Values& set(const std::string& name, std::string text) {
    texts[name] = std::move(text);
    return *this;
  }
  /// show puts a section on the page, or says that it is not there.
  Values& show(const std::string& name, bool there) {
    sections[name] = std::vector<Values>(there ? 1 : 0);
    return *this;
  }
  Values& repeat(const std::string& name, std::vector<Values> each) {
    sections[name] = std::move(each);
    return *this;
  }
};

}  // namespace inkan::web
