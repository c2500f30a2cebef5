#include "ca/term.hpp"

#include <algorithm>

#include "ca/rules.hpp"

namespace inkan::ca {

Term term_of(Instant now, int years) {
  const Instant start = now - kBackdate;
  const auto day = std::chrono::floor<std::chrono::days>(start);
  std::chrono::year_month_day date{day};
  date += std::chrono::years{years};
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return {start, std::chrono::sys_days{date} + (start - day) - std::chrono::seconds{1}};
}

Term within(Term term, const pki::Certificate& issuer) {
  return {std::max(term.not_before, issuer.not_before()), std::min(term.not_after, issuer.not_after())};
}

}  // namespace inkan::ca
