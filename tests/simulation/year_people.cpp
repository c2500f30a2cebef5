// What people do on a day, with what probability, and what the model is told of it.

#include <fmt/format.h>

#include "simulation/year.hpp"

namespace inkan::simulation {
namespace {

using lifecycle::CodePurpose;
using lifecycle::ComputerChange;
using lifecycle::RequestAct;

const Secret kPassword("password-1");

}  // namespace

template <class T>
bool Year::went(const Result<T>& result, const char* what, Id who) {
  ++counts_[what];
  if (result) return true;
  const Person& person = model_.people[who];
  complain(fmt::format("{}/{} ({}): {} was refused: {} {}", person.institution, person.login_id,
                       to_text(model_.state(person, today())), what, result.error().id, result.error().detail));
  return false;
}

template <class T>
void Year::refused(const Result<T>& result, const std::string& id, const char* what, Id who) {
  ++counts_["refusals"];
  const Person& person = model_.people[who];
  if (result || result.error().id != id)
    complain(fmt::format("{}/{} ({}): {} should be refused as {}, got {}", person.institution, person.login_id,
                         to_text(model_.state(person, today())), what, id, result ? "yes" : result.error().id));
}

void Year::act(Id who) {
  Person& person = model_.people[who];
  const State state = model_.state(person, today());
  if (chance(0.002)) try_what_must_fail(who, state);
  Hand& hand = hands_[who];
  if (!hand.code.empty() && bank_.clock.now() >= hand.code_until) hand.code.clear();
  switch (state) {
    case State::none: return fetch_first(who);
    case State::active:
    case State::unconfirmed:
    case State::renewable: return live_with_valid(who, state);
    case State::suspended: return release(who);
    case State::grace: return take_after_expiry(who);
    case State::closed:
    case State::revoked: return ask_reissue(who);
    case State::superseded: return complain(person.login_id + " is superseded by nothing");
  }
}

/// keep_code takes a code to hand. What it opens ends it, too: the grace days or the bank's approval.
void Year::keep_code(Id who, const std::string& code, Instant until) {
  Hand& hand = hands_[who];
  hand.code = code;
  hand.purpose = CodePurpose::certificate;
  hand.code_until = std::min<Instant>(until, at(who).zone.end_of(model_.last_fetch(model_.people[who])));
}

/// fetch_first: an approved ID gets its code from the bank or from an administrator; past the deadline the bank approves anew.
void Year::fetch_first(Id who) {
  Person& person = model_.people[who];
  Hand& hand = hands_[who];
  if (hand.code.empty()) {
    const bool in_time = model_.may_fetch(person, today());
    if (bank_.clock.now() > *parse_rfc3339("2026-10-31T00:00:00Z") && !chance(0.03)) return;
    const auto other = in_time && chance(0.3) ? colleague(who) : std::nullopt;
    const auto logged_in = other ? session(*other) : std::nullopt;
    if (logged_in) {
      const auto code = company_.allow_reissue(at(who), *logged_in, person.login_id, kPassword);
      if (!went(code, "codes of an administrator", who)) return;
      keep_code(who, *code, bank_.clock.now() + std::chrono::days{model_.policy(person).code_days});
      model_.tell(person, "code_released");
    } else {
      // Two persons of the bank; the code comes by mail or by post, in the evening.
      if (!two_persons(who, RequestAct::first)) return;
      model_.approve(person, today());
      model_.send_bank_code(person);
      if (person.main.empty()) open_post(who);
      if (living_) return;
      post();
    }
    if (chance(0.3)) return;  // another day
  }
  acquire(who, hand.code, {}, "issued");
}

/// acquire is 電子証明書取得 through the page: every fourth person loses the file before it is saved and makes it anew.
void Year::acquire(Id who, const std::string& code, const std::optional<Digest>& shown, const std::string& letter) {
  Person& person = model_.people[who];
  auto opened = bank_.enrolment.open_acquisition(at(who), person.login_id, kPassword, Secret(code), shown);
  if (!went(opened, "acquisitions", who)) return;
  hands_[who].code.clear();
  model_.take_another_way(person);
  for (bool again = chance(0.25);; again = false) {
    const auto issued = bank_.enrolment.submit(at(who), opened->ticket.id, make_request(), "holder");
    if (!went(issued, "issued", who)) return;
    model_.issue(person, issued->serial.hex(), today(), letter);
    hands_[who].fingerprints.push_back(*issued->fingerprint);
    if (!again) break;
    if (!went(bank_.enrolment.make_anew(at(who), opened->ticket.id, "holder"), "made anew", who)) return;
    model_.make_anew(person);
  }
  if (chance(0.8)) log_in(who);
}

void Year::log_in(Id who) {
  Person& person = model_.people[who];
  const auto index = static_cast<std::size_t>(model_.counting(person) - person.certificates.data());
  const auto opened = bank_.login.open(at(who), hands_[who].fingerprints[index], kPassword);
  if (went(opened, "logins", who)) model_.use(person);
}

std::optional<lifecycle::LoggedIn> Year::session(Id who) {
  Person& person = model_.people[who];
  const auto index = static_cast<std::size_t>(model_.counting(person) - person.certificates.data());
  auto opened = bank_.login.open(at(who), hands_[who].fingerprints[index], kPassword);
  if (!went(opened, "logins", who)) return {};
  model_.use(person);
  return std::move(opened->logged_in);
}

std::optional<Year::Id> Year::colleague(Id who, const std::string& not_this) {
  const Person& person = model_.people[who];
  for (const Id other : companies_.at(person.institution + person.company)) {
    const Person& them = model_.people[other];
    if (other == who || !them.administrator || them.login_id == not_this) continue;
    if (model_.may_log_in(model_.state(them, today()))) return other;
  }
  return {};
}

void Year::live_with_valid(Id who, State state) {
  Person& person = model_.people[who];
  if (state == State::unconfirmed) {
    if (chance(person.certificates.back().expiry.time_since_epoch().count() % 17 == 0 ? 0.002 : 0.4)) log_in(who);
  } else if (state == State::renewable && chance(0.06)) {
    renew(who);
  } else if (chance(0.01)) {
    mute(who);
  } else if (chance(0.001)) {
    change_computer(who);
  } else if (chance(0.002)) {
    lose_or_end(who);
  }
}

/// mute: enough of the reminders that the profile adds, or again not enough of them (O18).
void Year::mute(Id who) {
  const auto logged_in = session(who);
  if (!logged_in) return;
  const bool muted = !model_.counting(model_.people[who])->muted;
  if (went(bank_.notices.set_mute(at(who), *logged_in, muted), "mutes", who)) model_.mute(model_.people[who], muted);
}

void Year::renew(Id who) {
  Person& person = model_.people[who];
  const auto index = static_cast<std::size_t>(model_.counting(person) - person.certificates.data());
  const Digest shown = hands_[who].fingerprints[index];
  const auto opened = bank_.enrolment.open_renewal(at(who), shown, {});
  if (!went(opened, "renewals", who)) return;
  model_.take_another_way(person);
  for (bool again = chance(0.15);; again = false) {
    const auto issued = bank_.enrolment.submit(at(who), opened->ticket.id, make_request(), "holder");
    if (!went(issued, "issued", who)) return;
    model_.issue(person, issued->serial.hex(), today(), "renewed");
    hands_[who].fingerprints.push_back(*issued->fingerprint);
    if (!again) break;
    if (!went(bank_.enrolment.make_anew(at(who), opened->ticket.id, "holder"), "made anew", who)) return;
    model_.make_anew(person);
  }
  if (chance(0.8)) log_in(who);
}

/// lose_or_end: 一時停止 by oneself at night, by an administrator, by the bank; 失効 by each of them and by the operator.
void Year::lose_or_end(Id who) {
  Person& person = model_.people[who];
  const auto& staff = staff_.at(person.institution);
  const auto on_duty = [&]() -> std::optional<lifecycle::StaffOnDuty> {
    auto opened = desk_.open(at(who), staff.first.certificate.fingerprint(), Secret("staff-password"));
    if (!went(opened, "logins of the desk", who)) return {};
    return std::move(opened->on_duty);
  };
  const double what = static_cast<double>(dice_() % 1000) / 1000;
  const auto other = colleague(who);
  if (what < 0.3) {
    if (went(recovery_.hold_lost(at(who), person.login_id, kPassword, true), "held", who))
      model_.hold(person, person.login_id, today());
  } else if (what < 0.5 && other) {
    const auto logged_in = session(*other);
    if (logged_in && went(company_.hold(at(who), *logged_in, person.login_id, true), "held", who))
      model_.hold(person, model_.people[*other].login_id, today());
  } else if (what < 0.7) {
    const auto clerk = on_duty();
    if (clerk && went(desk_.hold(*clerk, at(who), person.login_id, "紛失の電話", true), "held", who))
      model_.hold(person, "staff", today());
  } else if (what < 0.8) {
    const auto clerk = on_duty();
    if (clerk &&
        went(desk_.revoke(*clerk, at(who), person.login_id, pki::RevocationReason::key_compromise, "盗難", true), "revoked", who))
      model_.revoke(person);
  } else if (what < 0.9 && other) {
    const auto logged_in = session(*other);
    if (logged_in &&
        went(company_.revoke(at(who), *logged_in, person.login_id, pki::RevocationReason::unspecified, true), "revoked", who))
      model_.revoke(person);
  } else {
    const auto serial = pki::SerialNumber::parse_hex(model_.counting(person)->serial);
    const auto ended =
        bank_.holders.revoke(at(who).authority, *serial, pki::RevocationReason::cessation_of_operation, "operator", true);
    if (went(ended, "revoked", who)) model_.revoke_counting(person);
  }
  hands_[who].code.clear();
}

/// change_computer: a code from whom the profile says, typed on the new PC within the hour (O11).
void Year::change_computer(Id who) {
  Person& person = model_.people[who];
  if (model_.has_unused(person)) return;
  std::string code;
  if (at(who).acquisition.computer_change == ComputerChange::self) {
    const auto logged_in = session(who);
    if (!logged_in) return;
    const auto made = recovery_.make_computer_code(at(who), *logged_in, kPassword);
    if (!went(made, "codes for another PC", who)) return;
    model_.tell(person, "computer_change");
    code = *made;
  } else {
    const auto other = colleague(who);
    const auto logged_in = other ? session(*other) : std::nullopt;
    if (!logged_in) return;
    const auto made = company_.allow_reissue(at(who), *logged_in, person.login_id, kPassword);
    if (at(who).acquisition.computer_change == ComputerChange::staff)
      return refused(made, "company.bank_only", "a code for another PC", who);
    if (!went(made, "codes for another PC", who)) return;
    model_.tell(person, "code_released");
    code = *made;
  }
  acquire(who, code, {}, "acquired");
}

/// release: a second administrator where the company or the person held it, two persons of the bank everywhere.
void Year::release(Id who) {
  Person& person = model_.people[who];
  if (!chance(0.06)) return;
  const auto other = person.held_by == "staff" ? std::nullopt : colleague(who, person.held_by);
  if (other) {
    const auto logged_in = session(*other);
    if (logged_in && went(company_.release(at(who), *logged_in, person.login_id), "released", who)) model_.release(person);
  } else if (two_persons(who, RequestAct::release)) {
    model_.release(person);
  }
}

bool Year::two_persons(Id who, RequestAct act) {
  const Person& person = model_.people[who];
  const auto& [clerk, approver] = staff_.at(person.institution);
  const auto draft = desk_.draft(at(who), {person.institution, clerk.login_id},
                                 {.act = act, .login_id = person.login_id, .identity_check = "届出印", .call_back = "代表番号"});
  if (!went(draft, "requests", who)) return false;
  const auto asked =
      desk_.ask(at(who), *draft, {.by = clerk.login_id, .signature = clerk.sign(lifecycle::statement_of(at(who), *draft))});
  if (!went(asked, "requests asked", who)) return false;
  const auto done = desk_.approve(at(who), asked->number,
                                  {.by = approver.login_id, .signature = approver.sign(lifecycle::decision_of(at(who), *asked))});
  return went(done, "requests approved", who);
}

/// take_after_expiry takes one of the ways that the profile opens in the grace days (O7).
void Year::take_after_expiry(Id who) {
  Person& person = model_.people[who];
  Hand& hand = hands_[who];
  const Policy& policy = model_.policy(person);
  if (!hand.code.empty()) {
    if (chance(0.7)) acquire(who, hand.code, {}, "acquired");
    return;
  }
  if (!chance(0.03)) return;
  const Certificate* certificate = model_.counting(person);
  const auto index = static_cast<std::size_t>(certificate - person.certificates.data());
  if (policy.old_key && certificate->used && chance(0.5)) {
    acquire(who, "", hand.fingerprints[index], "acquired");
  } else if (policy.password) {
    acquire(who, "", {}, "acquired");
  } else if (policy.mail_code && chance(0.6)) {
    const auto asked = recovery_.ask_mail_code(at(who), person.login_id, kPassword);
    // On the last of the grace days it would come when nothing is left to open.
    if (model_.last_fetch(person) == today()) return refused(asked, "acquisition.closed", "a code by mail, too late", who);
    if (person.main.empty()) return refused(asked, "recovery.no_address", "a code by mail", who);
    if (!went(asked, "codes by mail", who) || person.mail_code_at) return;
    model_.ask_mail_code(person, bank_.clock.now());
  } else if (const auto other = colleague(who); policy.code && other) {
    const auto logged_in = session(*other);
    if (!logged_in) return;
    const auto code = company_.allow_reissue(at(who), *logged_in, person.login_id, kPassword);
    if (!went(code, "codes of an administrator", who)) return;
    model_.release_code(person);
    model_.tell(person, "code_released");
    keep_code(who, *code, bank_.clock.now() + std::chrono::days{policy.code_days});
  }
}

/// ask_reissue: after revocation, or past the grace days, two persons of the bank, and the code goes to the registered address,
/// or by post to an ID without one.
void Year::ask_reissue(Id who) {
  Person& person = model_.people[who];
  Hand& hand = hands_[who];
  if (!hand.code.empty() && model_.may_fetch(person, today())) {
    if (chance(0.3)) acquire(who, hand.code, {}, "acquired");
    return;
  }
  if (!chance(0.05)) return;
  if (!two_persons(who, RequestAct::reissue)) return;
  model_.approve(person, today());
  model_.send_bank_code(person);
  if (person.main.empty()) open_post(who);
}

/// open_post: the printer opens what is sealed for it, prints, and the post brings it.
void Year::open_post(Id who) {
  const auto letters = bank_.outbox.sealed(at(who), 10);
  if (!letters || letters->size() != 1) return complain("one sealed letter was due");
  const auto sealed = parse_base64(letters->front().body);
  lifecycle::Letter letter = letters->front();
  letter.body = sealed ? printer_.open(*sealed) : std::string();
  take_code(who, letter);
  if (!bank_.outbox.settle_printed(letters->front(), "operator")) complain("a sealed letter could not be settled");
}

void Year::try_what_must_fail(Id who, State state) {
  const Person& person = model_.people[who];
  const auto& prints = hands_[who].fingerprints;
  const Certificate* certificate = model_.counting(person);
  const auto print = certificate
                         ? std::optional<Digest>(prints[static_cast<std::size_t>(certificate - person.certificates.data())])
                         : std::nullopt;
  const auto take = [&] { return bank_.enrolment.open_acquisition(at(who), person.login_id, kPassword, Secret(""), print); };
  if (model_.may_log_in(state)) {
    if (state == State::active) refused(bank_.enrolment.open_renewal(at(who), print, {}), "renewal.not_yet", "a renewal", who);
    if (state != State::unconfirmed) refused(take(), "acquisition.has_certificate", "an acquisition", who);
    return;
  }
  refused(bank_.login.open(at(who), print, kPassword), "login.certificate", "a login", who);
  refused(bank_.enrolment.open_renewal(at(who), print, {}), "login.certificate", "a renewal", who);
  if (person.acquirable && model_.may_fetch(person, today())) return refused(take(), "acquisition.refused", "no code", who);
  if (state == State::closed || state == State::revoked) {
    const bool older = model_.has_unused(person);
    if (!older) refused(take(), "acquisition.closed", "an acquisition", who);
  }
  if (state == State::suspended) refused(take(), "acquisition.held", "an acquisition", who);
}

/// bounce: some of yesterday's letters come back, some of them twice.
void Year::bounce() {
  for (const lifecycle::Letter& letter : to_bounce_) {
    const Id who = by_login_.at(letter.holder.institution + "/" + letter.holder.login_id);
    for (int times = chance(0.3) ? 2 : 1; times > 0; --times)
      went(contacts_.record_bounce(
               {.letter = letter.id, .recipient = letter.to, .hard = true, .status = "5.1.1", .text = "No such user"}),
           "bounces", who);
    model_.bounce(model_.people[who], letter.to);
  }
  to_bounce_.clear();
}

}  // namespace inkan::simulation
