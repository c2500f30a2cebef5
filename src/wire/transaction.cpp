#include "wire/transaction.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "lifecycle/handover.hpp"
#include "wire/est.hpp"
#include "wire/problem.hpp"
#include "wire/rest_json.hpp"

namespace inkan::wire {
namespace {

constexpr std::size_t kIdLength = 32;  // 128 bits, hexadecimal

bool is_id(std::string_view text) {
  return text.size() == kIdLength &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// questions_of are the profile's questions before the act, in their order; "file" belongs to the way by a file alone.
boost::json::array questions_of(const lifecycle::Institution& institution, Day today) {
  boost::json::array questions;
  for (const std::string& one : split(find_screen(institution, "issue.asks", today).value_or("key request"), ' '))
    if (one != "file") questions.emplace_back(one);
  return questions;
}

}  // namespace

Result<std::optional<std::string>> parse_transaction_field(const net::Request& request) {
  if (request.headers.count(kTransactionField) == 0) return std::optional<std::string>();
  const auto value = request.headers.find(kTransactionField);
  if (request.headers.count(kTransactionField) > 1 || !value || !is_id(*value))
    return fail(Code::invalid, "transaction.malformed");
  return std::optional<std::string>(*value);
}

net::Response serve_transaction(const DoorOptions& options, const lifecycle::Institution& institution, const std::string& id,
                                const net::Request& request) {
  Rng& rng = options.services.rng;
  const auto verdict = judge_shown(options, institution, request);
  if (!verdict) return make_problem(verdict.error(), rng);
  if (!is_id(id)) return make_problem(404, "transaction.unknown");
  const auto taken = lifecycle::take_over(options.services, institution, request.peer.fingerprint, id);
  if (!taken) return make_problem(taken.error(), rng);
  const Instant now = options.services.clock.now();
  const Day today = institution.zone.day_of(now);
  const std::string form = find_screen(institution, "form", today).value_or("literal");
  const Day renewed = lifecycle::renewed_expiry(institution, now, taken->present.expiry_day);
  return make_json(200, {{"transaction", taken->ticket.id},
                         {"form", form},
                         {"asks", questions_of(institution, today)},
                         {"login_id", taken->holder.id.login_id},
                         {"expiry_day", to_iso(taken->present.expiry_day)},
                         {"new_expiry_day", to_iso(renewed)}});
}

}  // namespace inkan::wire
