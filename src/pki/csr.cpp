#include "pki/csr.hpp"

#include "pki/der.hpp"
#include "pki/spki.hpp"

namespace inkan::pki {
namespace {

std::unexpected<Error> malformed(std::string what) { return fail(Code::invalid, "csr.malformed", std::move(what)); }

/// Attributes are not used, but one that could be read in two ways is refused: each type once, with a value.
Result<void> check_attributes(DerReader list) {
  std::vector<ByteView> seen;
  while (!list.empty()) {
    DerReader attribute = list.enter(tag::kSequence);
    const ByteView type = attribute.take(tag::kOid).content;
    DerReader values = attribute.enter(tag::kSet);
    if (!attribute.done() || values.empty()) return malformed("Attribute");
    for (ByteView other : seen)
      if (same(other, type)) return malformed("an attribute twice");
    seen.push_back(type);
  }
  if (!list.done()) return malformed("attributes");
  return {};
}

}  // namespace

Result<Csr> Csr::parse(ByteView der) {
  if (der.size() > kCsrLimit) return fail(Code::too_large, "csr.too_large");
  if (!is_der(der)) return malformed("not DER");
  DerReader outer(der);
  DerReader request = outer.enter(tag::kSequence);
  const DerElement info = request.take(tag::kSequence);
  const ByteView algorithm = request.take(tag::kSequence).whole;
  const auto signature = read_bits(request.take(tag::kBitString));
  if (!outer.done() || !request.done() || !signature) return malformed("CertificationRequest");

  DerReader fields(info.content);
  const auto version = read_number(fields.take(tag::kInteger));
  const ByteView subject = fields.take(tag::kSequence).whole;
  const ByteView spki = fields.take(tag::kSequence).whole;
  DerReader attributes = fields.enter(tag::context(0));
  if (!fields.done() || version != 0ULL) return malformed("CertificationRequestInfo");
  if (!Name::parse(subject)) return malformed("subject");
  if (const Result<void> checked = check_attributes(attributes); !checked) return fail(checked);

  Result<Csr> proved = prove(spki, algorithm, info.whole, *signature, subject);
  if (proved) proved->der_ = to_bytes(der);
  return proved;
}

Result<Csr> Csr::prove(ByteView spki, ByteView algorithm, ByteView message, ByteView signature, ByteView subject) {
  if (message.size() > kCsrLimit) return fail(Code::too_large, "csr.too_large");
  Result<CheckedKey> key = CheckedKey::read(spki);  // the key's rules come before any arithmetic with it
  if (!key) return fail(key);
  const Result<void> proved = verify_with(key->native.get(), algorithm, message, signature);
  if (!proved) {
    const std::string& id = proved.error().id;
    if (id == "signature.weak_hash") return fail(Code::refused, "csr.weak_hash", proved.error().detail);
    return fail(Code::invalid, "csr.bad_signature", proved.error().detail);
  }
  return Csr(std::move(key->key), to_bytes(message), to_bytes(subject));
}

}  // namespace inkan::pki
