#include "wire/credentials.hpp"

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace inkan::wire {

Result<std::optional<Credentials>> parse_credentials(const net::Request& request) {
  const auto malformed = [] { return fail(Code::invalid, "credentials.malformed"); };
  if (request.headers.count("Authorization") > 1) return malformed();
  const auto field = request.find_header("Authorization");
  if (!field) return std::optional<Credentials>();
  const auto space = field->find(' ');
  if (!net::same_name(field->substr(0, space), "Basic")) return std::optional<Credentials>();
  if (space == std::string_view::npos) return malformed();
  const auto decoded = parse_base64(trim(field->substr(space + 1)));
  if (!decoded) return malformed();
  const std::string_view text = as_text(*decoded);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_plain_text(text)) return malformed();
  return Credentials{std::string(text.substr(0, colon)), Secret(std::string(text.substr(colon + 1)))};
}

PasswordAndCode split_code(const Secret& typed) {
  const std::string_view text = typed.reveal();
  const auto space = text.rfind(' ');
  if (space == std::string_view::npos) return {Secret(std::string(text)), Secret()};
  return {Secret(std::string(text.substr(0, space))), Secret(std::string(text.substr(space + 1)))};
}

}  // namespace inkan::wire
