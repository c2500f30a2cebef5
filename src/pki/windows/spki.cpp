#include "pki/windows/spki.hpp"

#include "pki/der.hpp"
#include "pki/oid.hpp"

namespace inkan::pki {
namespace {

std::optional<KeyAlgorithm> rsa_of(ByteView bits) {
  DerReader outer(bits);
  DerReader key = outer.enter(tag::kSequence);
  ByteView modulus = key.take(tag::kInteger).content;
  key.take(tag::kInteger);
  if (!outer.done() || !key.done()) return std::nullopt;
  if (!modulus.empty() && modulus[0] == 0) modulus = modulus.subspan(1);
  if (modulus.empty() || modulus[0] < 0x80) return std::nullopt;
  switch (modulus.size()) {
    case 256: return KeyAlgorithm::rsa2048;
    case 384: return KeyAlgorithm::rsa3072;
    case 512: return KeyAlgorithm::rsa4096;
    default: return std::nullopt;
  }
}

}  // namespace

Result<PublicKey> CheckedKey::read(ByteView spki) {
  DerReader outer(spki);
  DerReader info = outer.enter(tag::kSequence);
  DerReader algorithm = info.enter(tag::kSequence);
  const ByteView kind = algorithm.take(tag::kOid).content;
  const auto bits = read_bits(info.take(tag::kBitString));
  if (!outer.done() || !info.done() || !bits || algorithm.failed()) return fail(Code::invalid, "key.malformed");
  std::optional<KeyAlgorithm> found;
  if (same(kind, oid::kRsaEncryption)) found = rsa_of(*bits);
  if (same(kind, oid::kEcPublicKey)) {
    const ByteView curve = algorithm.take(tag::kOid).content;
    if (same(curve, oid::kPrime256v1)) found = KeyAlgorithm::p256;
    if (same(curve, oid::kSecp384r1)) found = KeyAlgorithm::p384;
  }
  if (!found) return fail(Code::refused, "key.unsupported");
  return PublicKey(*found, to_bytes(spki));
}

}  // namespace inkan::pki
