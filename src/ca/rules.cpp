#include "ca/rules.hpp"

#include <algorithm>
#include <string_view>

namespace inkan::ca {
namespace {

/// kLongestValue is X.520's upper bound of 64 characters in UTF-8; it also bounds the time that matches takes.
constexpr std::size_t kLongestValue = 256;

/// matches holds a text against a pattern in which `{word}` stands for any text: what is fixed must be there in its order, and
/// its ends at the text's ends.
bool matches(std::string_view pattern, std::string_view text) {
  const auto open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == text;
  const std::string_view fixed = pattern.substr(0, open);
  const auto close = pattern.find('}', open);
  if (close == std::string_view::npos || !text.starts_with(fixed)) return false;
  pattern.remove_prefix(close + 1);
  text.remove_prefix(fixed.size());
  if (pattern.empty()) return true;
  for (std::size_t taken = 0; taken <= text.size(); ++taken)
    if (matches(pattern, text.substr(taken))) return true;
  return false;
}

}  // namespace

bool fits(const std::vector<pki::NamePart>& pattern, const std::vector<pki::NamePart>& name) {
  return !pattern.empty() && std::ranges::equal(pattern, name, [](const pki::NamePart& wanted, const pki::NamePart& is) {
    return wanted.type == is.type && is.value.size() <= kLongestValue && matches(wanted.value, is.value);
  });
}

bool ends_by_the_calendar(const HolderRules& rules, Instant made, Instant not_after) {
  const Day last = rules.zone.day_of(not_after);
  const Day year = one_year_after(rules.zone.day_of(made));
  return not_after == rules.zone.end_of(last) && last >= year && last <= year + std::chrono::days{rules.carry_over_days};
}

Findings judge_crl(const CrlOrder& order, const Authority& authority, unsigned long long last, Instant now) {
  Findings findings;
  hold(findings, order.shard <= authority.addresses.crl_shards, "crl.shard", "promises.md I8", "the authority has no such shard");
  const bool its_own = order.shard == 0 || std::ranges::all_of(order.revoked, [&](const auto& each) {
                         return shard_of(authority, each.serial) == order.shard;
                       });
  hold(findings, its_own, "crl.entry.shard", "RFC 5280 5.2.5", "an entry of another shard");
  hold(findings, order.number > last, "crl.number", "RFC 5280 5.2.3; promises.md I8", "not above the last number signed");
  hold(findings, order.this_update <= now + kSkew && order.this_update >= now - kLongestAct, "crl.this_update", "promises.md I8",
       "not made now");
  hold(findings, order.next_update > order.this_update && order.next_update - order.this_update <= kLongestListLife,
       "crl.next_update", "promises.md O4", "it lives for longer than a week");
  const bool past = std::ranges::all_of(order.revoked, [&](const auto& each) { return each.revoked_at <= now + kSkew; });
  hold(findings, past, "crl.revoked_at", "RFC 5280 5.3", "a revocation in the future");
  return findings;
}

Findings judge_ocsp(const OcspOrder& order, Instant now) {
  Findings findings;
  hold(findings, order.produced_at <= now + kSkew && order.this_update >= now - kLongestAct, "ocsp.this_update",
       "RFC 6960 4.2.2.1", "not made now");
  hold(findings, order.next_update - order.this_update <= kLongestAnswerLife, "ocsp.next_update", "promises.md O3",
       "it lives for longer than ten days");
  return findings;
}

}  // namespace inkan::ca
