#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "lifecycle/bank_desk.hpp"
#include "lifecycle/company.hpp"
#include "lifecycle/contacts.hpp"
#include "lifecycle/recovery.hpp"
#include "simulation/model.hpp"
#include "support/desk.hpp"
#include "support/installation.hpp"
#include "support/printer.hpp"

namespace inkan::simulation {

/// Plan is how big a run is. Environment: INKAN_HOLDERS, INKAN_DAYS, INKAN_SEED.
struct Plan {
  int holders = 1000;
  int days = 400;
  unsigned long long seed = 0;
  static Plan of_environment();
};

/// Year lives the lives of all IDs against the real verbs, tells the model of each act, and holds the two together every day.
class Year {
 public:
  explicit Year(const Plan& plan);

  /// live runs everything. It ends early when the two differ too often to be worth reading on.
  void live();
  /// summary is one line of what happened, for the report.
  std::string summary() const;

 private:
  using Id = std::size_t;              // an index of model_.people
  struct Hand {                        // what a person holds that is no rule: keys, codes, letters
    std::vector<Digest> fingerprints;  ///< one for each of the model's certificates
    std::string code;                  ///< a code that was handed over or came by mail
    Instant code_until;
    lifecycle::CodePurpose purpose = lifecycle::CodePurpose::certificate;
  };

  // ---- the days (year.cpp)
  void settle_people();
  void run_jobs();
  void post();
  void print();
  void open_post(Id who);
  void take_code(Id who, const lifecycle::Letter& letter);
  void keep_code(Id who, const std::string& code, Instant until);
  void compare(bool everybody);
  void compare_told(Id who);
  void compare_end();

  // ---- the people (year_people.cpp)
  void act(Id who);
  void fetch_first(Id who);
  void live_with_valid(Id who, State state);
  void mute(Id who);
  void renew(Id who);
  void lose_or_end(Id who);
  void change_computer(Id who);
  void release(Id who);
  void take_after_expiry(Id who);
  void ask_reissue(Id who);
  void acquire(Id who, const std::string& code, const std::optional<Digest>& shown, const std::string& letter);
  void log_in(Id who);
  void try_what_must_fail(Id who, State state);
  void bounce();

  bool chance(double probability);
  const lifecycle::Institution& at(Id who) const { return bank_.institution(model_.people[who].institution); }
  Day today() const { return bank_.institution("d1").zone.day_of(bank_.clock.now()); }
  std::optional<lifecycle::LoggedIn> session(Id who);
  /// colleague is an administrator of the company, other than `who`, who can log in today.
  std::optional<Id> colleague(Id who, const std::string& not_this = {});
  bool two_persons(Id who, lifecycle::RequestAct act);
  template <class T>
  bool went(const Result<T>& result, const char* what, Id who);
  template <class T>
  void refused(const Result<T>& result, const std::string& id, const char* what, Id who);
  void complain(const std::string& text);

  Plan plan_;
  std::mt19937_64 dice_;
  Printer printer_;
  bool living_ = false;  ///< the past is over: mail comes in the evening
  Installation bank_;
  lifecycle::Recovery recovery_;
  lifecycle::Company company_;
  lifecycle::Contacts contacts_;
  lifecycle::BankDesk desk_;
  std::map<std::string, std::pair<StaffPerson, StaffPerson>> staff_;  ///< a clerk and an approver of each institution
  bool outage_ = false;
  Day reminded_on_ = {};
  Model model_;
  std::vector<Hand> hands_;
  std::map<std::string, Id> by_login_;  ///< "d1/name"
  std::map<std::string, std::vector<Id>> companies_;
  std::map<Id, std::vector<lifecycle::Letter>> posted_;     ///< today, as the relay took them: the witness M
  std::set<std::pair<std::string, std::string>> reminded_;  ///< (serial, kind and address) of every reminder in M
  std::set<std::string> printed_;                           ///< serials of the reminders on paper
  std::vector<lifecycle::Letter> to_bounce_;
  std::map<std::string, long long> counts_;
  int complaints_ = 0;
};

}  // namespace inkan::simulation
