#pragma once

#include <map>
#include <memory>

#include "app/banks.hpp"
#include "app/enrolment.hpp"
#include "app/link.hpp"
#include "app/surplus.hpp"

/// What the window does for a person, without a widget: it looks into the stores of all known banks, renews, issues, follows
/// links. The journeys are the command line's own.
namespace inkan::app {

/// Intent is what a person is asked to agree to.
struct Intent {
  KnownBank known;
  Discovery bank;
  Listed listed;
  std::optional<Taken> taken;  ///< where a page handed it over
};

/// Person is who answers while a journey waits. Whoever is gone says no to everything.
class Person {
 public:
  virtual ~Person() = default;
  virtual Result<Secret> unlock(const SecretQuestion& question) = 0;
  virtual bool agree(const Intent& intent) = 0;  ///< asked before anything is done
  virtual Result<Secret> password() = 0;
  virtual bool keep() = 0;  ///< asked in the literal form of a link alone
  virtual void step(Step step) = 0;
};

/// Found is a certificate in the store of a known bank.
struct Found {
  KnownBank bank;
  Listed listed;
};

/// Spare is a certificate in the store of a known bank that may go.
struct Spare {
  KnownBank bank;
  Surplus surplus;
};

/// Overview is what the first screen shows: every certificate of every known bank, and the banks or stores that did not answer.
struct Overview {
  std::vector<Found> found;
  std::vector<std::pair<KnownBank, Error>> silent;
  std::vector<KnownBank> banks;
  /// spare were replaced, or are over for longer than any bank takes them in place of a code (O30).
  std::vector<Spare> spare;
  /// quiet are the banks and stores that could be renewed without anybody there (decision 0016).
  std::vector<KnownBank> quiet;
};

/// OpenBank is open_bank, or a test's.
using OpenBank = std::function<Result<std::unique_ptr<Bank>>(const std::string& server, const std::string& trust_pem)>;

/// Clerk serves one person. Files stay open, and so does the token or database used last: its password is asked once.
class Clerk {
 public:
  Clerk(Disk& disk, Banks banks, OpenBank open) : disk_(disk), banks_(std::move(banks)), open_(std::move(open)) {}

  /// look gathers all that is known; what does not answer is in it with its reason. Errors: Banks' alone.
  Result<Overview> look(Person& person);
  /// renew renews one certificate of an overview. Errors: those of enrolment's renew, the store's and the bank's.
  Result<Outcome> renew(const Found& found, Person& person);
  /// follow carries on the renewal that a link names. Errors: `link.unknown_bank`, `transaction.*`, and renew's.
  Result<Outcome> follow(const Link& link, Person& person);
  /// tidy deletes certificates of an overview with their keys. Errors: the store's.
  Result<void> tidy(const std::vector<Spare>& spare, Person& person);
  /// issue takes a certificate; a bank that was not known is from then on. Errors: those of enrolment's issue.
  Result<Outcome> issue(const KnownBank& bank, const Proof& proof, Person& person);

 private:
  Result<KeyStore*> store_of(const KnownBank& bank, Person& person, bool make);
  Result<std::unique_ptr<Bank>> bank_of(const KnownBank& bank) const;
  Result<void> gather(const KnownBank& bank, Person& person, Overview& overview);
  Result<Outcome> run(const KnownBank& known, const Choice& choice, const std::string& transaction, Person& person);

  Disk& disk_;
  Banks banks_;
  OpenBank open_;
  std::map<std::string, std::unique_ptr<KeyStore>> stores_;  // by what --store says
};

}  // namespace inkan::app
