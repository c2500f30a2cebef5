#include "pki/signature.hpp"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/spki.hpp"

namespace inkan::pki {
namespace {

/// How to verify: the key's type as libcrypto names it, the hash (ML-DSA: none, it takes the message), and whether the padding is
/// PSS.
struct Scheme {
  const char* key_type = nullptr;
  const EVP_MD* hash = nullptr;
  bool pss = false;
};

const EVP_MD* hash_by_oid(ByteView oid) {
  if (same(oid, oid::kSha256)) return sha256_method();
  if (same(oid, oid::kSha384)) return sha384_method();
  if (same(oid, oid::kSha512)) return sha512_method();
  return nullptr;
}

/// A hash's AlgorithmIdentifier, whose parameters are NULL or absent (RFC 4055 2.1).
const EVP_MD* read_hash(DerReader& reader) {
  DerReader algorithm = reader.enter(tag::kSequence);
  const DerElement oid = algorithm.take(tag::kOid);
  if (algorithm.has(tag::kNull)) algorithm.take(tag::kNull);
  return algorithm.done() ? hash_by_oid(oid.content) : nullptr;
}

/// RSASSA-PSS-params (RFC 4055 3.1) in the one form in use: one hash for message and mask, a salt as long as the hash.
const EVP_MD* read_pss(DerReader& parameters) {
  DerReader body = parameters.enter(tag::kSequence);
  DerReader hash_part = body.enter(tag::context(0));
  const EVP_MD* hash = read_hash(hash_part);
  DerReader mask_part = body.enter(tag::context(1));
  DerReader mask = mask_part.enter(tag::kSequence);
  const DerElement mask_oid = mask.take(tag::kOid);
  const EVP_MD* mask_hash = read_hash(mask);
  DerReader salt_part = body.enter(tag::context(2));
  const auto salt = read_number(salt_part.take(tag::kInteger));
  if (!body.done() || !hash_part.done() || !mask_part.done() || !mask.done() || !salt_part.done()) return nullptr;
  if (hash == nullptr || hash != mask_hash || !same(mask_oid.content, oid::kMgf1)) return nullptr;
  return salt && static_cast<int>(*salt) == EVP_MD_get_size(hash) ? hash : nullptr;
}

Result<Scheme> read_scheme(ByteView algorithm) {
  const auto unsupported = [] { return fail(Code::refused, "signature.unsupported", "signature algorithm"); };
  DerReader outer(algorithm);
  DerReader reader = outer.enter(tag::kSequence);
  const ByteView id = reader.take(tag::kOid).content;
  if (same(id, oid::kMd5WithRsa) || same(id, oid::kSha1WithRsa) || same(id, oid::kEcdsaWithSha1))
    return fail(Code::refused, "signature.weak_hash", "MD5 or SHA-1");
  Scheme scheme;
  if (same(id, oid::kSha256WithRsa)) scheme = {"RSA", sha256_method()};
  if (same(id, oid::kSha384WithRsa)) scheme = {"RSA", sha384_method()};
  if (same(id, oid::kSha512WithRsa)) scheme = {"RSA", sha512_method()};
  if (scheme.hash != nullptr) reader.take(tag::kNull);
  if (same(id, oid::kEcdsaWithSha256)) scheme = {"EC", sha256_method()};
  if (same(id, oid::kEcdsaWithSha384)) scheme = {"EC", sha384_method()};
  if (same(id, oid::kEcdsaWithSha512)) scheme = {"EC", sha512_method()};
  if (same(id, oid::kRsaPss)) scheme = {"RSA", read_pss(reader), true};
  if (same(id, oid::kMlDsa44)) scheme = {"ML-DSA-44"};
  if (same(id, oid::kMlDsa65)) scheme = {"ML-DSA-65"};
  if (same(id, oid::kMlDsa87)) scheme = {"ML-DSA-87"};
  if (scheme.key_type == nullptr || (scheme.pss && scheme.hash == nullptr) || !reader.done() || !outer.done())
    return unsupported();
  return scheme;
}

constexpr int kHalf = 32;  // octets of r, and of s, on P-256

using EcdsaSignature = Handle<ECDSA_SIG, ECDSA_SIG_free>;

std::unexpected<Error> no_signature() {
  drain_errors();
  return fail(Code::invalid, "signature.malformed");
}

}  // namespace

Result<void> verify_with(EVP_PKEY* key, ByteView algorithm, ByteView message, ByteView signature) {
  const Result<Scheme> scheme = read_scheme(algorithm);
  if (!scheme) return fail(scheme);
  if (EVP_PKEY_is_a(key, scheme->key_type) != 1)
    return fail(Code::refused, "signature.unsupported", "the algorithm is not one of this key");
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* details = nullptr;
  if (!context || EVP_DigestVerifyInit(context.get(), &details, scheme->hash, nullptr, key) != 1)
    return fail(Code::internal, "signature.bad", drain_errors());
  if (scheme->pss && (EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) != 1 ||
                      EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) != 1))
    return fail(Code::internal, "signature.bad", drain_errors());
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) != 1)
    return fail(Code::invalid, "signature.bad", drain_errors());
  return {};
}

Result<void> verify_signature(ByteView spki, ByteView algorithm, ByteView message, ByteView signature) {
  const Result<SpkiView> view = view_spki(spki);
  if (!view) return fail(view);
  const Result<NativeKey> key = open_key(*view);
  if (!key) return fail(key);
  return verify_with(key->get(), algorithm, message, signature);
}

Result<Bytes> to_raw_ecdsa(ByteView der) {
  const unsigned char* at = der.data();
  const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!signature || at != der.data() + der.size()) return no_signature();
  Bytes raw(2 * kHalf);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), kHalf) != kHalf ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + kHalf, kHalf) != kHalf)
    return no_signature();
  return raw;
}

Result<Bytes> from_raw_ecdsa(ByteView raw) {
  if (raw.size() != 2 * kHalf) return no_signature();
  const EcdsaSignature signature(ECDSA_SIG_new());
  Handle<BIGNUM, BN_free> r(BN_bin2bn(raw.data(), kHalf, nullptr)), s(BN_bin2bn(raw.data() + kHalf, kHalf, nullptr));
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return no_signature();
  std::ignore = r.release();  // they are the signature's now
  std::ignore = s.release();
  unsigned char* written = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &written);
  if (size <= 0) return no_signature();
  Bytes der(written, written + size);
  OPENSSL_free(written);
  return der;
}

}  // namespace inkan::pki
