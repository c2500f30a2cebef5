#pragma once

#include <functional>

#include "app/bank.hpp"
#include "app/choice.hpp"

/// The two journeys of the customer's program: renewing a certificate and taking a first one. Both may be broken off anywhere and
/// started again: they go on with the same key, and the bank gives the same certificate.
namespace inkan::app {

/// Step is what has been proved so far; each is told only after its evidence is there.
enum class Step {
  key,     ///< a key was made and is in the store
  issued,  ///< the bank's certificate for it is here, of the bank's CA and for our key
  saved,   ///< the store holds both
  used,    ///< the bank took the new certificate
};
using Progress = std::function<void(Step)>;

/// Outcome is how a journey ended.
struct Outcome {
  enum class Kind {
    done,            ///< saved, used and confirmed
    nothing_to_do,   ///< not in the window yet
    saved_not_used,  ///< the certificate is new, but the trial login failed: the same command tries again
  };
  Kind kind = Kind::done;
  Listed certificate;          ///< the one in the store now
  std::optional<Error> trial;  ///< with saved_not_used: why
};

/// AskPassword gives the login password, when a bank asks for it.
using AskPassword = std::function<Result<Secret>()>;
/// Agree shows what is about to be renewed, with what the bank said where a page handed it over; false: the person does not want
/// to.
using Agree = std::function<bool(const Listed&, const Taken*)>;

/// Questions is what a renewal may have to ask a person.
struct Questions {
  AskPassword password;
  Agree agree;
  /// keep asks before the new certificate is put into the store; nothing to ask: it is kept. When it says no, the key waits, and
  /// the next run is given the same certificate.
  std::function<bool()> keep = {};
};

/// renew renews the chosen certificate in the store it is in. With the transaction of an `inkan:` link it takes that renewal over
/// before it asks anything, by whichever certificate of the store the bank takes for it. Errors: `renewal.declined`,
/// `renewal.not_kept`, `certificate.expired`, `certificate.other_bank`, `certificate.several`, `certificate.not_here`, the
/// store's and the bank's.
Result<Outcome> renew(Bank& bank, KeyStore& store, const Choice& choice, const Questions& ask, const Progress& progress,
                      const std::string& transaction = {});

/// issue takes a certificate by login ID, password and one-time code; a certificate of this bank and ID that the store holds
/// already is shown beside them, and after expiry does in place of the code where the bank says so (O7). Errors: the store's and
/// the bank's.
Result<Outcome> issue(Bank& bank, KeyStore& store, const Proof& proof, const Progress& progress);

}  // namespace inkan::app
