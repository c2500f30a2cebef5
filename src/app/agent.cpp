#include "app/agent.hpp"

#include <algorithm>
#include <set>

#include "app/password.hpp"

namespace inkan::app {
namespace {

using State = QuietReport::State;

/// share is a number below `whole` that follows from the digest, evenly.
std::int64_t share(const Digest& digest, std::int64_t whole) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 7; ++i) number = number << 8 | digest.bytes.at(i);
  return whole <= 0 ? 0 : static_cast<std::int64_t>(number % static_cast<std::uint64_t>(whole));
}

/// read_given takes a secret that a store's own address names a file for; nobody is there to type one.
Result<Secret> read_given(const SecretQuestion& question) {
  if (question.source.empty() || question.source == "-") return fail(Code::unauthenticated, "agent.locked", question.name);
  return read_password(question.source);
}

QuietReport failed(const KnownBank& known, const Error& error) { return {.bank = known, .state = State::failed, .error = error}; }

}  // namespace

Instant quiet_time(const Digest& fingerprint, Day opens, int window_days, const Zone& zone) {
  const Instant first = zone.start_of(opens);
  const Instant last = zone.start_of(opens + std::chrono::days{window_days * 2 / 3});
  const auto span = std::chrono::duration_cast<std::chrono::seconds>(last - first);
  return first + std::chrono::seconds{share(sha256(fingerprint.view()), span.count())};
}

std::string_view to_text(State state) {
  switch (state) {
    case State::renewed: return "renewed";
    case State::saved_not_used: return "saved_not_used";
    case State::later: return "later";
    case State::not_agreed: return "not_agreed";
    case State::not_allowed: return "not_allowed";
    case State::failed: return "failed";
  }
  return "failed";
}

Result<Agent::Visit> Agent::visit(const KnownBank& known) const {
  const auto place = parse_place(known.store);
  if (!place) return fail(place);
  auto bank = open_(known.portal, known.trust_pem);
  if (!bank) return fail(bank);
  if (!(*bank)->discovery().quiet || (*bank)->discovery().asks_password) return Visit{std::move(*bank), {}, {}, {}};
  auto store = open_place(*place, disk_, read_given, false);
  if (!store) return fail(store);
  auto lock = (*store)->lock();
  if (!lock) return fail(lock);
  const auto authorities = (*bank)->authorities();
  if (!authorities) return fail(authorities);
  auto candidates = list_store(**store, {}, **bank, *authorities);
  if (!candidates) return fail(candidates);
  std::erase_if(*candidates, [](const Candidate& one) { return one.listed.renewable == Renewable::other_bank; });
  return Visit{std::move(*bank), std::move(*store), std::move(*lock), std::move(*candidates)};
}

QuietReport Agent::judge(const KnownBank& known, Visit& visit, const std::string& login_id, bool renews) const {
  const Discovery& bank = visit.bank->discovery();
  std::vector<Candidate> own;
  bool begun = false;  // what an earlier run began is ended now
  for (const Candidate& candidate : visit.candidates) {
    if (candidate.listed.id != login_id) continue;
    own.push_back(candidate);
    const auto unused = visit.store->is_unused(candidate.certificate);
    const auto pending = visit.store->find_pending(renewal_of(candidate.certificate.fingerprint()));
    if (!unused || !pending) return failed(known, unused ? pending.error() : unused.error());
    begun = begun || *unused || pending->has_value();
  }
  const auto best = choose_renewable(std::move(own));
  if (!best) return failed(known, best.error());
  QuietReport report{.bank = known, .listed = best->listed};
  if (best->listed.opens) {
    report.due = quiet_time(best->certificate.fingerprint(), *best->listed.opens, bank.window_days, bank.zone);
    report.due_day = bank.zone.day_of(*report.due);
  }
  if (!begun && !is_open(best->listed.renewable)) {
    report.state = State::failed;
    report.error = best->listed.refusal.value_or(Error{Code::refused, "certificate.expired", {}});
    return report;
  }
  const bool due = best->listed.renewable == Renewable::yes && report.due && *report.due <= bank.now;
  if (!renews || (!begun && !due)) return report;

  const Questions nobody{.password = [] { return fail(Code::refused, "agent.locked"); },
                         .agree = [](const Listed&, const Taken*) { return true; }};
  const auto outcome = renew(*visit.bank, *visit.store, {.login_id = login_id, .serial = {}}, nobody, [](Step) {});
  if (!outcome) {
    report.state = State::failed;
    report.error = outcome.error();
    return report;
  }
  report.listed = outcome->certificate;
  report.error = outcome->trial;
  switch (outcome->kind) {
    case Outcome::Kind::done: report.state = State::renewed; break;
    case Outcome::Kind::saved_not_used: report.state = State::saved_not_used; break;
    case Outcome::Kind::nothing_to_do: break;
  }
  return report;
}

std::vector<QuietReport> Agent::look(const KnownBank& known, bool renews) const {
  auto visited = visit(known);
  if (!visited) return {failed(known, visited.error())};
  if (!visited->store) return {{.bank = known, .state = State::not_allowed}};
  std::set<std::string> ids;
  for (const Candidate& candidate : visited->candidates) ids.insert(candidate.listed.id);
  std::vector<QuietReport> reports;
  for (const std::string& id : ids) reports.push_back(judge(known, *visited, id, renews));
  if (reports.empty()) reports.push_back(failed(known, {Code::not_found, "certificate.not_here", {}}));
  return reports;
}

Result<std::vector<QuietReport>> Agent::offers() {
  const auto banks = banks_.all();
  if (!banks) return fail(banks);
  std::vector<QuietReport> reports;
  for (const KnownBank& known : *banks) std::ranges::move(look(known, false), std::back_inserter(reports));
  return reports;
}

Result<std::vector<QuietReport>> Agent::run() {
  const auto banks = banks_.all();
  if (!banks) return fail(banks);
  std::vector<QuietReport> reports;
  for (const KnownBank& known : *banks) {
    if (known.quiet == Quiet::yes)
      std::ranges::move(look(known, true), std::back_inserter(reports));
    else
      reports.push_back({.bank = known, .state = State::not_agreed});
  }
  return reports;
}

}  // namespace inkan::app
