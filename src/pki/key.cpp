#include "pki/key.hpp"

#include <array>
#include <utility>

#include "pki/digest.hpp"
#include "pki/rsa_rules.hpp"
#include "pki/spki.hpp"

namespace inkan::pki {
namespace {

constexpr std::array<std::pair<KeyAlgorithm, std::string_view>, 5> kAlgorithms{{{KeyAlgorithm::rsa2048, "rsa2048"},
                                                                                {KeyAlgorithm::rsa3072, "rsa3072"},
                                                                                {KeyAlgorithm::rsa4096, "rsa4096"},
                                                                                {KeyAlgorithm::p256, "p256"},
                                                                                {KeyAlgorithm::p384, "p384"}}};

Result<KeyAlgorithm> judge(const SpkiView& view) {
  switch (view.kind) {
    case SpkiView::Kind::rsa: return check_rsa(view.modulus, view.exponent);
    case SpkiView::Kind::p256: return KeyAlgorithm::p256;
    case SpkiView::Kind::p384: return KeyAlgorithm::p384;
  }
  return fail(Code::internal, "key.unsupported");
}

}  // namespace

std::string_view to_text(KeyAlgorithm algorithm) {
  for (const auto& [value, text] : kAlgorithms)
    if (value == algorithm) return text;
  return "unknown";
}

Result<KeyAlgorithm> parse_key_algorithm(std::string_view text) {
  for (const auto& [value, name] : kAlgorithms)
    if (name == text) return value;
  return fail(Code::invalid, "key.unknown_algorithm", std::string(text));
}

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
