#include "mail/smime.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "mail/address.hpp"
#include "mail/message.hpp"

namespace inkan::mail {
namespace {

// '_' stands in no line of base64, so the boundary cannot occur in what it parts.
constexpr std::string_view kBoundary = "=_inkan_signed";

}  // namespace

std::vector<std::string> unsigned_domains() {
  return {"hotmail.com",  "hotmail.co.jp", "outlook.com", "outlook.jp",     "live.com",      "live.jp",      "msn.com",
          "docomo.ne.jp", "ezweb.ne.jp",   "au.com",      "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp"};
}

Result<Smime> Smime::load(std::string_view certificates_pem, const Secret& key_pem, std::string_view sender,
                          std::vector<std::string> exclude) {
  auto certificates = pki::Certificate::parse_pem(certificates_pem);
  if (!certificates) return fail(certificates);
  auto key = pki::PrivateKey::parse_open_pem(key_pem);
  if (!key) return fail(key);
  auto signer = pki::MailSigner::make(std::move(*key), std::move(*certificates), sender);
  if (!signer) return fail(signer);
  for (std::string& domain : exclude) {
    domain = to_lower(domain);
    if (!is_host_name(domain)) return fail(Code::corrupt, "mail.smime_exclude", domain);
  }
  return Smime(std::move(*signer), std::move(exclude));
}

bool Smime::excludes(std::string_view recipient) const {
  const std::string host = domain_of(recipient);
  return std::ranges::any_of(exclude_, [&](const std::string& domain) { return is_within(host, domain); });
}

bool Smime::is_current(Instant now) const {
  return signer_.certificate().not_before() <= now && now <= signer_.certificate().not_after();
}

Result<std::string> Smime::sign(const std::string& entity, Instant now) const {
  const auto signature = signer_.sign(as_bytes(entity), now);
  if (!signature) return fail(signature);
  // The CRLF before a boundary belongs to the boundary (RFC 2046 5.1.1): the entity ends with its own before it.
  return fmt::format(
      "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
      " micalg=sha-256; boundary=\"{0}\"\r\n"
      "\r\n"
      "--{0}\r\n{1}\r\n"
      "--{0}\r\n"
      "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
      "Content-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n"
      "\r\n"
      "{2}\r\n"
      "--{0}--\r\n",
      kBoundary, entity, base64_lines(*signature));
}

}  // namespace inkan::mail
