#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lifecycle/grant.hpp"
#include "lifecycle/login.hpp"
#include "lifecycle/services.hpp"

namespace inkan::lifecycle {

/// SignOn hands a login on to the bank's applications (docs/decisions/0024). A code lives for a minute and is used once; it and
/// the access token that comes of it live no longer than the login they stand on: its session, its certificate, its holder.
class SignOn {
 public:
  /// `parties` are the applications by institution.
  SignOn(const Services& services, std::map<std::string, std::vector<RelyingParty>> parties)
      : services_(services), parties_(std::move(parties)) {}

  /// find is an institution's application by its client_id; null for none.
  const RelyingParty* find(const std::string& institution, std::string_view client) const;
  /// serves tells whether an institution has any application.
  bool serves(const std::string& institution) const;

  /// Order is what an application asks for.
  struct Order {
    const RelyingParty& party;
    std::string redirect_uri;
    std::string scope;
    Digest challenge;
    std::string nonce;
  };
  /// grant gives a code for a live session: 256 random bits in hexadecimal. Errors: `login.no_session`, `login.certificate`.
  Result<std::string> grant(const Institution& institution, const LoggedIn& who, const Order& order);

  /// Redemption is what an application brings to the token endpoint.
  struct Redemption {
    std::string code;
    std::string redirect_uri;
    std::string verifier;
    Digest certificate;  ///< the application's own, as its handshake proved it
  };
  struct Redeemed {
    std::string token;
    Grant grant;
  };
  /// redeem gives an access token for a code. A try of its application uses the code up, whatever comes of it; one more ends what
  /// the first one got (RFC 6749 4.1.2). Another application's try changes nothing. Error: `sign_on.code`, whatever was wrong;
  /// the audit trail says what.
  Result<Redeemed> redeem(const Institution& institution, const RelyingParty& party, const Redemption& redemption);

  /// Access is what a token opens now.
  struct Access {
    Grant grant;
    Holder holder;
    CertificateRecord certificate;
  };
  /// look judges a token anew: bound to this certificate (none: whoever asks compares it), not past its time, its login still
  /// alive. Error: `sign_on.token`.
  Result<Access> look(const Institution& institution, const std::string& token, const std::optional<Digest>& certificate);

  /// sign_out ends the session that applications know as `sid`, and with it every token that stands on it. One that is over
  /// already is no error.
  Result<void> sign_out(const Institution& institution, const RelyingParty& party, const Digest& sid);

  /// Ended is a login that an application was given and that is over.
  struct Ended {
    Digest sid;
    HolderId holder;

    bool operator==(const Ended&) const = default;
  };
  /// ended lists the logins whose end an application was not told yet: logged out, or their certificate is no longer good. One
  /// that merely ran out of time is none of them: how long an application keeps its own session is its own affair.
  Result<std::vector<Ended>> ended(const Institution& institution, const RelyingParty& party);
  /// told notes that an application knows.
  Result<void> told(const RelyingParty& party, const Ended& login);

 private:
  Services services_;
  std::map<std::string, std::vector<RelyingParty>> parties_;
};

}  // namespace inkan::lifecycle
