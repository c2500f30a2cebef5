#pragma once

#include <string>

#include "base/time.hpp"
#include "pki/certificate.hpp"
#include "support/test_certificates.hpp"

// People and authorities from outside the bank's own CA, for tests of the desk and of accepted certificates.
namespace inkan {

/// StaffPerson is a person of the bank with a personal certificate of the bank's own PKI.
struct StaffPerson {
  static StaffPerson make(const std::string& login_id) {
    test::Issued issued = test::issue({.common_name = login_id, .alternative_names = {}});
    auto certificate = pki::Certificate::parse(issued.der());
    check(certificate.has_value(), "a person's certificate");
    return {.login_id = login_id, .issued = std::move(issued), .certificate = std::move(*certificate)};
  }

  /// sign is what a person's own program does with a statement.
  Bytes sign(const std::string& statement) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const auto* text = reinterpret_cast<const unsigned char*>(statement.data());
    std::size_t size = 0;
    check(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, issued.key.get()) > 0, "sign");
    check(EVP_DigestSign(context.get(), nullptr, &size, text, statement.size()) > 0, "sign");
    Bytes signature(size);
    check(EVP_DigestSign(context.get(), signature.data(), &size, text, statement.size()) > 0, "sign");
    signature.resize(size);
    return signature;
  }

  std::string login_id;
  test::Issued issued;
  pki::Certificate certificate;
};

/// ForeignAuthority is another CA whose certificates a bank's customers hold already (O38).
class ForeignAuthority {
 public:
  ForeignAuthority() : root_(test::issue({.common_name = "Another CA", .alternative_names = {}, .authority = true})) {}

  pki::Certificate certificate() const { return *pki::Certificate::parse(root_.der()); }

  /// issue makes a certificate that ends `life` after `now`, whatever the machine's clock says.
  Bytes issue(const std::string& common_name, Instant now, std::chrono::seconds life) const {
    const test::Issued made = test::issue({.common_name = common_name, .alternative_names = {}}, &root_);
    ASN1_TIME_set(X509_getm_notBefore(made.certificate.get()), static_cast<std::time_t>(to_epoch(now)));
    ASN1_TIME_set(X509_getm_notAfter(made.certificate.get()), static_cast<std::time_t>(to_epoch(now + life)));
    check(X509_sign(made.certificate.get(), root_.key.get(), EVP_sha256()) > 0, "a foreign signature");
    return made.der();
  }

 private:
  test::Issued root_;
};

}  // namespace inkan
