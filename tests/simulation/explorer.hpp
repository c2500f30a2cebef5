#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lifecycle/bank_desk.hpp"
#include "lifecycle/company.hpp"
#include "lifecycle/recovery.hpp"
#include "simulation/rewinding_store.hpp"
#include "support/desk.hpp"
#include "support/installation.hpp"

// Every state that one ID's life can reach, seen from one attacker: breadth-first over the real verbs and the real store's
// statements. A state is kept as the way to it, and walked again when its turn comes. States are told apart by what matters of
// them: certificates, transaction, codes, hold, requests, and what the attacker holds in hand.
namespace inkan::simulation {

/// Attacker is who tries to get a certificate for a key of the own.
enum class Attacker {
  password,  ///< knows ID and password, nothing else
  mailbox,   ///< ID, password and the mailbox
  auditor,   ///< one person of the bank, of each role, with the own key and password
  clerk,
  approver,
  operator_desk,  ///< an approver who also has the operator's command line
  colleague,      ///< a 管理者 of the same company, with certificate and password, against a user
  oneself,        ///< the same, for a further certificate of the own
  stolen_pc,      ///< has the key of a user's certificate and no password
  importer,       ///< an approver with the command line, for an ID that nobody has: name, address and password made up
};
std::string to_text(Attacker attacker);

/// Taken is what the attacker got, and on what it stood.
struct Taken {
  lifecycle::TicketKind kind = lifecycle::TicketKind::first;
  std::string evidence;       ///< the ticket's
  std::string code_origin;    ///< who released the code that was typed: "mail", "two persons", or empty
  bool waited = false;        ///< with mail: a day passed since it was asked for, and every address was told
  bool ended_before = false;  ///< the bank had revoked or held the ID, and nobody gave it back since
};

struct Finding {
  Taken taken;
  std::vector<std::string> path;
  std::string to_text() const;
};

struct Explored {
  std::size_t states = 0;
  std::size_t steps = 0;  ///< verbs tried
  std::size_t depth = 0;  ///< verbs on the way to the furthest state
  bool whole = true;      ///< no state was left unvisited
  std::vector<Finding> forbidden;
  std::vector<Finding> allowed;  ///< the first of each kind
};

/// Reach is how far to look: at most so many states, and no further than the first forbidden certificate.
struct Reach {
  std::size_t states = 0;
  bool first_only = false;
};

/// Explorer explores one profile.
class Explorer {
 public:
  explicit Explorer(lifecycle::Institution profile);
  /// explore goes through all states. `allowed` is the profile's word on what was taken; `with_password`: a person of the bank or
  /// a colleague knows the ID's password besides.
  Explored explore(Attacker attacker, bool with_password, const std::function<bool(const Taken&)>& allowed, Reach reach);

 private:
  /// Hand is what a state is beside the store: time, keys, codes and tickets in people's hands.
  struct Hand {
    Instant now;
    std::vector<Digest> own;                       ///< fingerprints of the holder's certificates, in order
    std::string code;                              ///< a code in the holder's hand
    std::string stolen;                            ///< a code in the attacker's hand
    std::string stolen_from;                       ///< who released it
    std::set<std::string> told;                    ///< addresses that know of a code asked for by mail
    std::map<std::string, Digest> administrators;  ///< login ID and the certificate in the own hand
    Instant asked_at;                              ///< when a code by mail was asked for
    std::string ticket;                            ///< the holder's transaction
    std::string thief_ticket;
    std::string thief_origin;
    bool thief_waited = false;
    std::string request;  ///< 受付番号 that waits
    bool ended = false;   ///< the bank took away, and nobody gave back since
    std::optional<Taken> taken;
  };
  struct Action {
    std::string name;
    std::function<bool()> run;  ///< false: refused
  };
  /// Node is a state by the way to it: which action led there, and from where.
  struct Node {
    std::size_t parent = 0;
    std::size_t action = 0;
  };
  /// Level is one step of the way that is walked now; the store has a mark for each.
  struct Level {
    std::size_t node = 0;
    Hand hand;
  };

  void settle();
  void walk_to(std::size_t node, const std::vector<Action>& all);
  void step_back();
  std::vector<std::string> path_of(std::size_t node, const std::vector<Action>& all) const;
  std::vector<Action> actions(Attacker attacker, bool with_password);
  void add_holder_actions(std::vector<Action>& all);
  void add_bank_actions(std::vector<Action>& all);
  void add_time(std::vector<Action>& all);
  void add_password_actions(std::vector<Action>& all, bool mailbox);
  void add_staff_actions(std::vector<Action>& all, const StaffPerson& person);
  void add_operator_actions(std::vector<Action>& all);
  void add_colleague_actions(std::vector<Action>& all);
  void add_own_actions(std::vector<Action>& all);
  void add_stolen_pc_actions(std::vector<Action>& all);
  void add_importer_actions(std::vector<Action>& all);
  void add_thief_transaction(std::vector<Action>& all);
  std::string key();
  bool take(const Result<lifecycle::CertificateRecord>& issued);
  void read_mail();
  void jump(Instant to);
  bool two_persons(lifecycle::RequestAct act);
  bool ask(const StaffPerson& person, lifecycle::RequestAct act, const std::string& name);
  bool open(const std::string& code, const std::string& origin, const std::optional<Digest>& shown);
  Result<lifecycle::LoggedIn> log_in(const std::string& login_id);
  std::vector<lifecycle::CertificateRecord> certificates();

  Installation bank_;
  RewindingStore store_;
  lifecycle::Services services_;
  lifecycle::Login login_;
  lifecycle::Enrolment enrolment_;
  lifecycle::Holders holders_;
  lifecycle::Outbox outbox_;
  lifecycle::Recovery recovery_;
  lifecycle::Company company_;
  lifecycle::BankDesk desk_;
  StaffPerson auditor_, clerk_, approver_, second_;
  std::map<std::string, lifecycle::StaffOnDuty> duty_;  ///< each of them, logged in
  const lifecycle::Institution& at_;
  std::vector<Node> nodes_;
  std::vector<Level> way_;
  Hand hand_;
  Attacker attacker_ = Attacker::password;
  std::string victim_ = "keiri01";
  std::map<std::string, Digest> administrators_;  ///< as they are at the start
};

}  // namespace inkan::simulation
