#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace inkan::wire {

/// Right is one thing a system of the bank may do at the REST door. None follows from another.
enum class Right {
  read,     ///< holders, certificates, renewal-info, requests
  events,   ///< the feed
  entitle,  ///< put IDs on record, ask for a certificate for them
  issue,    ///< the bulk door: a certificate for an ID that is approved
  revoke,   ///< 失効 and 一時停止, at once
};

std::string_view to_text(Right right);  // "read" …
/// parse_right reads what to_text wrote. Error: `rest.right_unknown`.
Result<Right> parse_right(std::string_view text);

/// RestClient is one system of the bank, known by its client certificate's bytes (docs/decisions/0022).
struct RestClient {
  std::string name;  ///< how the audit trail names it: "rest NAME"
  Digest fingerprint;
  std::set<Right> rights;

  bool may(Right right) const { return rights.contains(right); }
};

/// actor_of is how the audit trail names it: "rest NAME".
std::string actor_of(const RestClient& client);

/// judge_rights refuses what one system must not hold in one hand: who approves certificates does not issue them. Error:
/// `rest.rights`.
Result<void> judge_rights(const std::set<Right>& rights);

}  // namespace inkan::wire
