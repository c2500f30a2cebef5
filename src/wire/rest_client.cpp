#include "wire/rest_client.hpp"

#include <array>

namespace inkan::wire {
namespace {

constexpr std::array kRights = {Right::read, Right::events, Right::entitle, Right::issue, Right::revoke};

}  // namespace

std::string_view to_text(Right right) {
  switch (right) {
    case Right::read: return "read";
    case Right::events: return "events";
    case Right::entitle: return "entitle";
    case Right::issue: return "issue";
    case Right::revoke: return "revoke";
  }
  return "";
}

Result<Right> parse_right(std::string_view text) {
  for (const Right right : kRights)
    if (to_text(right) == text) return right;
  return fail(Code::invalid, "rest.right_unknown", std::string(text));
}

std::string actor_of(const RestClient& client) { return "rest " + client.name; }

Result<void> judge_rights(const std::set<Right>& rights) {
  if (rights.contains(Right::entitle) && rights.contains(Right::issue))
    return fail(Code::invalid, "rest.rights", "entitle and issue do not go together: one machine alone would make certificates");
  return {};
}

}  // namespace inkan::wire
