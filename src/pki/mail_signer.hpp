#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/key.hpp"

namespace inkan::pki {

/// MailSigner signs mail as S/MIME has it (RFC 8551): a key, its certificate and the CA certificates that go along. It moves but
/// does not copy.
class MailSigner {
 public:
  /// make takes a signer's key and certificates, its own first. Errors: `mail_signer.certificate` (none, or not one for signing
  /// mail: key usage without digitalSignature or nonRepudiation, extended key usage without emailProtection),
  /// `mail_signer.key` (not the certificate's), `mail_signer.address` (the certificate is not for this sender: RFC 8550 3 asks
  /// that the address in From stands in it).
  static Result<MailSigner> make(PrivateKey key, std::vector<Certificate> certificates, std::string_view address);
  MailSigner(MailSigner&&) noexcept;
  MailSigner& operator=(MailSigner&&) noexcept;
  ~MailSigner();

  /// certificate is the signer's own.
  const Certificate& certificate() const;

  /// sign makes a detached CMS SignedData (RFC 5652 5) over `content`, octet by octet: SHA-256, signed attributes with `at` as
  /// signingTime, the certificates in it. *Caller's duty*: content in canonical form, CRLF line ends (RFC 8551 3.1.1). Error:
  /// `mail_signer.sign`.
  Result<Bytes> sign(ByteView content, Instant at) const;

 private:
  struct Held;
  explicit MailSigner(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

}  // namespace inkan::pki
