#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inkan::web {

/// JsonObject writes the few answers that the issue page's script reads (RFC 8259).
class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& texts(std::string_view name, const std::vector<std::string>& values);
  JsonObject& flag(std::string_view name, bool value);
  std::string close() const { return "{" + members_ + "}"; }

 private:
  void name(std::string_view name);
  std::string members_;
};

}  // namespace inkan::web
