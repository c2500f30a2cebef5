#pragma once

#include <openssl/conf.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>

#include "base/bytes.hpp"

namespace inkan {

/// BareIssuer is the work any CA on libcrypto must do, by its ordinary calls and nothing else: read the request, check its
/// signature, build a version 3 certificate with the profile's seven extensions, sign it, write DER. What Inkan's own issuing is
/// measured against.
class BareIssuer {
 public:
  /// The key is an EVP_PKEY*, the certificate the CA's own DER; both outlive this.
  BareIssuer(void* key, ByteView certificate) : key_(static_cast<EVP_PKEY*>(key)) {
    const unsigned char* at = certificate.data();
    issuer_ = d2i_X509(nullptr, &at, static_cast<long>(certificate.size()));
    check(issuer_ != nullptr, "bare issuer");
  }
  BareIssuer(const BareIssuer&) = delete;
  BareIssuer& operator=(const BareIssuer&) = delete;
  ~BareIssuer() {
    X509_free(issuer_);
    NCONF_free(config_);
  }

  Bytes issue(ByteView request_der) const {
    const unsigned char* at = request_der.data();
    X509_REQ* request = d2i_X509_REQ(nullptr, &at, static_cast<long>(request_der.size()));
    EVP_PKEY* subject = X509_REQ_get0_pubkey(request);
    check(X509_REQ_verify(request, subject) == 1, "bare issuer: request");
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    BIGNUM* serial = BN_new();
    BN_rand(serial, 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate));
    BN_free(serial);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer_));
    X509_gmtime_adj(X509_getm_notBefore(certificate), -300);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 365L * 86400);
    X509_set_subject_name(certificate, X509_REQ_get_subject_name(request));
    X509_set_pubkey(certificate, subject);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer_, certificate, nullptr, nullptr, 0);
    X509V3_set_nconf(&context, config_);  // empty; certificatePolicies asks for one
    for (const auto& [nid, value] : kExtensions) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
      check(extension != nullptr, value);
      X509_add_ext(certificate, extension, -1);
      X509_EXTENSION_free(extension);
    }
    check(X509_sign(certificate, key_, EVP_sha256()) > 0, "bare issuer: sign");
    unsigned char* out = nullptr;
    const int size = i2d_X509(certificate, &out);
    Bytes der(out, out + size);
    OPENSSL_free(out);
    X509_free(certificate);
    X509_REQ_free(request);
    return der;
  }

 private:
  static constexpr std::array<std::pair<int, const char*>, 7> kExtensions{
      {{NID_authority_key_identifier, "keyid"},
       {NID_key_usage, "critical,digitalSignature"},
       {NID_ext_key_usage, "clientAuth"},
       {NID_certificate_policies, "1.3.6.1.4.1.99999.1.1"},
       {NID_crl_distribution_points, "URI:http://pki.test/crl/t-g1.crl"},
       {NID_info_access, "OCSP;URI:http://pki.test/ocsp,caIssuers;URI:http://pki.test/ca/t-g1.cer"},
       {NID_subject_key_identifier, "hash"}}};
  EVP_PKEY* key_;
  CONF* config_ = NCONF_new(nullptr);
  X509* issuer_ = nullptr;
};

}  // namespace inkan
