#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "pki/mail_signer.hpp"

namespace inkan::mail {

/// unsigned_domains are the domains whose mail programs show a signed Japanese letter garbled or as an attachment nobody can
/// open (journeys.md 3.4): they get the plain one unless the configuration says otherwise.
std::vector<std::string> unsigned_domains();

/// Smime turns the MIME entity of a letter into a multipart/signed one (RFC 8551 3.5.3, RFC 1847), for those who can read it.
class Smime {
 public:
  /// load takes the sender's certificate with its chain (PEM, leaf first), its open key (PEM), the sender's address and the
  /// domains that get unsigned letters; a domain counts for the hosts below it too. Errors: `certificate.malformed`, `key.*`,
  /// `mail_signer.*`, `mail.smime_exclude` (not a domain).
  static Result<Smime> load(std::string_view certificates_pem, const Secret& key_pem, std::string_view sender,
                            std::vector<std::string> exclude);

  /// excludes tells whether a recipient gets the plain letter.
  bool excludes(std::string_view recipient) const;

  /// is_current tells whether the certificate is valid at an instant: a signature by one that is not warns every reader.
  bool is_current(Instant now) const;

  /// sign wraps an entity, its header lines, empty line and body, all with CRLF: what comes back are the header lines and body of
  /// the multipart, which holds the entity as it was and `smime.p7s`. *Caller's duty*: no line of the entity begins with "--".
  /// Error: `mail_signer.sign`.
  Result<std::string> sign(const std::string& entity, Instant now) const;

 private:
  Smime(pki::MailSigner signer, std::vector<std::string> exclude) : signer_(std::move(signer)), exclude_(std::move(exclude)) {}
  pki::MailSigner signer_;
  std::vector<std::string> exclude_;
};

}  // namespace inkan::mail
