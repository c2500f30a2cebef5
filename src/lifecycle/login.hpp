#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>

#include "base/secret.hpp"
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
    revoked,         ///< E105
    superseded,      ///< E105: the successor is in use
    terminated,      ///< the contract ended (E103)
  };
  Kind kind = Kind::none;
  std::optional<CertificateRecord> certificate;
  std::optional<Holder> holder;
  std::optional<CertificateRecord> successor;  ///< with superseded: the certificate to choose instead
  int remaining = 0;                           ///< days, when a certificate is known
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
  explicit Login(const Services& services) : services_(services) {}

  /// judge opens a read of its own for judge_certificate.
  Result<CertificateVerdict> judge(const Institution& institution, const std::optional<Digest>& fingerprint);

  struct Opened {
    std::string token;  ///< the cookie's value, 128 random bits; only its hash is kept
    LoggedIn logged_in;
  };
  /// open checks certificate and password and makes a session. The first login with a certificate confirms it and retires the one
  /// it replaces (O1). Errors: `login.certificate` (judge says why), `login.password`, `login.locked` (ten wrong in an hour: 15
  /// minutes of rest; the certificate is untouched, O28).
  Result<Opened> open(const Institution& institution, const std::optional<Digest>& fingerprint, const Secret& password);

  /// resume finds the session of a cookie and judges its certificate anew (I7). Errors: `login.no_session`, `login.certificate`.
  Result<LoggedIn> resume(const Institution& institution, const std::string& token, const std::optional<Digest>& fingerprint);

  /// resume_renewal is resume for the screens of a renewal: what was begun on the expiry day may finish up to finish_minutes
  /// after its end (O4), though the certificate opens nothing else any more.
  Result<LoggedIn> resume_renewal(const Institution& institution, const std::string& token,
                                  const std::optional<Digest>& fingerprint);

  Result<void> close(const std::string& token);

  /// check_password counts and delays like open, for 電子証明書取得 and EST. Errors: `login.password`, `login.locked`. An unknown
  /// ID costs the same work and gives the same answer (T9).
  Result<Holder> check_password(const HolderId& id, const Secret& password);

 private:
  struct Tries {
    int wrong = 0;
    Instant first;
    std::optional<Instant> locked_until;
  };
  using Allow = std::function<Result<bool>(Reader&, const CertificateVerdict&, Instant)>;
  Result<LoggedIn> resume_if(const Institution& institution, const std::string& token, const std::optional<Digest>& fingerprint,
                             const Allow& allowed);
  bool is_locked(const HolderId& id, Instant now);
  void count(const HolderId& id, bool right, Instant now);
  Result<void> try_password(const HolderId& id, const std::string& hash, const Secret& password);

  Services services_;
  std::mutex mutex_;
  std::map<HolderId, Tries> tries_;
  std::counting_semaphore<> hashing_{2};  // Argon2id takes memory and a core: never more than this many at once
};

}  // namespace inkan::lifecycle
