#pragma once

#include <string>

#include "base/bytes.hpp"
#include "support/test_certificates.hpp"

namespace inkan::test {

/// StaffPerson is a person of the bank: login ID, and a key with the certificate that names it.
class StaffPerson {
 public:
  explicit StaffPerson(std::string login_id) : login_id_(std::move(login_id)), identity_(issue({.common_name = login_id_})) {}

  const std::string& login_id() const { return login_id_; }
  Bytes certificate() const { return identity_.der(); }
  Digest fingerprint() const { return sha256(identity_.der()); }

  /// sign is what the page's script does with the person's file: ECDSA with SHA-256, in DER.
  Bytes sign(std::string_view statement) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const auto* bytes = reinterpret_cast<const unsigned char*>(statement.data());
    std::size_t size = 0;
    bool good = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, identity_.key.get()) == 1 &&
                EVP_DigestSign(context.get(), nullptr, &size, bytes, statement.size()) == 1;
    Bytes signature(size);
    good = good && EVP_DigestSign(context.get(), signature.data(), &size, bytes, statement.size()) == 1;
    check(good, "a signature");
    signature.resize(size);
    return signature;
  }

 private:
  std::string login_id_;
  Issued identity_;
};

}  // namespace inkan::test
