#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/secret.hpp"
#include "lifecycle/password_gate.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// CertificateVerdict is what the rules say of the certificate a browser or program showed, on this request.
struct CertificateVerdict {
  enum class Kind {
    none,            ///< nothing was sent: none in the store, or the browser hid an expired one (E101)
    unknown,         ///< not one of ours (E101)
    other_bank,      ///< ours, but of another institution (E104)
    good,            ///< may log in
    expired_grace,   ///< E102
    expired_closed,  ///< E103
    suspended,       ///< E106: on hold
    revoked,         ///< E105
    superseded,      ///< E105: the successor is in use
    terminated,      ///< the contract ended (E103)
  };
  Kind kind = Kind::none;
  std::optional<CertificateRecord> certificate;
  std::optional<Holder> holder;
  std::optional<CertificateRecord> successor;  ///< with superseded: the certificate to choose instead
  int remaining = 0;                           ///< days, when a certificate is known
  /// with expired_grace: a declared maintenance took the rest of its last day, and it may still renew (O19), and nothing else
  bool may_renew_late = false;

  /// may_renew tells whether the certificate can stand for a renewal.
  bool may_renew() const { return kind == Kind::good || may_renew_late; }
};

/// judge_certificate decides from our own records alone (threat T16: by fingerprint, not by name); it costs one indexed read.
Result<CertificateVerdict> judge_certificate(Reader& reader, const Institution& institution,
                                             const std::optional<Digest>& fingerprint, Instant now);

/// LoggedIn is a live session and what a page needs to know of it.
struct LoggedIn {
  Session session;
  Holder holder;
  CertificateRecord certificate;
  CertificateStatus status = CertificateStatus::active;
  int remaining = 0;
};

/// Login is 電子証明書ログイン: the certificate of the handshake and the login password.
class Login {
 public:
  explicit Login(const Services& services) : services_(services), gate_(services) {}

  /// judge opens a read of its own for judge_certificate.
  Result<CertificateVerdict> judge(const Institution& institution, const std::optional<Digest>& fingerprint);

  struct Opened {
    std::string token;  ///< the cookie's value, 128 random bits; only its hash is kept
    LoggedIn logged_in;
  };
  /// open checks certificate and password and makes a session. The first login with a certificate confirms it and retires the one
  /// it replaces (O1). Errors: `login.certificate` (judge says why), `login.password`, `login.locked` (ten wrong in an hour: 15
  /// minutes of rest, a letter; the certificate is untouched, O28). Wrong passwords without the certificate do not count here. A
  /// certificate that may_renew_late opens a session for resume_renewal alone.
  Result<Opened> open(const Institution& institution, const std::optional<Digest>& fingerprint, const Secret& password);

  /// resume finds the session of a cookie and judges its certificate anew (I7). It ends after 30 idle minutes. Errors:
  /// `login.no_session`, `login.certificate`.
  Result<LoggedIn> resume(const Institution& institution, const std::string& token, const std::optional<Digest>& fingerprint);

  /// resume_renewal is resume for the screens of a renewal: what was begun on the expiry day may finish up to finish_minutes
  /// after its end (O4), and a maintenance on that day is made up for (O19), though the certificate opens nothing else any more.
  Result<LoggedIn> resume_renewal(const Institution& institution, const std::string& token,
                                  const std::optional<Digest>& fingerprint);

  Result<void> close(const std::string& token);

  /// check_password counts and delays like open, for 電子証明書取得 and EST. Errors: `login.password`, `login.locked`. An unknown
  /// ID costs the same work and gives the same answer (T9).
  Result<Holder> check_password(const HolderId& id, const Secret& password);

  /// identify is check_password for who types the login ID, whatever its spelling: gives the ID, or `acquisition.refused` (never
  /// which of the two was wrong) and `login.locked`.
  Result<HolderId> identify(const Institution& institution, const std::string& login_id, const Secret& password);

  /// check_with_certificate is check_password for who showed the ID's certificate: it counts apart, so that guesses from outside
  /// never lock its owner out (T10). Errors: `login.password`, `login.locked`.
  Result<void> check_with_certificate(const HolderId& id, const Secret& password);

  /// check_again asks a logged-in holder for the password once more before an act that hands out power (ASVS 7.5.3). Errors:
  /// `login.password`, `login.locked`.
  Result<void> check_again(const LoggedIn& who, const Secret& password);

  /// gate counts wrong passwords, the bank's own people's too.
  PasswordGate& gate() { return gate_; }

 private:
  using Allow = std::function<Result<bool>(Reader&, const CertificateVerdict&, Instant)>;
  Result<LoggedIn> resume_if(const Institution& institution, const std::string& token, const std::optional<Digest>& fingerprint,
                             const Allow& allowed);
  Result<Holder> check_holder(const HolderId& id, bool with_certificate, const Secret& password);
  Result<void> mark_seen(const Session& session, Instant now);
  Result<void> try_password(const Institution& institution, const HolderId& id, const std::optional<Holder>& holder,
                            bool with_certificate, const Secret& password);
  Result<void> tell_locked(const Institution& institution, const HolderId& id);

  Services services_;
  PasswordGate gate_;
};

}  // namespace inkan::lifecycle
