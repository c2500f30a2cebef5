#include "pki/key.hpp"

#include "pki/digest.hpp"
#include "pki/rsa_rules.hpp"
#include "pki/spki.hpp"

namespace inkan::pki {
namespace {

Result<KeyAlgorithm> judge(const SpkiView& view) {
  switch (view.kind) {
    case SpkiView::Kind::rsa: return check_rsa(view.modulus, view.exponent);
    case SpkiView::Kind::p256: return KeyAlgorithm::p256;
    case SpkiView::Kind::p384: return KeyAlgorithm::p384;
    case SpkiView::Kind::mldsa44: return KeyAlgorithm::mldsa44;
    case SpkiView::Kind::mldsa65: return KeyAlgorithm::mldsa65;
    case SpkiView::Kind::mldsa87: return KeyAlgorithm::mldsa87;
  }
  return fail(Code::internal, "key.unsupported");
}

}  // namespace

Result<CheckedKey> CheckedKey::read(ByteView spki) {
  const Result<SpkiView> view = view_spki(spki);
  if (!view) return fail(view);
  const Result<KeyAlgorithm> algorithm = judge(*view);
  if (!algorithm) return fail(algorithm);
  Result<NativeKey> native = open_key(*view);
  if (!native) return fail(native);
  return CheckedKey{PublicKey(*algorithm, to_bytes(spki)), std::move(*native)};
}

Result<PublicKey> PublicKey::parse(ByteView spki) {
  Result<CheckedKey> checked = CheckedKey::read(spki);
  if (!checked) return fail(checked);
  return std::move(checked->key);
}

Bytes PublicKey::bits() const {
  const Result<SpkiView> view = view_spki(der_);
  check(view.has_value(), "a PublicKey that does not read back");
  return to_bytes(view->bits);
}

Bytes PublicKey::key_id() const { return sha1(bits()); }

}  // namespace inkan::pki
