#pragma once

#include <fstream>
#include <map>
#include <string>

#include "base/result.hpp"

namespace inkan {

/// load_texts reads the plain TOML of a page catalogue: `[table]` and `key = "text"` lines, no escapes. The server reads the same
/// file with toml++.
inline std::map<std::string, std::string> load_texts(const std::string& path) {
  std::ifstream in(path);
  check(in.good(), "a catalogue: " + path);
  std::map<std::string, std::string> texts;
  std::string table;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      table = line.substr(1, line.size() - 2);
      continue;
    }
    const auto equals = line.find(" = \"");
    check(equals != std::string::npos && line.back() == '"', "a line of a catalogue: " + line);
    const std::string key = table + "." + line.substr(0, equals);
    check(texts.emplace(key, line.substr(equals + 4, line.size() - equals - 5)).second, "a key once: " + key);
  }
  return texts;
}

}  // namespace inkan
