#include "lifecycle/recovery.hpp"

#include <array>

#include "web/portal/acts.hpp"
#include "web/words.hpp"

// What a holder can do at the portal without a certificate: stop a lost one, and have a code sent by mail (O7, O9, O25). No
// answer here tells whether an ID exists (T9).

namespace inkan::web {
namespace {

const Entry kLost{.page = "lost", .asks_password = true, .asks_sure = true};
const Entry kMailCode{.page = "mail_code", .asks_password = true};
const Entry kStop{.page = "mail_code_stop", .asks_number = true};

bool has_mail_code(const Visit& visit) { return visit.institution().acquisition.allows(lifecycle::RecoveryMethod::mail_code); }

/// refused shows the form again with the words for an Error, or the page for one that the rules do not speak of.
net::Response refused(const Visit& visit, const Entry& entry, const Error& error) {
  struct Known {
    std::string_view id;
    const char* word;
  };
  static constexpr std::array kKnown = {
      Known{"acquisition.refused", "entry.refused"},
      Known{"login.locked", "act.locked"},
      Known{"hold.nothing", "lost.nothing"},
      Known{"acquisition.has_certificate", "acquisition.has_certificate"},
      Known{"acquisition.closed", "acquisition.closed"},
      Known{"acquisition.held", "acquisition.held"},
      Known{"recovery.no_address", "mail_code.no_address"},
      Known{"recovery.unknown", "mail_code_stop.unknown"},
  };
  for (const Known& known : kKnown)
    if (known.id == error.id) return entry_page(visit, entry, error.code == Code::too_many ? 429 : 403, known.word);
  return visit.problem(error);
}

std::string when(const Visit& visit, Instant instant) { return date_and_time(instant, visit.institution().zone); }

}  // namespace

net::Response show_lost(const Visit& visit) { return entry_page(visit, kLost); }

net::Response hold_lost(const Visit& visit) {
  const auto form = net::parse_form(visit.request());
  if (!form) return message(visit, 400, "problem_forbidden");
  Entry entry = kLost;
  entry.typed_id = form->get("login_id");
  entry.last = form->get("knowing") == "yes";
  if (form->get("sure") != "yes") return entry_page(visit, entry, 400, "lost.not_sure");
  const auto held = visit.desk().recovery.hold_lost(visit.institution(), entry.typed_id,
                                                    Secret{std::string(form->get("password"))}, entry.last);
  if (!held && held.error().id == "company.last_administrator") {
    entry.last = true;
    return entry_page(visit, entry, 409);
  }
  if (!held) return refused(visit, entry, held.error());
  return tell(visit, {.page = "lost_held",
                      .facts = {{"fact.login_id", held->holder.login_id},
                                {"fact.serial_tail", serial_tail(held->serial)},
                                {"fact.held_at", when(visit, *held->held_at)}},
                      .links = {{"layout.to_portal", "/"}},
                      .logged_in = false});
}

net::Response show_forgotten(const Visit& visit) { return visit.page(200, "forgotten", {}); }

net::Response show_mail_code(const Visit& visit) {
  return has_mail_code(visit) ? entry_page(visit, kMailCode) : message(visit, 404, "problem_not_found");
}

net::Response ask_mail_code(const Visit& visit) {
  if (!has_mail_code(visit)) return message(visit, 404, "problem_not_found");
  const auto form = net::parse_form(visit.request());
  if (!form) return message(visit, 400, "problem_forbidden");
  Entry entry = kMailCode;
  entry.typed_id = form->get("login_id");
  const auto asked =
      visit.desk().recovery.ask_mail_code(visit.institution(), entry.typed_id, Secret{std::string(form->get("password"))});
  if (!asked) return refused(visit, entry, asked.error());
  return tell(visit, {.page = "mail_code_asked",
                      .facts = {{"fact.sent_at", when(visit, asked->sent_at)}, {"fact.stop_number", asked->stop_number}},
                      .links = {{"mail_code_stop.title", "/acquisition/mail-code/stop"}, {"layout.to_portal", "/"}},
                      .logged_in = false});
}

net::Response show_stop_mail_code(const Visit& visit) {
  return has_mail_code(visit) ? entry_page(visit, kStop) : message(visit, 404, "problem_not_found");
}

net::Response stop_mail_code(const Visit& visit) {
  if (!has_mail_code(visit)) return message(visit, 404, "problem_not_found");
  const auto form = net::parse_form(visit.request());
  if (!form) return message(visit, 400, "problem_forbidden");
  Entry entry = kStop;
  entry.typed_id = form->get("login_id");
  const auto stopped =
      visit.desk().recovery.stop_mail_code(visit.institution(), entry.typed_id, std::string(form->get("number")));
  if (!stopped) return refused(visit, entry, stopped.error());
  return tell(visit, {.page = "mail_code_stopped", .facts = {}, .links = {{"layout.to_portal", "/"}}, .logged_in = false});
}

}  // namespace inkan::web
