#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.hpp"

// A second, plain telling of the rules of a certificate's life: which state an ID is in on a day, and who is told what. It asks
// nothing of room lifecycle, so that the two can be held against each other.
namespace inkan::simulation {

/// Policy is what the model takes of a profile.
struct Policy {
  int window = 30;
  std::vector<int> mail_days;
  std::vector<int> more_days = {};   ///< further ones before expiry, and
  std::vector<int> grace_days = {};  ///< those after it: both may be muted (O18)
  int post_days = 20;                ///< when who is not reached gets a letter on paper (O15); 0: never
  std::string digest = "unreached";  ///< of which users the company's administrators hear (O16)
  int grace = 90;
  int deadline = 80;  ///< days for the first certificate
  int code_days = 21;
  bool old_key = true, code = true, mail_code = false, password = false;  ///< what does in the grace days
};

enum class End { none, revoked, superseded };

struct Certificate {
  std::string serial;
  Day issued;
  Day expiry;
  bool used = false;
  End end = End::none;
  bool held = false;
  bool muted = false;
  std::set<int> reminded = {};  ///< the mail days of which it was told; those after expiry negative
  bool told_unused = false;
  bool posted = false;
};

/// Told is one thing an ID is told: its kind and the addresses a letter goes to.
struct Told {
  std::string kind;
  std::multiset<std::string> to;
  auto operator<=>(const Told&) const = default;
};

enum class State { none, active, unconfirmed, renewable, suspended, grace, closed, revoked, superseded };
std::string to_text(State state);

struct Address {
  std::string address;
  bool dead = false;
};

struct Person {
  std::string institution;
  std::string login_id;
  bool administrator = false;
  std::string company;
  std::string main;  ///< the address reminders go to; empty: none
  std::vector<Address> addresses = {};

  bool acquirable = true;  ///< the bank approved a certificate, until:
  Day until = {};
  std::vector<Certificate> certificates = {};  ///< oldest first
  std::string held_by = {};                    ///< login ID of a colleague, "staff", or the own one
  std::optional<Instant> mail_code_at = {};    ///< a code by mail waits for this moment

  std::set<int> fetch_reminders = {};  ///< which deadline was called to mind, and how long before

  std::vector<Told> told = {};  ///< today
  long long told_ever = 0;
};

/// Model is all IDs and the rules. Every verb below is what should follow from an act that was done today.
class Model {
 public:
  std::map<std::string, Policy> policies;
  std::vector<Person> people;

  const Policy& policy(const Person& person) const { return policies.at(person.institution); }
  State state_of(const Certificate& certificate, const Policy& policy, Day today) const;
  /// counting is the certificate an ID is seen by: the newest that nobody ended, else the newest.
  const Certificate* counting(const Person& person) const;
  Certificate* counting(Person& person);
  State state(const Person& person, Day today) const;
  /// six is the state's name in the list of IDs.
  std::string six(const Person& person, Day today) const;
  bool may_log_in(State state) const;
  bool may_fetch(const Person& person, Day today) const { return person.acquirable && today <= person.until; }
  /// last_fetch is the last day on which a code opens anything: of the grace days, or of the bank's approval.
  Day last_fetch(const Person& person) const;
  /// has_unused tells whether a live certificate of the ID was never used.
  bool has_unused(const Person& person) const;

  void begin_day() {
    for (Person& person : people) person.told.clear();
  }
  /// remind is the daily job.
  void remind(Day today);

  void issue(Person& person, const std::string& serial, Day today, const std::string& letter);
  void use(Person& person);  ///< the newest certificate logs in
  void mute(Person& person, bool muted) { counting(person)->muted = muted; }
  void make_anew(Person& person);         ///< 作り直す: the unused one ends
  void take_another_way(Person& person);  ///< whatever was never used ends
  void hold(Person& person, const std::string& by, Day today);
  void release(Person& person);
  void revoke(Person& person);              ///< all of them
  void revoke_counting(Person& person);     ///< one, by its serial
  void approve(Person& person, Day today);  ///< a re-issue
  void send_bank_code(Person& person);      ///< after two persons of the bank approved
  void release_code(Person& person) { person.mail_code_at.reset(); }
  void ask_mail_code(Person& person, Instant now);
  bool send_mail_code(Person& person, Instant now);
  /// bounce flags an address for good; the company's other administrators are told, once.
  void bounce(Person& person, const std::string& address);
  void tell(Person& person, const std::string& kind);

 private:
  void tell_at(Person& person, const std::string& kind, std::multiset<std::string> to);
  std::multiset<std::string> recipients(const Person& person) const;
  std::multiset<std::string> alive(const Person& person) const;
  std::optional<int> due_day(const Certificate& certificate, const Policy& policy, Day today) const;
  void remind_fetching(Person& person, Day today);
  void remind_unused(Person& person, Day today);
  void send_post(Person& person, Day today);
};

/// year_after is the same date of the next year, and 28 February after a 29th.
Day year_after(Day day);

}  // namespace inkan::simulation
