#include "store/statements.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace inkan::store {
namespace {

bool is_storable(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

}  // namespace

std::string select(std::string_view columns, std::string_view rest) { return fmt::format("SELECT {} FROM {}", columns, rest); }

Result<long long> Statements::run(std::string_view sql, std::initializer_list<Value> parameters, const OnRow& on_row) {
  if (failure_) return std::unexpected(*failure_);
  for (const Value& value : parameters)
    if (const auto* text = std::get_if<std::string_view>(&value); text != nullptr && !is_storable(*text)) {
      failure_ = Error{Code::invalid, "store.text", std::string(sql)};
      return std::unexpected(*failure_);
    }
  auto ran = connection_.run(sql, {parameters.begin(), parameters.size()}, on_row);
  if (!ran) failure_ = ran.error();
  return ran;
}

}  // namespace inkan::store
