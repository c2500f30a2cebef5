#include "web/portal/json.hpp"

#include <fmt/format.h>

namespace inkan::web {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + "\"";
}

}  // namespace

void JsonObject::name(std::string_view name) { members_ += (members_.empty() ? "" : ",") + quoted(name) + ":"; }

JsonObject& JsonObject::text(std::string_view key, std::string_view value) {
  name(key);
  members_ += quoted(value);
  return *this;
}

JsonObject& JsonObject::texts(std::string_view key, const std::vector<std::string>& values) {
  name(key);
  std::string items;
  for (const std::string& value : values) items += (items.empty() ? "" : ",") + quoted(value);
  members_ += "[" + items + "]";
  return *this;
}

JsonObject& JsonObject::flag(std::string_view key, bool value) {
  name(key);
  members_ += value ? "true" : "false";
  return *this;
}

}  // namespace inkan::web
