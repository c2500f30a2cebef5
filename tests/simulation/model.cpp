#include "simulation/model.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace inkan::simulation {
namespace {

int left(Day today, Day day) { return static_cast<int>((day - today).count()); }

}  // namespace

std::string to_text(State state) {
  switch (state) {
    case State::none: return "none";
    case State::active: return "active";
    case State::unconfirmed: return "unconfirmed";
    case State::renewable: return "renewable";
    case State::suspended: return "suspended";
    case State::grace: return "grace";
    case State::closed: return "closed";
    case State::revoked: return "revoked";
    case State::superseded: return "superseded";
  }
  return "none";
}

Day year_after(Day day) {
  const std::chrono::year_month_day date{day};
  const std::chrono::year_month_day next{date.year() + std::chrono::years{1}, date.month(), date.day()};
  return next.ok() ? Day{next} : Day{std::chrono::year_month_day{next.year(), std::chrono::February, std::chrono::day{28}}};
}

State Model::state_of(const Certificate& certificate, const Policy& policy, Day today) const {
  if (certificate.end == End::superseded) return State::superseded;
  if (certificate.end == End::revoked) return State::revoked;
  const int remaining = left(today, certificate.expiry);
  if (-remaining > policy.grace) return State::closed;  // day 90 still, day 91 not (O6)
  if (certificate.held) return State::suspended;
  if (remaining < 0) return State::grace;
  if (!certificate.used) return State::unconfirmed;
  return remaining > policy.window ? State::active : State::renewable;  // both ends inclusive (D1-05)
}

const Certificate* Model::counting(const Person& person) const {
  for (auto each = person.certificates.rbegin(); each != person.certificates.rend(); ++each)
    if (each->end == End::none) return &*each;
  return person.certificates.empty() ? nullptr : &person.certificates.back();
}

Certificate* Model::counting(Person& person) { return const_cast<Certificate*>(std::as_const(*this).counting(person)); }

State Model::state(const Person& person, Day today) const {
  const Certificate* certificate = counting(person);
  return certificate ? state_of(*certificate, policy(person), today) : State::none;
}

std::string Model::six(const Person& person, Day today) const {
  switch (state(person, today)) {
    case State::none: return "none";
    case State::active:
    case State::unconfirmed: return "active";
    case State::renewable: return "renewable";
    case State::grace: return "expired_grace";
    case State::closed: return "expired_closed";
    case State::suspended:
    case State::revoked:
    case State::superseded: return "revoked";
  }
  return "none";
}

bool Model::may_log_in(State state) const {
  return state == State::active || state == State::unconfirmed || state == State::renewable;
}

Day Model::last_fetch(const Person& person) const {
  const Certificate* certificate = counting(person);
  const Day grace =
      certificate && certificate->end == End::none ? certificate->expiry + std::chrono::days{policy(person).grace} : Day{};
  return person.acquirable ? std::max(grace, person.until) : grace;
}

bool Model::has_unused(const Person& person) const {
  return std::any_of(person.certificates.begin(), person.certificates.end(),
                     [](const Certificate& each) { return each.end == End::none && !each.used; });
}

/// recipients: every checked address that mail reaches; if it reaches none, every checked one; who has no address at all is told
/// through the administrators (A3, O15, O16).
std::multiset<std::string> Model::recipients(const Person& person) const {
  std::multiset<std::string> alive, all;
  for (const Address& each : person.addresses) {
    all.insert(each.address);
    if (!each.dead) alive.insert(each.address);
  }
  if (!all.empty()) return alive.empty() ? all : alive;
  if (person.administrator) return {};
  for (const Person& other : people)
    if (other.administrator && other.company == person.company && other.institution == person.institution && !other.main.empty())
      alive.insert(other.main);
  return alive;
}

void Model::tell_at(Person& person, const std::string& kind, std::multiset<std::string> to) {
  person.told.push_back({kind, std::move(to)});
  ++person.told_ever;
}

void Model::tell(Person& person, const std::string& kind) { tell_at(person, kind, recipients(person)); }

std::multiset<std::string> Model::alive(const Person& person) const {
  std::multiset<std::string> reached;
  for (const Address& each : person.addresses)
    if (!each.dead) reached.insert(each.address);
  return reached;
}

/// due_day: the mail day that a certificate stands in. One that was missed goes late, and the smaller day makes the bigger one
/// unnecessary (O17); after expiry the later day does. What the profile adds is not sent to who muted it (O18).
std::optional<int> Model::due_day(const Certificate& certificate, const Policy& policy, Day today) const {
  const int remaining = left(today, certificate.expiry);
  std::optional<int> due;
  bool may_mute = remaining < 0;
  const auto look = [&](const std::vector<int>& days, bool more) {
    for (const int day : days)
      if (remaining >= 0 && remaining <= day && (!due || day < *due)) {
        due = day;
        may_mute = more;
      }
  };
  look(policy.mail_days, false);
  look(policy.more_days, true);
  for (const int day : policy.grace_days)
    if (day <= -remaining && -remaining <= policy.grace && (!due || -day < *due)) due = -day;
  return may_mute && certificate.muted ? std::nullopt : due;
}

/// remind: one letter for each mail day before and after expiry (D1-03, O18), to the main address, or to the others while mail
/// does not reach that (O15). Nobody who has a successor, was revoked or suspended, or waits for a re-issue is reminded; after a
/// suspension it goes late, once. Of users whom mail does not reach, or of all, the company's administrators hear once a day
/// (O16).
void Model::remind(Day today) {
  std::set<std::pair<std::string, std::string>> digests;
  for (Person& person : people) {
    remind_fetching(person, today);
    remind_unused(person, today);
    Certificate* certificate = counting(person);
    if (person.acquirable || !certificate || certificate->end != End::none || certificate->held) continue;
    send_post(person, today);
    const auto due = due_day(*certificate, policy(person), today);
    if (!due || !certificate->reminded.insert(*due).second) continue;
    std::multiset<std::string> to = alive(person);
    const bool reached = !to.empty();
    if (to.empty() || to.contains(person.main)) to = {person.main};
    if (person.main.empty()) to.clear();
    tell_at(person, (*due < 0 ? "after-" : "before-") + std::to_string(std::abs(*due)), std::move(to));
    const std::string& digest = policy(person).digest;
    if (!person.administrator && (digest == "all" || (digest == "unreached" && !reached)))
      digests.insert({person.institution, person.company});
  }
  for (Person& person : people)
    if (person.administrator && digests.contains({person.institution, person.company})) tell(person, "digest");
}

/// remind_unused: seven days after the issue, once, to who never used what was issued (O1).
void Model::remind_unused(Person& person, Day today) {
  constexpr int kDays = 7;
  for (Certificate& each : person.certificates) {
    const bool waits = each.end == End::none && !each.used && !each.held && !each.told_unused;
    if (!waits || left(each.issued, today) < kDays || left(today, each.expiry) < 0) continue;
    each.told_unused = true;
    tell(person, "unconfirmed");
  }
}

/// send_post: a letter on paper to who is not reached by mail, once, in the last days (O15).
void Model::send_post(Person& person, Day today) {
  Certificate* certificate = counting(person);
  const int days = policy(person).post_days;
  const int remaining = left(today, certificate->expiry);
  if (days == 0 || remaining < 0 || remaining > days || certificate->posted || !alive(person).empty()) return;
  certificate->posted = true;
  tell_at(person, "post", {});
}

/// remind_fetching: a first certificate that nobody fetched, 20 and 5 days before its deadline: day 60 and 75 of 80 (O27).
void Model::remind_fetching(Person& person, Day today) {
  if (!person.acquirable || !person.certificates.empty()) return;
  const int days = left(today, person.until);
  if (days < 0 || days > 20) return;
  const int band = days <= 5 ? 5 : 20;
  // Which deadline a reminder was about is part of it: a new approval begins anew.
  static constexpr int kBands = 1000;
  const int key = static_cast<int>(person.until.time_since_epoch().count()) * kBands + band;
  if (!person.fetch_reminders.insert(key).second) return;
  tell(person, "code_reminder");
}

void Model::issue(Person& person, const std::string& serial, Day today, const std::string& letter) {
  person.certificates.push_back({.serial = serial, .issued = today, .expiry = year_after(today)});
  person.acquirable = false;
  tell(person, letter);
}

void Model::use(Person& person) {
  Certificate* newest = counting(person);
  if (newest->used) return;
  newest->used = true;
  for (Certificate& other : person.certificates)
    if (&other != newest && other.end == End::none) other.end = End::superseded;
}

void Model::make_anew(Person& person) { counting(person)->end = End::revoked; }

void Model::take_another_way(Person& person) {
  for (Certificate& each : person.certificates)
    if (each.end == End::none && !each.used) each.end = End::revoked;
}

void Model::hold(Person& person, const std::string& by, Day today) {
  for (Certificate& each : person.certificates) {
    const State state = state_of(each, policy(person), today);
    if (may_log_in(state) || state == State::grace) each.held = true;
  }
  person.held_by = by;
  person.mail_code_at.reset();
  tell(person, "held");
}

void Model::release(Person& person) {
  for (Certificate& each : person.certificates) each.held = false;
  person.held_by.clear();
  tell(person, "released");
}

void Model::revoke(Person& person) {
  for (Certificate& each : person.certificates)
    if (each.end == End::none) each.end = End::revoked;
  person.mail_code_at.reset();
  tell(person, "revoked");
}

void Model::revoke_counting(Person& person) {
  counting(person)->end = End::revoked;
  person.mail_code_at.reset();
  tell(person, "revoked");
}

void Model::approve(Person& person, Day today) {
  const Day last = today + std::chrono::days{policy(person).code_days};
  person.until = person.acquirable ? std::max(person.until, last) : last;
  person.acquirable = true;
}

void Model::send_bank_code(Person& person) {
  person.mail_code_at.reset();
  // To the registered address alone, or by post; all addresses hear that it went (T5).
  if (person.main.empty())
    tell_at(person, "code_letter", {});
  else
    tell_at(person, "code", {person.main});
  tell(person, "code_released");
}

void Model::ask_mail_code(Person& person, Instant now) {
  person.mail_code_at = now + std::chrono::hours{24};
  tell(person, "code_requested");
}

bool Model::send_mail_code(Person& person, Instant now) {
  if (!person.mail_code_at || now < *person.mail_code_at) return false;
  person.mail_code_at.reset();
  tell(person, "code");
  return true;
}

void Model::bounce(Person& person, const std::string& address) {
  const auto found = std::find_if(person.addresses.begin(), person.addresses.end(),
                                  [&](const Address& each) { return each.address == address; });
  if (found == person.addresses.end() || found->dead) return;
  found->dead = true;
  for (Person& other : people)
    if (other.administrator && other.company == person.company && other.institution == person.institution &&
        other.login_id != person.login_id)
      tell(other, "undeliverable");
}

}  // namespace inkan::simulation
