#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/identity.hpp"
#include "app/proxies.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

namespace inkan::app {

/// Discovery is what a bank says of itself at /.well-known/inkan of its login screen's address.
struct Discovery {
  std::string institution;
  std::string name;
  std::string portal;
  std::string est;
  std::string self_test;
  std::string transactions;  ///< empty: this bank hands no renewal over
  Zone zone;
  Instant now;  ///< the bank's time: days are counted by it, not by this machine's clock
  int window_days = 0;
  bool asks_password = false;
  bool quiet = false;  ///< whether a program may renew by itself, once its person agreed
  int late_days = 0;   ///< how many days ago a certificate may have ended that can still renew now

  Day today() const { return zone.day_of(now); }
};

/// Proof is what 電子証明書取得 asks for.
struct Proof {
  std::string login_id;
  Secret password;
  Secret code;
};

/// Question is one of the literal form's questions before the act (journeys.md 1.10).
enum class Question { key, request, both, protection };

/// Taken is what a bank says of the renewal that an `inkan:` link names, once the program has taken it over.
struct Taken {
  std::string transaction;
  bool short_form = false;
  std::vector<Question> asks;  ///< in their order; the short form asks once
  std::string login_id;
  Day new_expiry;
};

/// Bank is the other end: an institution's machines' doors. Refusals carry the bank's own code (`est.subject_mismatch` …);
/// besides, every verb may fail with net::Client's errors and `bank.malformed`.
class Bank {
 public:
  virtual ~Bank() = default;
  virtual const Discovery& discovery() const = 0;
  /// authorities are the bank's CA certificates (EST cacerts).
  virtual Result<std::vector<pki::Certificate>> authorities() = 0;
  /// wanted_key is the kind of key the bank asks for (EST csrattrs).
  virtual Result<pki::KeyAlgorithm> wanted_key() = 0;
  /// issue is EST's simpleenroll. `expired`, where there is one, is shown in the handshake: within the grace days it proves as
  /// much as a one-time code, where the bank's profile says so (O7).
  virtual Result<pki::Certificate> issue(const Proof& proof, const Identity* expired, ByteView request) = 0;
  /// take_over tells the bank, with the present certificate, that the program carries on the renewal of this transaction. Errors:
  /// `transaction.unknown`, `transaction.foreign`, `transaction.used`.
  virtual Result<Taken> take_over(const Identity& present, const std::string& transaction) = 0;
  /// renew is EST's simplereenroll with the present certificate; `password` where the bank asks for it. With a transaction what
  /// is issued belongs to it.
  virtual Result<pki::Certificate> renew(const Identity& present, const Secret* password, const std::string& transaction,
                                         ByteView request) = 0;
  /// look asks whether a certificate would be taken, changing nothing. Errors: `certificate.revoked` and its like.
  virtual Result<void> look(const Identity& present) = 0;
  /// try_out uses a certificate for the first time, which confirms it to the bank.
  virtual Result<void> try_out(const Identity& fresh) = 0;
};

/// open_bank asks an address, which must be https, where the bank's doors are. `trust_pem` are the roots to trust for servers;
/// empty: the system's. Errors: `bank.not_https`, `bank.malformed`, net::Client's; besides, from here on,
/// - `net.clock`: the server's certificate does not hold by this machine's clock, which differs from the server's; the detail is
///   both times
/// - `net.tls_inspected`: our certificate was shown and did not arrive; the detail is who issued the server's
Result<std::unique_ptr<Bank>> open_bank(const std::string& server, const std::string& trust_pem,
                                        const std::shared_ptr<Proxies>& proxies = std::make_shared<Proxies>());

/// parse_discovery reads the answer strictly: every address must be https. Errors: `bank.malformed`, `bank.not_https`.
Result<Discovery> parse_discovery(std::string_view json);

/// parse_taken reads the answer to take_over. Error: `bank.malformed`.
Result<Taken> parse_taken(std::string_view json);

/// parse_csr_attributes reads the kind of key out of EST's csrattrs (RFC 7030 4.5.2). Error: `bank.malformed`.
Result<pki::KeyAlgorithm> parse_csr_attributes(ByteView der);

/// parse_refusal makes an Error of a problem (RFC 9457) and its status. The detail of a `login.password` is the number of tries
/// that are left, where the bank says it.
Error parse_refusal(int status, std::string_view json);

}  // namespace inkan::app
