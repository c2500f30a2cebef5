#include "app/link.hpp"

#include <algorithm>

namespace inkan::app {
namespace {

constexpr std::string_view kScheme = "inkan:";
constexpr std::size_t kLongestInstitution = 63;  // a host label
constexpr std::size_t kTransaction = 32;         // 128 bits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLongestInstitution && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_small(c) || is_digit(c) || c == '-'; });
}

bool is_transaction(std::string_view text) {
  return text.size() == kTransaction && std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<Link> parse_link(std::string_view text) {
  if (!text.starts_with(kScheme)) return fail(Code::invalid, "link.malformed");
  const std::string_view rest = text.substr(kScheme.size());
  // A host, a port, a user, a query: none of them has a place here, and whoever put one in meant another server.
  if (rest.starts_with("/") || rest.find_first_of(".:@?#%\\") != std::string_view::npos)
    return fail(Code::invalid, "link.address");
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return fail(Code::invalid, "link.malformed");
  const std::string_view institution = rest.substr(0, slash);
  const std::string_view transaction = rest.substr(slash + 1);
  if (!is_label(institution) || !is_transaction(transaction)) return fail(Code::invalid, "link.malformed");
  return Link{std::string(institution), std::string(transaction)};
}

}  // namespace inkan::app
