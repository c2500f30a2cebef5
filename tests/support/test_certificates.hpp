#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

// Throw-away certificates for tests of the line, made with OpenSSL alone so that net's tests need no other room.
namespace inkan::test {

/// Issued is a certificate with its key.
struct Issued {
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;

  Bytes der() const {
    Bytes out(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
    unsigned char* to = out.data();
    i2d_X509(certificate.get(), &to);
    return out;
  }
  /// subject_der is the DER Name, as a CertificateRequest lists it.
  Bytes subject_der() const {
    const X509_NAME* name = X509_get_subject_name(certificate.get());
    Bytes out(static_cast<std::size_t>(i2d_X509_NAME(name, nullptr)));
    unsigned char* to = out.data();
    i2d_X509_NAME(name, &to);
    return out;
  }
  std::string pem() const {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(bio.get(), certificate.get());
    return text_of(bio.get());
  }
  std::string key_pem() const {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio.get());
  }

 private:
  static std::string text_of(BIO* bio) {
    char* text = nullptr;
    const auto size = BIO_ctrl(bio, BIO_CTRL_INFO, 0, static_cast<void*>(&text));
    return std::string(text, static_cast<std::size_t>(size));
  }
};

/// Wanted is what a test certificate should be. Days count from now; a negative end makes an expired one.
struct Wanted {
  std::string common_name;
  std::string alternative_names;  ///< OpenSSL's form, "DNS:localhost,IP:127.0.0.1"; empty: none
  bool authority = false;
  int first_day = -1;
  int last_day = 30;
};

/// issue makes a P-256 certificate signed by `issuer`, or by itself.
inline Issued issue(const Wanted& wanted, const Issued* issuer = nullptr) {
  Issued made;
  made.key = {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
  made.certificate = {X509_new(), X509_free};
  X509* x = made.certificate.get();
  X509_set_version(x, 2);
  static long serial = 1;
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x), 86'400L * wanted.first_day);
  X509_gmtime_adj(X509_getm_notAfter(x), 86'400L * wanted.last_day);
  X509_set_pubkey(x, made.key.get());
  X509_NAME* name = X509_get_subject_name(x);
  const auto* text = reinterpret_cast<const unsigned char*>(wanted.common_name.c_str());
  X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, -1, -1, 0);
  const Issued& signer = issuer ? *issuer : made;
  X509_set_issuer_name(x, X509_get_subject_name(signer.certificate.get()));
  const auto extend = [&](int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, signer.certificate.get(), x, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    check(extension != nullptr, "a test extension");
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, wanted.authority ? "critical,CA:TRUE" : "CA:FALSE");
  extend(NID_subject_key_identifier, "hash");
  if (!wanted.alternative_names.empty()) extend(NID_subject_alt_name, wanted.alternative_names);
  check(X509_sign(x, signer.key.get(), EVP_sha256()) > 0, "a test signature");
  return made;
}

}  // namespace inkan::test
