#include "pki/signature.hpp"

#include <windows.h>

#include <wincrypt.h>

#include <algorithm>

#include "base/windows/text.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::pki {
namespace {

bool is_taken(ByteView algorithm) {
  DerReader outer(algorithm);
  const ByteView id = outer.enter(tag::kSequence).take(tag::kOid).content;
  const ByteView taken[] = {oid::kSha256WithRsa,   oid::kSha384WithRsa,   oid::kSha512WithRsa,  oid::kRsaPss,
                            oid::kEcdsaWithSha256, oid::kEcdsaWithSha384, oid::kEcdsaWithSha512};
  return std::ranges::any_of(taken, [&](ByteView one) { return same(one, id); });
}

}  // namespace

Result<void> verify_signature(ByteView spki, ByteView algorithm, ByteView message, ByteView signature) {
  if (!is_taken(algorithm)) return fail(Code::refused, "signature.unsupported");
  // crypt32 verifies whole signed objects: this one has the parts that we were given.
  DerWriter whole;
  whole.nest(tag::kSequence, [&] {
    whole.raw(message);
    whole.raw(algorithm);
    whole.bits(signature);
  });
  CERT_PUBLIC_KEY_INFO* key = nullptr;
  DWORD size = 0;
  if (!CryptDecodeObjectEx(X509_ASN_ENCODING, X509_PUBLIC_KEY_INFO, spki.data(), static_cast<DWORD>(spki.size()),
                           CRYPT_DECODE_ALLOC_FLAG, nullptr, &key, &size))
    return fail(Code::invalid, "key.malformed", describe_error(GetLastError()));
  CRYPT_DATA_BLOB blob{static_cast<DWORD>(whole.bytes().size()), const_cast<BYTE*>(whole.bytes().data())};
  const bool good = CryptVerifyCertificateSignatureEx(0, X509_ASN_ENCODING, CRYPT_VERIFY_CERT_SIGN_SUBJECT_BLOB, &blob,
                                                      CRYPT_VERIFY_CERT_SIGN_ISSUER_PUBKEY, key, 0, nullptr);
  const DWORD number = good ? 0 : GetLastError();
  LocalFree(key);
  if (!good) return fail(Code::invalid, "signature.bad", describe_error(number));
  return {};
}

}  // namespace inkan::pki
