#include "pki/seal.hpp"

#include <openssl/cms.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "pki/openssl.hpp"

namespace inkan::pki {
namespace {

using NativeCertificate = Handle<X509, X509_free>;
using Envelope = Handle<CMS_ContentInfo, CMS_ContentInfo_free>;

constexpr std::size_t kLargest = std::size_t{1} << 30;
constexpr unsigned kFlags = CMS_BINARY | CMS_PARTIAL;

/// add_recipient lets one key open the envelope. RSA takes OAEP, for the older padding tells who can ask often enough too much.
bool add_recipient(CMS_ContentInfo* envelope, X509* certificate) {
  CMS_RecipientInfo* recipient = CMS_add1_recipient_cert(envelope, certificate, kFlags | CMS_KEY_PARAM);
  if (recipient == nullptr) return false;
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) return key != nullptr;
  return EVP_PKEY_CTX_set_rsa_padding(CMS_RecipientInfo_get0_pkey_ctx(recipient), RSA_PKCS1_OAEP_PADDING) > 0;
}

Result<Bytes> seal_with(const EVP_CIPHER* cipher, ByteView text, const Certificate& recipient) {
  const auto failed = [] { return fail(Code::invalid, "cms.make", drain_errors()); };
  if (text.size() > kLargest) return failed();
  const unsigned char* at = recipient.der().data();
  const NativeCertificate certificate(d2i_X509(nullptr, &at, static_cast<long>(recipient.der().size())));
  const Envelope envelope(CMS_encrypt(nullptr, nullptr, cipher, kFlags));
  if (!certificate || !envelope || !add_recipient(envelope.get(), certificate.get())) return failed();
  const void* data =
      text.empty() ? "" : static_cast<const void*>(text.data());  // OpenSSL takes no null pointer, not even for nothing
  const Bio in(BIO_new_mem_buf(data, static_cast<int>(text.size())));
  if (!in || CMS_final(envelope.get(), in.get(), nullptr, kFlags) != 1) return failed();
  unsigned char* out = nullptr;
  const int size = i2d_CMS_ContentInfo(envelope.get(), &out);
  if (size <= 0) return failed();
  Bytes der(out, out + size);
  OPENSSL_free(out);
  return der;
}

}  // namespace

Result<Bytes> seal(ByteView text, const Certificate& recipient) { return seal_with(EVP_aes_256_cbc(), text, recipient); }

Result<Bytes> seal_whole(ByteView content, const Certificate& recipient) {
  return seal_with(EVP_aes_256_gcm(), content, recipient);
}

Result<Bytes> open_sealed(ByteView der, const PrivateKey& key) {
  const auto failed = [] { return fail(Code::refused, "cms.open", drain_errors()); };
  const unsigned char* at = der.data();
  const Envelope envelope(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  const Bio out(BIO_new(BIO_s_mem()));
  // Authenticated content alone: an envelope of the other kind says nothing of who changed it.
  if (!envelope || !out || OBJ_obj2nid(CMS_get0_type(envelope.get())) != NID_id_smime_ct_authEnvelopedData) return failed();
  if (CMS_decrypt(envelope.get(), static_cast<EVP_PKEY*>(key.native()), nullptr, nullptr, out.get(), CMS_BINARY) != 1)
    return failed();
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  if (size < 0) return failed();
  return Bytes(data, data + size);
}

}  // namespace inkan::pki
