#include "base/base64url.hpp"

#include <algorithm>

namespace inkan {

std::string to_base64url(ByteView bytes) {
  std::string text = to_base64(bytes);
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

Result<Bytes> parse_base64url(std::string_view text) {
  if (text.find_first_of("+/= \t\r\n") != std::string_view::npos) return fail(Code::invalid, "base64.malformed");
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return parse_base64(standard);
}

}  // namespace inkan
