#include "pki/spki.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>

#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::pki {
namespace {

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "key.malformed", std::move(what)); }

/// A positive INTEGER's magnitude without the zero octet that keeps it positive; empty when it is not positive.
ByteView magnitude(const DerElement& element) {
  ByteView content = element.content;
  if (content.empty() || content[0] >= 0x80) return {};
  if (content[0] == 0) content = content.subspan(1);
  return content;
}

Result<SpkiView> view_rsa(DerReader& algorithm, ByteView bits) {
  algorithm.take(tag::kNull);  // RFC 3279 2.3.1: the parameters are NULL, and present
  if (!algorithm.done()) return malformed("rsaEncryption without NULL parameters");
  if (!is_der(bits)) return malformed("RSAPublicKey is not DER");
  DerReader outer(bits);
  DerReader key = outer.enter(tag::kSequence);
  SpkiView view{.kind = SpkiView::Kind::rsa, .bits = bits};
  view.modulus = magnitude(key.take(tag::kInteger));
  view.exponent = magnitude(key.take(tag::kInteger));
  if (!outer.done() || !key.done() || view.modulus.empty() || view.exponent.empty()) return malformed("RSAPublicKey");
  return view;
}

Result<SpkiView> view_ec(DerReader& algorithm, ByteView bits) {
  if (algorithm.has(tag::kSequence)) return fail(Code::refused, "key.explicit_curve", "explicit parameters");
  const DerElement curve = algorithm.take(tag::kOid);
  if (!algorithm.done()) return malformed("EC parameters");
  SpkiView view{.bits = bits, .point = bits};
  std::size_t size = 0;
  if (same(curve.content, oid::kPrime256v1)) {
    view.kind = SpkiView::Kind::p256;
    size = 65;
  } else if (same(curve.content, oid::kSecp384r1)) {
    view.kind = SpkiView::Kind::p384;
    size = 97;
  } else {
    return fail(Code::refused, "key.unsupported", "curve");
  }
  // Exactly the uncompressed form: libcrypto would also take the point at infinity as one zero octet.
  if (bits.size() != size || bits[0] != 0x04) return fail(Code::refused, "key.bad_point", "not an uncompressed point");
  return view;
}

struct MlDsa {
  ByteView oid;
  SpkiView::Kind kind;
  std::size_t size;  ///< of a public key (FIPS 204 4, table 2)
  const char* name;
};

constexpr std::array kMlDsa = {
    MlDsa{oid::kMlDsa44, SpkiView::Kind::mldsa44, 1312, "ML-DSA-44"},
    MlDsa{oid::kMlDsa65, SpkiView::Kind::mldsa65, 1952, "ML-DSA-65"},
    MlDsa{oid::kMlDsa87, SpkiView::Kind::mldsa87, 2592, "ML-DSA-87"},
};

Result<SpkiView> view_ml_dsa(const MlDsa& kind, const DerReader& algorithm, ByteView bits) {
  if (!algorithm.done()) return malformed("ML-DSA with parameters");  // RFC 9881 2
  if (bits.size() != kind.size) return malformed("ML-DSA public key");
  return SpkiView{.kind = kind.kind, .bits = bits};
}

/// open_ml_dsa gives libcrypto the octets; any of that size are a key (FIPS 204 7.2).
Result<NativeKey> open_ml_dsa(const SpkiView& view) {
  const auto known = std::ranges::find(kMlDsa, view.kind, &MlDsa::kind);
  check(known != kMlDsa.end(), "a kind of key that is none");
  NativeKey key(EVP_PKEY_new_raw_public_key_ex(nullptr, known->name, nullptr, view.bits.data(), view.bits.size()));
  if (!key) {
    drain_errors();
    return fail(Code::refused, "key.unavailable", std::string(known->name) + " needs OpenSSL 3.5");
  }
  return key;
}

Result<NativeKey> open_rsa(const SpkiView& view) {
  const Number n(BN_bin2bn(view.modulus.data(), static_cast<int>(view.modulus.size()), nullptr));
  const Number e(BN_bin2bn(view.exponent.data(), static_cast<int>(view.exponent.size()), nullptr));
  const Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> build(OSSL_PARAM_BLD_new());
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  if (!n || !e || !build || !context || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return malformed(drain_errors());
  const Handle<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(build.get()));
  EVP_PKEY* key = nullptr;
  if (!parameters || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return malformed(drain_errors());
  return NativeKey(key);
}

/// A key of one curve that has no point yet: copying it and setting the point costs a thirtieth of decoding a whole key.
NativeKey make_empty_point(const char* group) {
  std::string name = group;
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name.data(), 0),
                              OSSL_PARAM_construct_end()};
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  check(context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
            EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEY_PARAMETERS, const_cast<OSSL_PARAM*>(parameters.data())) == 1,
        "libcrypto has no NIST curves");
  return NativeKey(key);
}

Result<NativeKey> open_point(const SpkiView& view) {
  static const NativeKey p256 = make_empty_point("P-256");
  static const NativeKey p384 = make_empty_point("P-384");
  NativeKey key(EVP_PKEY_dup((view.kind == SpkiView::Kind::p256 ? p256 : p384).get()));
  // Setting the point checks the curve's equation; both curves have cofactor 1, so every point on them is in the right group.
  if (!key || EVP_PKEY_set1_encoded_public_key(key.get(), view.point.data(), view.point.size()) != 1)
    return fail(Code::refused, "key.bad_point", drain_errors());
  return key;
}

}  // namespace

Result<SpkiView> view_spki(ByteView spki) {
  if (!is_der(spki)) return malformed("not DER");
  DerReader outer(spki);
  DerReader info = outer.enter(tag::kSequence);
  DerReader algorithm = info.enter(tag::kSequence);
  const DerElement type = algorithm.take(tag::kOid);
  const auto bits = read_bits(info.take(tag::kBitString));
  if (!outer.done() || !info.done() || algorithm.failed() || !bits) return malformed("SubjectPublicKeyInfo");
  if (same(type.content, oid::kRsaEncryption)) return view_rsa(algorithm, *bits);
  if (same(type.content, oid::kEcPublicKey)) return view_ec(algorithm, *bits);
  for (const MlDsa& kind : kMlDsa)
    if (same(type.content, kind.oid)) return view_ml_dsa(kind, algorithm, *bits);
  return fail(Code::refused, "key.unsupported", "algorithm");
}

Result<NativeKey> open_key(const SpkiView& view) {
  switch (view.kind) {
    case SpkiView::Kind::rsa: return open_rsa(view);
    case SpkiView::Kind::p256:
    case SpkiView::Kind::p384: return open_point(view);
    default: return open_ml_dsa(view);
  }
}

}  // namespace inkan::pki
