#include "pki/mail_signer.hpp"

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "pki/native_key.hpp"

namespace inkan::pki {
namespace {

using NativeCertificate = Handle<X509, X509_free>;
using NativeTime = Handle<ASN1_TIME, ASN1_TIME_free>;
using SignedData = Handle<CMS_ContentInfo, CMS_ContentInfo_free>;

// Content as it is, no capabilities to decrypt (nobody answers these letters), nothing signed before CMS_final.
constexpr unsigned kFlags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL;

NativeCertificate to_native(const Certificate& certificate) {
  const unsigned char* at = certificate.der().data();
  return NativeCertificate(d2i_X509(nullptr, &at, static_cast<long>(certificate.der().size())));
}

std::unexpected<Error> refuse(const char* id, std::string why) {
  drain_errors();
  return fail(Code::corrupt, id, std::move(why));
}

/// add_signing_time puts `at` in the place of the machine's clock, which libcrypto takes when there is none.
bool add_signing_time(CMS_SignerInfo* signer, Instant at) {
  const NativeTime time(ASN1_TIME_adj(nullptr, static_cast<time_t>(at.time_since_epoch().count()), 0, 0));
  return time && CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time.get(), -1) == 1;
}

}  // namespace

struct MailSigner::Held {
  PrivateKey key;
  std::vector<Certificate> certificates;
  std::vector<NativeCertificate> natives;

  EVP_PKEY* native_key() const { return static_cast<EVP_PKEY*>(key.native()); }
};

MailSigner::MailSigner(std::unique_ptr<Held> held) : held_(std::move(held)) {}
MailSigner::MailSigner(MailSigner&&) noexcept = default;
MailSigner& MailSigner::operator=(MailSigner&&) noexcept = default;
MailSigner::~MailSigner() = default;

Result<MailSigner> MailSigner::make(PrivateKey key, std::vector<Certificate> certificates, std::string_view address) {
  if (certificates.empty()) return refuse("mail_signer.certificate", "no certificate");
  auto held = std::make_unique<Held>(std::move(key), std::move(certificates), std::vector<NativeCertificate>());
  for (const Certificate& certificate : held->certificates) {
    held->natives.push_back(to_native(certificate));
    if (!held->natives.back()) return refuse("mail_signer.certificate", "libcrypto cannot read it");
  }
  X509* own = held->natives.front().get();
  if (X509_check_purpose(own, X509_PURPOSE_SMIME_SIGN, 0) != 1) return refuse("mail_signer.certificate", "not for signing mail");
  if (X509_check_private_key(own, held->native_key()) != 1) return refuse("mail_signer.key", "not the certificate's");
  if (X509_check_email(own, address.data(), address.size(), 0) != 1) return refuse("mail_signer.address", std::string(address));
  drain_errors();
  return MailSigner(std::move(held));
}

const Certificate& MailSigner::certificate() const { return held_->certificates.front(); }

Result<Bytes> MailSigner::sign(ByteView content, Instant at) const {
  const auto failed = [] { return fail(Code::unavailable, "mail_signer.sign", drain_errors()); };
  const SignedData cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, kFlags));
  CMS_SignerInfo* signer =
      cms ? CMS_add1_signer(cms.get(), held_->natives.front().get(), held_->native_key(), EVP_sha256(), kFlags) : nullptr;
  if (signer == nullptr || !add_signing_time(signer, at)) return failed();
  for (auto other = held_->natives.begin() + 1; other != held_->natives.end(); ++other)
    if (CMS_add1_cert(cms.get(), other->get()) != 1) return failed();
  const Bio in(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  if (!in || CMS_final(cms.get(), in.get(), nullptr, kFlags) != 1) return failed();
  unsigned char* out = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &out);
  if (size <= 0) return failed();
  Bytes der(out, out + size);
  OPENSSL_free(out);
  return der;
}

}  // namespace inkan::pki
