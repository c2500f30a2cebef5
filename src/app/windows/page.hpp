#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/secret.hpp"

namespace inkan::app {

/// Typed is what stands in a page's fields, in their order, and the row that is chosen in its list (-1: none).
struct Typed {
  std::vector<Secret> fields;
  int row = -1;

  std::string text(std::size_t field) const { return std::string(fields.at(field).reveal()); }
};

/// Page is one screen of the window as a value: its permanent number (docs/screens.md), what it says, what it asks, its buttons.
struct Page {
  enum class Kind { text, heading, notice, field, secret, list, waiting };
  struct Part {
    Kind kind = Kind::text;
    std::string text;                    ///< of a field or list: its label, "パスワード(&P)"
    std::string value = {};              ///< of a field
    std::vector<std::string> rows = {};  ///< of a list
  };
  struct Act {
    std::string label;
    std::function<void(Typed)> press;
  };

  std::string code;
  std::string title;
  std::vector<Part> parts;
  std::vector<Act> acts;  ///< Enter presses the first, Escape the last
};

}  // namespace inkan::app
