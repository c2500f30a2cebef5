#include "pki/csr.hpp"
#include "pki/der.hpp"
#include "pki/oid.hpp"
#include "pki/signature.hpp"

/// The one encoder of requests, for OpenSSL's keys and for those in Windows' stores; csr_test holds it against OpenSSL.
namespace inkan::pki {
namespace {

Bytes make_algorithm(ByteView oid, bool null_parameters) {
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.oid(oid);
    if (null_parameters) out.null();
  });
  return out.take();
}

}  // namespace

ByteView signature_algorithm(KeyAlgorithm algorithm) {
  static const Bytes rsa = make_algorithm(oid::kSha256WithRsa, true);
  static const Bytes p256 = make_algorithm(oid::kEcdsaWithSha256, false);
  static const Bytes p384 = make_algorithm(oid::kEcdsaWithSha384, false);
  static const Bytes mldsa44 = make_algorithm(oid::kMlDsa44, false);
  static const Bytes mldsa65 = make_algorithm(oid::kMlDsa65, false);
  static const Bytes mldsa87 = make_algorithm(oid::kMlDsa87, false);
  switch (algorithm) {
    case KeyAlgorithm::p256: return p256;
    case KeyAlgorithm::p384: return p384;
    case KeyAlgorithm::mldsa44: return mldsa44;
    case KeyAlgorithm::mldsa65: return mldsa65;
    case KeyAlgorithm::mldsa87: return mldsa87;
    default: return rsa;
  }
}

Result<Csr> Csr::make(const PrivateKey& key, const Name& subject) {
  DerWriter info;
  info.nest(tag::kSequence, [&] {
    info.number(0);
    info.raw(subject.der());
    info.raw(key.public_key().der());
    info.primitive(tag::context(0), {});
  });
  const Result<Bytes> signature = key.sign(info.bytes());
  if (!signature) return fail(Code::unavailable, "csr.make", signature.error().detail);
  DerWriter out;
  out.nest(tag::kSequence, [&] {
    out.raw(info.bytes());
    out.raw(signature_algorithm(key.public_key().algorithm()));
    out.bits(*signature);
  });
  return Csr(key.public_key(), out.take(), subject.der());
}

}  // namespace inkan::pki
