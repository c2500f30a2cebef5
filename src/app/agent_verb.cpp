#include "app/agent_verb.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/desktop_tool.hpp"
#include "app/output.hpp"
#include "app/timer.hpp"

namespace inkan::app {
namespace {

using State = QuietReport::State;

constexpr int kPartly = 10;

std::string question_of(const Words& say) { return say("自動で更新しますか？", "Renew by itself?"); }

/// terms_of is what a person agrees to.
std::string terms_of(const std::string& whose, const Words& say) {
  return fmt::format(
      fmt::runtime(say(
          "{}"
          "\n更新期間になると、確認の画面を出さずに新しい鍵を作り、電子証明書を更新します。更新したときは画面でお知らせします。\n"
          "いつでも取り消せます: inkan-app agent --withdraw\n",
          "{}\nIn the window a new key is made and the certificate renewed without a question; a notice says when it "
          "was.\nTake it back at any time: inkan-app agent --withdraw\n")),
      whose);
}

bool is_offer(const QuietReport& report) { return report.state == State::later; }

void notify_of(const std::vector<QuietReport>& reports, const Words& say) {
  for (const QuietReport& report : reports) {
    std::string line = show_quiet({report}, say);
    if (line.ends_with('\n')) line.pop_back();
    if (report.state == State::renewed) notify(say("電子証明書を更新しました", "Certificate renewed"), line);
    // What may be better tomorrow is shown once the time for it gets short.
    const bool passing = report.error && (report.error->code == Code::unavailable || report.error->code == Code::too_many);
    const bool short_of_time = report.listed && report.due && report.listed->opens &&
                               report.listed->remaining * 3 <= days_between(*report.listed->opens, report.listed->expiry_day);
    const bool failed = report.state == State::failed || report.state == State::saved_not_used;
    if (failed && (!passing || short_of_time))
      notify(say("電子証明書を自動で更新できませんでした", "A certificate could not be renewed by itself"), line);
  }
}

int status_of(const std::vector<QuietReport>& reports) {
  const auto is = [](State state) { return [state](const QuietReport& one) { return one.state == state; }; };
  const auto failure = std::ranges::find_if(reports, is(State::failed));
  if (std::ranges::any_of(reports, is(State::saved_not_used))) return kPartly;
  if (failure == reports.end()) return 0;
  return std::ranges::any_of(reports, is(State::renewed)) ? kPartly : exit_status(*failure->error);
}

/// consent asks for all stores that can do it at once.
Result<AgentAnswer> consent(bool json, Disk& disk, const OpenBank& open, const Words& say, const Consent& agreed) {
  Banks banks(disk, Banks::default_file());
  const auto offers = Agent(disk, banks, open).offers();
  if (!offers) return fail(offers);
  std::vector<QuietReport> possible = *offers;
  std::erase_if(possible, [](const QuietReport& one) { return !is_offer(one); });
  if (possible.empty()) {
    const auto failure = std::ranges::find(*offers, State::failed, &QuietReport::state);
    if (failure != offers->end()) return std::unexpected<Error>(*failure->error);
    return fail(Code::refused, "agent.not_offered");
  }
  if (!agreed(terms_of(show_quiet(*offers, say), say), question_of(say))) return fail(Code::refused, "agent.declined");
  for (const QuietReport& one : possible)
    if (auto kept = banks.set_quiet(one.bank, Quiet::yes); !kept) return fail(kept);
  if (auto started = start_timer(disk); !started) return fail(started);
  return AgentAnswer{json ? quiet_to_json(*offers)
                          : say("自動更新を始めました。取り消すには inkan-app agent --withdraw\n",
                                "Quiet renewal is on. To take it back: inkan-app agent --withdraw\n"),
                     0};
}

Result<AgentAnswer> withdraw(bool json, Disk& disk, const Words& say) {
  Banks banks(disk, Banks::default_file());
  const auto all = banks.all();
  if (!all) return fail(all);
  stop_timer();
  for (const KnownBank& known : *all)
    if (known.quiet == Quiet::yes)
      if (auto kept = banks.set_quiet(known, Quiet::no); !kept) return fail(kept);
  return AgentAnswer{json ? quiet_to_json({})
                          : say("自動更新を取り消しました。更新は画面またはコマンドで行ってください。\n",
                                "Quiet renewal is off. Renew in the window or with the command.\n"),
                     0};
}

}  // namespace

Result<AgentAnswer> run_agent(const AgentOrder& order, bool json, Disk& disk, const OpenBank& open, const Words& say,
                              const Consent& agreed) {
  if (order.withdraw) return withdraw(json, disk, say);
  if (order.consent) return consent(json, disk, open, say, agreed);
  const auto reports = Agent(disk, Banks(disk, Banks::default_file()), open).run();
  if (!reports) return fail(reports);
  if (order.notify) notify_of(*reports, say);
  return AgentAnswer{json ? quiet_to_json(*reports) : show_quiet(*reports, say), status_of(*reports)};
}

Result<void> set_quiet(const KnownBank& known, bool yes, Disk& disk) {
  Banks banks(disk, Banks::default_file());
  if (auto set = banks.set_quiet(known, yes ? Quiet::yes : Quiet::no); !set) return set;
  if (yes) return start_timer(disk);
  const auto all = banks.all();
  if (!all) return fail(all);
  if (std::ranges::find(*all, Quiet::yes, &KnownBank::quiet) == all->end()) stop_timer();
  return {};
}

Result<void> offer_quiet(const Discovery& bank, const std::string& trust_pem, const std::string& store, Disk& disk,
                         const Words& say, const Consent& agreed) {
  const auto place = parse_place(store);
  if (!bank.quiet || bank.asks_password || !place || place->kind == Place::Kind::p12) return {};
  const KnownBank known = known_as(bank, trust_pem, *place, store);
  Banks banks(disk, Banks::default_file());
  const auto all = banks.all();
  if (!all) return fail(all);
  const auto kept = std::ranges::find_if(
      *all, [&](const KnownBank& one) { return one.institution == known.institution && one.store == known.store; });
  if (kept == all->end() || kept->quiet != Quiet::unasked) return {};
  return set_quiet(known, agreed(terms_of(known.name, say), question_of(say)), disk);
}

}  // namespace inkan::app
